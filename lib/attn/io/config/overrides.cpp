#include "attn/io/config/overrides.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "attn/io/config/words.hpp"
#include "attn/io/suggestions.hpp"
#include "attn/io/utf8.hpp"

namespace attn::io {
namespace {

constexpr std::string_view set_option = "--set ";

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts{""};
  for (const char c : path) {
    if (c == '.') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

/// The tensors that `expect:` names may have dots in their names: only a known last part is one.
std::vector<std::string> split_expect(const std::string& path, const Node& root) {
  const std::string rest = path.substr(std::string_view("expect.").size());
  const std::vector<std::string> whole{"expect", rest};
  const Node* expect = root.find("expect");
  if (expect != nullptr && expect->find(rest) != nullptr) return whole;
  const std::size_t dot = rest.rfind('.');
  if (dot == std::string::npos || dot == 0) return whole;
  const std::string last = rest.substr(dot + 1);
  for (const char* key : {"values", "file", "tolerance", "relative", "source"}) {
    if (last == key) return {"expect", rest.substr(0, dot), last};
  }
  return whole;
}

/// Is `path` a field, a section that has fields, or part of a tensor's map?
bool is_known(const std::string& path, const Schema& schema) {
  if (path == "title" || path == "chapter" || path == "expect") return true;
  return std::any_of(schema.fields.begin(), schema.fields.end(), [&](const FieldSpec& field) {
    const bool map_value =
        field.type == Type::tensor || field.type == Type::mask || !field.or_map.empty();
    return path == field.path || field.path.starts_with(path + ".") ||
           (map_value && path.starts_with(field.path + "."));
  });
}

/// How many characters of the path lead to something: where the rest begins, nothing is known.
std::size_t known_part(const std::vector<std::string>& parts, const Schema& schema) {
  std::string known;
  for (const std::string& part : parts) {
    const std::string longer = known.empty() ? part : known + "." + part;
    if (!is_known(longer, schema)) break;
    known = longer;
  }
  return known.empty() ? 0 : utf8_count(known) + 1;
}

std::vector<std::string> all_paths(const Schema& schema) {
  std::vector<std::string> paths;
  for (const FieldSpec& field : schema.fields) paths.push_back(field.path);
  paths.insert(paths.end(), {"title", "expect"});
  return paths;
}

/// The nearest path; or else all of its section; or, where there is no such section, the sections.
std::string hint(const std::string& path, const Schema& schema) {
  const std::vector<std::string> paths = all_paths(schema);
  const std::string near = nearest_path(path, paths);
  if (!near.empty()) return "; did you mean " + near + "?";
  std::vector<std::string> beside, sections;
  const std::string section = path.substr(0, path.find('.') + 1);
  for (const std::string& one : paths) {
    const std::size_t dot = one.find('.');
    const std::string name = dot == std::string::npos ? one : one.substr(0, dot + 1) + "…";
    if (!section.empty() && one.starts_with(section)) beside.push_back(one);
    if (std::find(sections.begin(), sections.end(), name) == sections.end()) {
      sections.push_back(name);
    }
  }
  return "; expected one of " + alternatives(beside.empty() ? sections : beside);
}

Node* find_or_add(Node& map, const std::string& key, const Node& place) {
  for (Entry& entry : map.entries) {
    if (entry.key.text == key) return &entry.value;
  }
  Entry entry{place, place};
  entry.key.kind = Node::Kind::scalar;
  entry.key.text = key;
  map.entries.push_back(std::move(entry));
  return &map.entries.back().value;
}

/// Puts `value` at the path. A map on the way that is missing is made. If something else than a map
/// is there, it stays, and it is returned, with how many characters of the path come before what
/// would be inside it.
std::pair<const Node*, std::size_t> put(Node& root, const std::vector<std::string>& path,
                                        const Node& value) {
  Node place;
  place.source = value.source;
  Node* node = &root;
  std::size_t before = 0;
  for (const std::string& key : path) {
    if (node->is_null()) node->kind = Node::Kind::map;
    if (!node->is_map()) return {node, before};
    node = find_or_add(*node, key, place);
    before += utf8_count(key) + 1;
  }
  *node = value;
  return {nullptr, before};
}

/// The title is text as it stands, unless it is in quotes.
std::string as_yaml(const Override& override) {
  const std::string& value = override.yaml;
  if (override.path != "title" || value.empty() || value.front() == '"' || value.front() == '\'')
    return value;
  std::string quoted = "'";
  for (const char c : value) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

/// A sign that begins a comment and does not stand in quotes.
std::size_t comment_in(const std::string& value) {
  char quote = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const bool begins_word =
        i == 0 || std::string_view(" \t\n,[{:").find(value[i - 1]) != std::string_view::npos;
    if (quote != 0) {
      if (c == '\\' && quote == '"') ++i;
      if (c == quote) quote = 0;
    } else if ((c == '"' || c == '\'') && begins_word) {
      quote = c;
    } else if (c == '#' &&
               (i == 0 || std::string_view(" \t\n").find(value[i - 1]) != std::string_view::npos)) {
      return i;
    }
  }
  return std::string::npos;
}

/// Why a text cannot be given as a value, at the place in the value. What YAML would drop without a
/// word is told.
std::optional<Fault> not_a_value(const Override& override, const std::string& source) {
  const std::string& value = override.yaml;
  const auto fault = [&](std::size_t at, const std::string& message) {
    return Fault{{source, 1, utf8_count(std::string_view(value).substr(0, at)) + 1}, message};
  };
  for (std::size_t i = 0; i < value.size(); i += utf8_length(std::string_view(value).substr(i))) {
    if (utf8_length(std::string_view(value).substr(i)) == 0) {
      return fault(i, "the value is not UTF-8 text");
    }
  }
  if (override.path == "title") return std::nullopt;
  const std::string in_quotes =
      "put the text into quotes of its own, as in " + override.path + "='\"" + value + "\"'";
  if (const std::size_t at = comment_in(value); at != std::string::npos) {
    return fault(at, "a # begins a comment, and what stands behind it would be lost; " + in_quotes);
  }
  for (const char* sign : {"---", "...", "%"}) {
    if (!value.starts_with(sign)) continue;
    return fault(
        0, std::string(sign) + " at the beginning means something else in YAML; " + in_quotes);
  }
  return std::nullopt;
}

}  // namespace

void apply_overrides(Node& root, const Schema& schema, const std::vector<Override>& overrides,
                     Faults& faults) {
  for (const Override& override : overrides) {
    const Place place{std::string(set_option) + override.path};
    std::vector<std::string> path = split(override.path);
    if (std::find(path.begin(), path.end(), "") != path.end()) {
      faults.add({place.source, 1, 1},
                 "malformed path, expected names with dots between them, as in " +
                     (schema.fields.empty() ? "title" : schema.fields.front().path));
      continue;
    }
    if (override.path.starts_with("expect.")) {
      path = split_expect(override.path, root);
    } else if (!is_known(override.path, schema)) {
      faults.add({place.source, 1, known_part(path, schema) + 1},
                 "no field is called " + override.path + hint(override.path, schema));
      continue;
    }
    if (const std::optional<Fault> fault = not_a_value(override, place.source)) {
      faults.add(*fault);
      continue;
    }
    try {
      Document document = parse_yaml({place.source, as_yaml(override)});
      faults.add(document.faults);
      if (document.root.source == nullptr) {
        document.root.source = std::make_shared<const Text>(Source{place.source, ""});
        document.root.line = document.root.column = 1;  // nothing stands where the value would
      }
      if (const auto [obstacle, at] = put(root, path, document.root); obstacle != nullptr) {
        faults.add({place.source, 1, at + 1}, "there is nothing to set inside " +
                                                  describe(*obstacle) + " (" +
                                                  to_string(obstacle->place()) + ")");
      }
    } catch (const InputError& error) {
      faults.add(error.faults());
    }
  }
}

bool is_override(const Node& node) {
  return node.source != nullptr && node.source->name().starts_with(set_option);
}

}  // namespace attn::io
