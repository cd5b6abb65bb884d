#include "attn/io/config/words.hpp"

#include <algorithm>

#include "attn/io/config/numbers.hpp"
#include "attn/io/utf8.hpp"

namespace attn::io {
namespace {

bool is_number(const Node& node) {
  const Number number = number_of(node);
  return number.value || !number.refused.empty();
}

bool is_text(const Node& node) {
  return node.is_scalar() && !is_number(node) && (node.quoted || !parse_bool(node.text));
}

std::string describe_list(const std::vector<Node>& items) {
  const auto all = [&](auto&& is) { return std::all_of(items.begin(), items.end(), is); };
  if (items.empty()) return "an empty list";
  const char* noun = "value";
  if (all(is_number)) noun = "number";
  if (all(is_text)) noun = "text";
  if (all([](const Node& item) { return item.is_sequence(); })) noun = "list";
  return "a list of " + counted(items.size(), noun);
}

}  // namespace

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::sequence:
      return describe_list(node.items);
    case Node::Kind::scalar:
      break;
  }
  if (node.quoted) return "text in quotes, " + quote(node.text);
  if (parse_bool(node.text)) return node.text;
  if (is_number(node)) return "the number " + node.text;
  return "text " + quote(node.text);
}

std::string quote(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string result = "\"";
  std::size_t count = 0;
  while (!text.empty() && count++ < longest) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text), 1);
    result += text.substr(0, length);
    text.remove_prefix(length);
  }
  return result + (text.empty() ? "\"" : "…\"");
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string has_or_have(const std::string& path) {
  const bool plural = path.ends_with('s') && !path.ends_with("ss") && !path.ends_with("is") &&
                      !path.ends_with("us") && !path.ends_with("as") && !path.ends_with("_s");
  return plural ? "have" : "has";
}

std::string times(const Shape& shape) {
  std::string text;
  for (const std::size_t extent : shape) {
    text += (text.empty() ? "" : " x ") + std::to_string(extent);
  }
  return text.empty() ? "1" : text;
}

std::string cell_text(std::size_t index, const Shape& shape) {
  std::string text;
  for (std::size_t axis = shape.size(); axis-- > 0;) {
    const std::size_t extent = std::max<std::size_t>(shape[axis], 1);
    text = std::to_string(index % extent) + (text.empty() ? "" : ", ") + text;
    index /= extent;
  }
  return text;
}

}  // namespace attn::io
