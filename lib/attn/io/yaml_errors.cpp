#include "attn/io/yaml_errors.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace attn::io {
namespace {

/// The parser's messages (yaml-cpp 0.7 and 0.8, exceptions.h), and ours.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> translations{{
    {"end of map not found", "expected `key: value` at this indentation"},
    {"end of sequence not found", "expected `- entry` at this indentation"},
    {"illegal map value", "a `:` cannot stand here; check the indentation, and put text that has "
                          "`: ` in it into quotes"},
    {"illegal map key", "a key cannot stand here; check the indentation"},
    {"illegal flow end", "a closing bracket that nothing opens"},
    {"illegal block entry", "a `- ` cannot stand here; check the indentation"},
    {"illegal tab when looking for indentation", "a tab in the indentation; use spaces"},
    {"illegal EOF in scalar", "the quotes are not closed"},
    {"illegal document indicator in scalar", "the quotes are not closed"},
    {"unknown token", "a value cannot start with this character; put the text into quotes"},
    {"unknown escape character: ", "an unknown escape in double quotes; use single quotes, or "
                                   "write \\\\ for a backslash"},
    {"alias not found after *", "a `*` must be followed by the name of an anchor; put the text "
                                "into quotes"},
    {"anchor not found after &", "a `&` must be followed by a name; put the text into quotes"},
}};

std::string not_closed(const char* what, char bracket, const Node* open) {
  std::string text = std::string("this ") + what + " is not closed";
  if (open != nullptr) {
    text = std::string("the ") + what + " that begins at line " + std::to_string(open->line) +
           " is not closed";
  }
  return text + ": expected `,` or `" + bracket + "`";
}

}  // namespace

std::string syntax_message(const std::string& parser, const Node* open) {
  const std::string intro = "not valid YAML: ";
  if (parser == "end of sequence flow not found") {
    return intro + not_closed("list", ']', open != nullptr && open->is_sequence() ? open : nullptr);
  }
  if (parser == "end of map flow not found") {
    return intro + not_closed("map", '}', open != nullptr && open->is_map() ? open : nullptr);
  }
  const std::string_view no_anchor = "the referenced anchor is not defined";
  if (parser.starts_with(no_anchor)) {
    const std::size_t name = parser.find_first_not_of(": ", no_anchor.size());
    const std::string anchor = name == std::string::npos ? "" : "&" + parser.substr(name) + " ";
    return intro + "no anchor " + anchor + "comes before this alias";
  }
  for (const auto& [theirs, ours] : translations) {
    if (parser.starts_with(theirs)) return intro + std::string(ours);
  }
  return intro + parser;
}

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

std::string second_document(const Source& source, int position) {
  const std::string_view text = source.text;
  const std::size_t start = std::min(static_cast<std::size_t>(std::max(position, 0)), text.size());
  if (text.substr(start).starts_with("---")) {
    return "a second document starts here (`---`), expected a single one";
  }
  return "not valid YAML: this does not belong to what comes before; check the brackets and the "
         "indentation";
}

std::optional<Fault> too_many_values(const Source& source) {
  const auto separates = [](char c) { return c == ',' || c == '[' || c == '{' || c == '\n'; };
  const auto count = std::count_if(source.text.begin(), source.text.end(), separates);
  if (static_cast<std::size_t>(count) <= 2 * max_yaml_nodes) return std::nullopt;
  return Fault{{source.name}, "more than " + std::to_string(max_yaml_nodes) +
                                  " values; put large tensors into .npy files"};
}

}  // namespace attn::io
