#include "attn/grading/flow_yaml.hpp"

#include <algorithm>
#include <cctype>

namespace attn::grading {

std::string quoted_yaml(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? std::string("\\n") : std::string(1, c);
  }
  return quoted + "\"";
}

std::string flow_yaml(const io::Node& node) {
  using Kind = io::Node::Kind;
  std::string text;
  switch (node.kind) {
    case Kind::null:
      return "~";
    case Kind::scalar: {
      const bool plain = std::all_of(node.text.begin(), node.text.end(), [](unsigned char c) {
        return std::isalnum(c) != 0 || c == '.' || c == '-' || c == '+' || c == '_';
      });
      return plain && !node.quoted && !node.text.empty() ? node.text : quoted_yaml(node.text);
    }
    case Kind::sequence:
      for (const io::Node& item : node.items) text += (text.empty() ? "" : ", ") + flow_yaml(item);
      return "[" + text + "]";
    case Kind::map:
      for (const io::Entry& entry : node.entries) {
        text += (text.empty() ? "" : ", ") + flow_yaml(entry.key) + ": " + flow_yaml(entry.value);
      }
      return "{" + text + "}";
  }
  return text;
}

}  // namespace attn::grading
