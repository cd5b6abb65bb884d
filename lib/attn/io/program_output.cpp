#include "attn/io/program_output.hpp"

#include <algorithm>
#include <string_view>

#include "attn/io/trace_json.hpp"
#include "attn/io/utf8.hpp"

namespace attn::io {
namespace {

constexpr std::string_view blank = " \t\r\n";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Does a `{` begin an object with a key? A dictionary that Python prints has single quotes.
bool begins_object(std::string_view text, std::size_t at) {
  const std::size_t next = text.find_first_not_of(blank, at + 1);
  return next != std::string_view::npos && text[next] == '"';
}

bool begins_trace(std::string_view text, std::size_t at) {
  constexpr std::string_view key = "\"format\"";
  const std::size_t next = text.find_first_not_of(blank, at + 1);
  return next != std::string_view::npos && text.substr(next, key.size()) == key;
}

bool begins_line(std::string_view text, std::size_t at) {
  const std::size_t before =
      at == 0 ? std::string_view::npos : text.find_last_not_of(" \t", at - 1);
  return before == std::string_view::npos || text[before] == '\n';
}

/// Where the trace begins; the beginning of the text if nothing looks like one.
std::size_t beginning(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blank);
  if (first == std::string_view::npos || text[first] == '{') return 0;
  std::size_t line = std::string_view::npos;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    if (begins_trace(text, at)) return at;
    if (line == std::string_view::npos && begins_line(text, at) && begins_object(text, at))
      line = at;
  }
  return line == std::string_view::npos ? 0 : line;
}

/// Where the object that begins at `at` ends; the end of the text if it does not end.
std::size_t ending(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  bool in_text = false;
  for (std::size_t i = at; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') ++i;
      if (c == '"') in_text = false;
    } else if (c == '"') {
      in_text = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && (depth == 0 || --depth == 0)) {
      return i + 1;
    }
  }
  return text.size();
}

/// A line of foreign text: its control characters and what is not UTF-8 are not shown, nor is more
/// than its beginning.
std::string shown(std::string_view line) {
  constexpr std::size_t longest = 60;
  std::string text;
  for (std::size_t i = 0, count = 0; i < line.size(); ++count) {
    if (count == longest) return text + "…";
    const std::size_t length = utf8_length(line.substr(i));
    const auto c = static_cast<unsigned char>(line[i]);
    const bool fine = length > 1 || (length == 1 && c >= 0x20 && c != 0x7F);
    text += fine ? std::string(line.substr(i, length)) : "?";
    i += std::max<std::size_t>(length, 1);
  }
  return text;
}

/// 'line 3, "done", ' or 'lines 1 to 3, beginning with "loading", ' of what stands from `first` on.
std::string lines_of(std::string_view text, std::size_t first, std::size_t end) {
  const std::size_t begin = text.find_first_not_of(blank, first);
  if (begin == std::string_view::npos || begin >= end) return "";
  const std::size_t last = text.find_last_not_of(blank, end - 1);
  const auto line_at = [&](std::size_t at) {
    return 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n');
  };
  const std::size_t end_of_line = std::min(text.find_first_of("\r\n", begin), end);
  const std::string line = '"' + shown(text.substr(begin, end_of_line - begin)) + '"';
  const auto from = line_at(begin), to = line_at(last);
  if (from == to) return "line " + std::to_string(from) + ", " + line;
  return "lines " + std::to_string(from) + " to " + std::to_string(to) + ", beginning with " + line;
}

}  // namespace

PrintedTrace trace_from_output(const std::string& printed, const std::string& from) {
  const std::string_view text = printed;
  const std::size_t mark = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  const std::size_t begin = mark + beginning(text.substr(mark));
  const std::size_t start = text.find('{', begin);
  const bool found =
      start != std::string_view::npos && text.find_first_not_of(blank, begin) == start;
  const std::size_t end = found ? ending(text, start) : text.size();
  PrintedTrace result;
  const std::string before = lines_of(text, mark, begin), after = lines_of(text, end, text.size());
  for (const std::string& beside : {before, after}) {
    if (beside.empty()) continue;
    result.note += (result.note.empty() ? "" : "; ") + beside;
  }
  if (!result.note.empty()) {
    result.note = "beside its trace it printed " + result.note +
                  ": that is no part of it, and belongs on standard error";
  }
  // What stands before is blanked out, so that an error still counts the lines of everything.
  std::string json = printed.substr(0, end);
  std::replace_if(
      json.begin(), json.begin() + static_cast<std::ptrdiff_t>(begin),
      [](char c) { return c != '\n'; }, ' ');
  result.trace = trace_from_json(json, from);
  return result;
}

}  // namespace attn::io
