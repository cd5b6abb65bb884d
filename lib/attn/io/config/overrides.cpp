#include "attn/io/config/overrides.hpp"

#include <algorithm>

#include "attn/io/config/words.hpp"
#include "attn/io/suggestions.hpp"

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
    const bool map_value = field.type == Type::tensor || field.type == Type::mask;
    return path == field.path || field.path.starts_with(path + ".") ||
           (map_value && path.starts_with(field.path + "."));
  });
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
/// is there, it stays, and it is returned.
const Node* put(Node& root, const std::vector<std::string>& path, const Node& value) {
  Node place;
  place.source = value.source;
  Node* node = &root;
  for (const std::string& key : path) {
    if (node->is_null()) node->kind = Node::Kind::map;
    if (!node->is_map()) return node;
    node = find_or_add(*node, key, place);
  }
  *node = value;
  return nullptr;
}

}  // namespace

void apply_overrides(Node& root, const Schema& schema, const std::vector<Override>& overrides,
                     Faults& faults) {
  for (const Override& override : overrides) {
    const Place place{std::string(set_option) + override.path};
    std::vector<std::string> path = split(override.path);
    if (std::find(path.begin(), path.end(), "") != path.end()) {
      faults.add(place, "malformed path, expected names with dots between them, as in " +
                            (schema.fields.empty() ? "title" : schema.fields.front().path));
      continue;
    }
    if (override.path.starts_with("expect.")) {
      path = split_expect(override.path, root);
    } else if (!is_known(override.path, schema)) {
      faults.add(place, "no field is called " + override.path + hint(override.path, schema));
      continue;
    }
    try {
      Document document = parse_yaml({place.source, override.yaml});
      faults.add(document.faults);
      if (document.root.source == nullptr) {
        document.root.source = std::make_shared<const Text>(Source{place.source, ""});
      }
      if (const Node* obstacle = put(root, path, document.root)) {
        faults.add(place, "there is nothing to set inside " + describe(*obstacle) + " (" +
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
