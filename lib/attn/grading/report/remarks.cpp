#include "attn/grading/report/remarks.hpp"

#include <algorithm>

#include "attn/grading/report/visible.hpp"
#include "attn/grading/report/words.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {
namespace {

/// A compiler may say megabytes: enough is enough even for whoever wants all of it.
constexpr std::size_t most_bytes = std::size_t{400} << 10;

std::string indented(const std::string& text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    out += "  " + text.substr(at, end - at) + '\n';
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string remarks_of(const SubmissionResult& result, std::size_t most_lines) {
  std::string text;
  for (const std::string* part : {&result.problem, &result.detail}) {
    if (!part->empty()) text += visible_lines(*part) + '\n';
  }
  for (const std::string& note : result.notes) text += visible_lines(note) + '\n';
  for (const Said& said : result.said) {
    if (!said.text.empty()) text += says_in_full(said, most_lines, most_bytes);
  }
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

std::string remarks_in_a_line(const SubmissionResult& result) {
  std::string line;
  const auto add = [&](const std::string& text) {
    if (!text.empty()) line += (line.empty() ? "" : "; ") + text;
  };
  add(render::printable(result.problem));
  for (const Said& said : result.said) {
    if (said.who == Said::Who::program) continue;
    add(says(said));
    break;
  }
  add(render::printable(result.detail));
  for (const std::string& note : result.notes) add(render::printable(note));
  return line;
}

std::string text_remarks(std::span<const SubmissionResult> results, std::size_t most_lines) {
  std::string out;
  for (const SubmissionResult& result : results) {
    const std::string remarks = remarks_of(result, most_lines);
    if (remarks.empty()) continue;
    out += '\n' + render::printable(result.name) + '\n' + indented(remarks);
  }
  return out;
}

}  // namespace attn::grading
