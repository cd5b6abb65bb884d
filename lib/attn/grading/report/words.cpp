#include "attn/grading/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "attn/grading/report/visible.hpp"
#include "attn/render/display_width.hpp"

namespace attn::grading {
namespace {

std::string with_replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

/// Takes the first line off `rest`, without its end.
std::string_view next_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

/// How the lines begin that say why nothing was made, of g++, clang++ and the linkers.
bool is_error(std::string_view line) {
  static constexpr std::string_view signs[] = {"error: ", "undefined reference to ",
                                               "multiple definition of ", "internal compiler error",
                                               "undefined symbol"};
  return std::any_of(std::begin(signs), std::end(signs), [&](std::string_view sign) {
    return line.find(sign) != std::string_view::npos;
  });
}

std::size_t count_lines(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
}

/// "  … 3 lines before", for what is left out.
std::string count_text(std::size_t lines, const char* where) {
  return fmt::format("  … {} line{} {}\n", lines, lines == 1 ? "" : "s", where);
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("._-/").find(c) != std::string_view::npos;
}

}  // namespace

std::string in_quotes(std::string_view words, std::size_t columns) {
  std::string text = render::printable(words.substr(0, 16 * columns));
  text = with_replaced(with_replaced(text, "“", "\""), "”", "\"");
  return "“" + render::shortened(text, columns) + "”";
}

std::string file_text(std::string_view file) {
  const bool plain =
      !file.empty() && file.size() <= 120 && std::all_of(file.begin(), file.end(), is_plain);
  return plain ? std::string(file) : in_quotes(file, 120);
}

std::string speaker(const Said& said) {
  std::string text = said.who == Said::Who::compiler ? "the compiler says"
                     : said.who == Said::Who::linker ? "the linker says"
                                                     : "the program prints";
  if (said.about.empty()) return text;
  return text +
         (said.who == Said::Who::program ? " " + said.about : " of " + file_text(said.about));
}

std::string telling_line(const Said& said) {
  std::string_view first, last;
  for (std::string_view rest = said.text; !rest.empty();) {
    const std::string_view line = next_line(rest);
    if (is_blank(line)) continue;
    if (first.empty()) first = line;
    last = line;
    if (said.who != Said::Who::program && is_error(line)) return std::string(line);
  }
  const bool of_python =
      said.who == Said::Who::program && first.starts_with("Traceback (most recent call last)");
  return std::string(of_python ? last : first);
}

std::string says(const Said& said, std::size_t columns) {
  const std::string line = telling_line(said);
  return line.empty() ? "" : speaker(said) + ": " + in_quotes(line, columns);
}

std::string says_in_full(const Said& said, std::size_t lines, std::size_t bytes) {
  std::string text = speaker(said) + ":\n";
  std::string_view rest = said.text;
  while (rest.ends_with('\n') || rest.ends_with('\r')) rest.remove_suffix(1);
  // Where not all of it has room, it begins with what tells most.
  const std::string_view whole = rest;
  if (count_lines(whole) > lines || whole.size() > bytes) {
    const std::size_t at = whole.find(telling_line(said));
    if (at != std::string_view::npos && count_lines(whole.substr(0, at)) > lines / 2) {
      rest.remove_prefix(at);
      text += count_text(count_lines(whole.substr(0, at)) - 1, "before");
    }
  }
  for (std::size_t n = 0; n < lines && !rest.empty() && text.size() < bytes; ++n) {
    const std::size_t room = bytes - text.size();
    std::string_view line = next_line(rest);
    const bool cut = line.size() > room;
    if (cut) line = line.substr(0, room);
    text += "  | " + visible_lines(line) + (cut ? "…" : "") + '\n';
  }
  if (!rest.empty()) text += count_text(count_lines(rest), "more");
  return text;
}

}  // namespace attn::grading
