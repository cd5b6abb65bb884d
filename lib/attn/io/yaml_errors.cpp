#include "attn/io/yaml_errors.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace attn::io {
namespace {

constexpr std::string_view intro = "not valid YAML: ";
constexpr std::string_view quotes = "the quotes are not closed";

/// The parser's messages (yaml-cpp 0.7 and 0.8, exceptions.h), and ours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> translations{{
    {"end of map not found", "expected `key: value` at this indentation"},
    {"end of sequence not found", "expected `- entry` at this indentation"},
    {"illegal map value",
     "a `:` cannot stand here; check the indentation, and put text that has "
     "`: ` in it into quotes"},
    {"illegal map key", "a key cannot stand here; check the indentation"},
    {"illegal flow end", "a closing bracket that nothing opens"},
    {"illegal block entry", "a `- ` cannot stand here; check the indentation"},
    {"illegal tab when looking for indentation", tab_message},
    {"illegal EOF in scalar", quotes},
    {"illegal document indicator in scalar", quotes},
    {"unknown token", "a value cannot start with this character; put the text into quotes"},
    {"unknown escape character: ",
     "an unknown escape in double quotes; use single quotes, or "
     "write \\\\ for a backslash"},
    {"alias not found after *",
     "a `*` must be followed by the name of an anchor; put the text "
     "into quotes"},
    {"anchor not found after &", "a `&` must be followed by a name; put the text into quotes"},
}};

std::string not_closed(const char* what, char bracket, const Node* open) {
  if (open == nullptr) return std::string("this ") + what + " is not closed";
  return std::string("the ") + what + " that begins at line " + std::to_string(open->line) +
         " is not closed: expected `,` or `" + bracket + "`";
}

std::string name_at(const Source& source, std::size_t position) {
  const std::string_view text = source.text;
  const std::string_view rest = text.substr(std::min(position, text.size()));
  return std::string(rest.substr(0, std::min<std::size_t>(rest.find_first_of(" \t\n,]}:"), 40)));
}

}  // namespace

std::optional<std::size_t> tab_column(const Source& source, std::size_t position) {
  const std::string_view text = source.text;
  const std::string_view before = text.substr(0, std::min(position + 1, text.size()));
  const std::size_t start = before.rfind('\n') + 1;  // npos + 1 is 0
  const std::size_t content = std::min(before.find_first_not_of(" \t", start), before.size());
  const std::size_t tab = before.substr(start, content - start).find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  return tab + 1;
}

std::string syntax_message(const std::string& parser, const Source& source, std::size_t position,
                           const Node* open) {
  std::string message = parser;
  for (const auto& [theirs, ours] : translations) {
    if (parser.starts_with(theirs)) message = ours;
  }
  if (parser == "end of sequence flow not found") {
    message = not_closed("list", ']', open != nullptr && open->is_sequence() ? open : nullptr);
  } else if (parser == "end of map flow not found") {
    message = not_closed("map", '}', open != nullptr && open->is_map() ? open : nullptr);
  } else if (parser.starts_with("the referenced anchor is not defined")) {
    message = "no anchor &" + name_at(source, position + 1) +
              " comes before this alias; put text that begins with * into quotes";
  } else if (tab_column(source, position)) {
    message = tab_message;
  }
  return std::string(intro) + message;
}

std::string unclosed_at_end(const Node& open) {
  return std::string(intro) + (open.is_sequence() ? "this list" : "this map") +
         " is not closed: expected `" + (open.is_sequence() ? "]`" : "}`");
}

bool never_closed(const Source& source, std::size_t position) {
  const std::string_view text = source.text;
  std::size_t i = position;
  while (i < text.size() && (text[i] == '&' || text[i] == '!')) {  // an anchor or a tag comes first
    i = std::min(text.find_first_of(" \t\n", i), text.size());
    i = std::min(text.find_first_not_of(" \t\n", i), text.size());
  }
  if (i >= text.size() || (text[i] != '"' && text[i] != '\'')) return false;
  const char mark = text[i];
  for (++i; i < text.size(); ++i) {
    if (mark == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == mark) {
      if (mark == '"' || i + 1 >= text.size() || text[i + 1] != mark) return false;
      ++i;  // '' is a quote within single quotes
    }
  }
  return true;
}

std::string not_closed_quotes() { return std::string(intro) + std::string(quotes); }

std::string too_deep() {
  return "nested more than " + std::to_string(max_yaml_depth) + " levels deep";
}

std::string duplicate_key(const std::string& key, std::uint32_t first_line) {
  return "duplicate key " + key + ": it is given at line " + std::to_string(first_line) +
         " already";
}

std::string short_tag(const std::string& tag) {
  const std::string_view core = "tag:yaml.org,2002:";
  return tag.starts_with(core) ? "!!" + tag.substr(core.size()) : tag;
}

std::string second_document(const Source& source, std::size_t position) {
  const std::string_view text = source.text;
  const std::size_t start = std::min(position, text.size());
  if (text.substr(start).starts_with("---")) {
    return "a second document starts here (`---`), expected a single one";
  }
  std::string message(intro);  // in one expression it makes GCC 12 warn of an overrun
  return message +=
         "this does not belong to what comes before; check the brackets and the indentation";
}

std::optional<Fault> too_many_values(const Source& source) {
  const auto separates = [](char c) { return c == ',' || c == '[' || c == '{' || c == '\n'; };
  const auto count = std::count_if(source.text.begin(), source.text.end(), separates);
  if (static_cast<std::size_t>(count) <= 2 * max_yaml_nodes) return std::nullopt;
  return Fault{
      {source.name, 1, 1},
      "more than " + std::to_string(max_yaml_nodes) + " values; put large tensors into .npy files"};
}

}  // namespace attn::io
