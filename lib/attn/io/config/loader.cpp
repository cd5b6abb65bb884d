#include "attn/io/config/loader.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <sstream>
#include <tuple>

#include "attn/core/axes.hpp"
#include "attn/io/config/expectations.hpp"
#include "attn/io/config/overrides.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::io {
namespace {

/// Lets a tree stand for `source` as a whole: a default has no line in the file.
void move_to(Node& node, const std::shared_ptr<const Text>& source) {
  node.source = source;
  node.line = 0;
  for (Node& item : node.items) move_to(item, source);
  for (Entry& entry : node.entries) move_to(entry.key, source), move_to(entry.value, source);
}

/// The shape of the tensor at the path, if there is one, as far as its first entries tell.
std::optional<Shape> shape_in(const Node& root, const std::string& path) {
  const Node* node = &root;
  for (std::size_t start = 0; node != nullptr && start <= path.size();) {
    const std::size_t end = std::min(path.find('.', start), path.size());
    node = node->is_map() ? node->find(path.substr(start, end - start)) : nullptr;
    start = end + 1;
  }
  if (node == nullptr) return std::nullopt;
  Shape shape;
  if (const Node* said = node->is_map() ? node->find("shape") : nullptr) {
    for (const Node& extent : said->items) {
      if (!extent.is_scalar() || extent.text.size() > 8) return std::nullopt;
      shape.push_back(std::strtoull(extent.text.c_str(), nullptr, 10));
    }
  }
  for (; node->is_sequence() && !node->items.empty(); node = &node->items.front()) {
    shape.push_back(node->items.size());
  }
  const bool whole = std::find(shape.begin(), shape.end(), 0U) == shape.end();
  return shape.empty() || !whole ? std::nullopt : std::optional(shape);
}

}  // namespace

Loader::Loader(const Source& source, const Schema& schema, const std::vector<Override>& overrides,
               const std::set<std::string>& left_out)
    : source_(source),
      schema_(schema),
      overrides_(overrides),
      left_out_(left_out),
      axes_(schema_) {}

Config Loader::load() {
  parse();
  change_axes();
  read_root();
  add_absent_fields();
  put_in_order();
  read_values();
  bind_axes();
  settle_drafts();
  check_counts();
  check_words();
  check_sizes();
  faults_.throw_if_any(source_.name);
  fill_in();
  faults_.throw_if_any(source_.name);
  return std::move(config_);
}

void Loader::parse() {
  try {
    Document document = parse_yaml(source_);
    root_ = std::move(document.root);
    faults_.add(document.faults);
  } catch (const InputError& error) {
    // The overrides may have faults too, but without the file nothing sensible can be said of it.
    faults_.add(error.faults());
    Node nothing;
    apply_overrides(nothing, schema_, overrides_, faults_);
    faults_.throw_if_any(source_.name);
  }
  if (!root_.is_map()) {
    faults_.add(not_a_config(source_, root_));
    faults_.throw_if_any(source_.name);
  }
  for (const Override& one : overrides_) {
    if (const std::optional<Shape> shape = shape_in(root_, one.path)) replaced_[one.path] = *shape;
  }
  apply_overrides(root_, schema_, overrides_, faults_);
}

/// Axes that are others because of a field that is given.
void Loader::change_axes() {
  for (const AxisChange& change : schema_.axis_changes) {
    const Node* node = &root_;
    std::istringstream names(change.field);
    for (std::string name; node != nullptr && std::getline(names, name, '.');) {
      node = node->is_map() ? node->find(name) : nullptr;
    }
    if (node == nullptr) continue;
    for (FieldSpec& field : schema_.fields) {
      if (std::find(change.of.begin(), change.of.end(), field.path) == change.of.end()) continue;
      for (std::string* axes : {&field.axes, &field.or_axes, &field.at_most_axis}) {
        std::string changed;
        for (const std::string& axis : split_axes(*axes)) {
          changed += (changed.empty() ? "" : ",") + (axis == change.axis ? change.becomes : axis);
        }
        *axes = changed;
      }
    }
  }
}

std::vector<std::string> Loader::names_under(const std::string& prefix) const {
  std::vector<std::string> names;
  for (const FieldSpec& field : schema_.fields) {
    if (!field.path.starts_with(prefix)) continue;
    std::string name = field.path.substr(0, field.path.find('.', prefix.size()));
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  return names;
}

void Loader::read_root() {
  read_chapter(root_.find("chapter"));
  read_title(root_.find("title"));
  if (const Node* expect = root_.find("expect")) {
    config_.expectations_ = read_expectations(
        *expect, [this](const Node& node) { return folder_of(node); }, faults_);
  }
  read_section(root_, "");
}

void Loader::read_section(const Node& map, const std::string& prefix) {
  const std::vector<std::string> names = names_under(prefix);
  for (const Entry& entry : map.entries) {
    if (faults_.full()) return;  // thousands of unknown keys: this is not a config
    const std::string path = prefix + entry.key.text;
    if (left_out_.contains(path)) continue;
    const bool reserved = path == "chapter" || path == "title" || path == "expect";
    const auto field = std::find_if(schema_.fields.begin(), schema_.fields.end(),
                                    [&](const FieldSpec& one) { return one.path == path; });
    if (field != schema_.fields.end()) {
      given_.push_back({&*field, entry.value, false});
      note_place(path, entry.value);
    } else if (std::find(names.begin(), names.end(), path) != names.end()) {
      sections_[path] = entry.key;
      note_place(path, entry.key);
      if (entry.value.is_map()) {
        read_section(entry.value, path + ".");
      } else if (!entry.value.is_null()) {
        std::vector<std::string> inside = names_under(path + ".");
        for (std::string& name : inside) name.erase(0, path.size() + 1);
        faults_.add(entry.value, path + ": found " + describe(entry.value) +
                                     ", expected a map that holds " + alternatives(inside));
        malformed_.insert(path);
      }
    } else if (!reserved) {
      std::vector<std::string> allowed = names;
      if (prefix.empty()) allowed.insert(allowed.end(), {"chapter", "title", "expect"});
      // A name of this section, or else one that belongs into another.
      std::vector<std::string> all = allowed;
      for (const FieldSpec& one : schema_.fields) all.push_back(one.path);
      const std::string near = nearest_path(path, all);
      faults_.add(entry.key, "unknown key " + path +
                                 (near.empty() ? "; expected " + alternatives(allowed)
                                               : "; did you mean " + near + "?"));
    }
  }
}

void Loader::read_chapter(const Node* chapter) {
  if (chapter == nullptr) {
    faults_.add({source_.name, 1, 1}, "chapter is missing, expected chapter: " + schema_.chapter);
  } else if (!chapter->is_scalar()) {
    faults_.add(*chapter, "chapter: found " + describe(*chapter) + ", expected " + schema_.chapter);
  } else if (chapter->text != schema_.chapter) {
    // Nothing else in it can be right.
    const std::string near = nearest(chapter->text, {schema_.chapter});
    throw InputError(chapter->place(),
                     "chapter: this config is for " + quote(chapter->text) + ", not for " +
                         schema_.chapter +
                         (near.empty() ? "; to run it: attn " + chapter->text + " " + source_.name
                                       : "; did you mean " + near + "?"));
  }
}

void Loader::read_title(const Node* title) {
  if (title == nullptr || title->is_null()) return;
  if (title->is_scalar()) {
    config_.title_ = title->text;
  } else {
    faults_.add(*title, "title: found " + describe(*title) + ", expected a text");
  }
}

void Loader::note_place(const std::string& path, const Node& node) {
  config_.places_[path] = node.place();
}

void Loader::add_absent_fields() {
  for (const FieldSpec& field : schema_.fields) {
    const auto same = [&](const Given& given) { return given.field == &field; };
    if (std::any_of(given_.begin(), given_.end(), same)) continue;
    if (field.required) {
      const std::size_t dot = field.path.rfind('.');
      const std::string inside = dot == std::string::npos ? "" : field.path.substr(0, dot);
      if (malformed_.contains(inside)) continue;
      const auto section = sections_.find(inside);
      const Place place =
          section == sections_.end() ? Place{source_.name, 1, 1} : section->second.place();
      faults_.add(place,
                  field.path + " is missing" + (field.meaning.empty() ? "" : ": " + field.meaning));
    } else if (!field.fallback.empty()) {
      Node node = parse_yaml({"the default of " + field.path, field.fallback}).root;
      move_to(node, std::make_shared<const Text>(Source{source_.name, ""}));
      given_.push_back({&field, std::move(node), true});
    }
  }
}

/// The order of the file, then the overrides, then what was not given: so that a wrong override is
/// blamed for not fitting the file, and not the other way round.
void Loader::put_in_order() {
  const auto key = [](const Given& given) {
    const Node& node = given.node;
    const int group = given.fallback ? 2 : is_override(node) ? 1 : 0;
    return std::tuple(group, group == 0 ? node.line : 0U, group == 0 ? node.column : 0U);
  };
  std::stable_sort(given_.begin(), given_.end(),
                   [&](const Given& a, const Given& b) { return key(a) < key(b); });
}

std::string Loader::folder_of(const Node& node) const {
  if (is_override(node)) return "";
  return std::filesystem::path(source_.name).parent_path().string();
}

Config load_config(const Source& source, const Schema& schema,
                   const std::vector<Override>& overrides, const std::set<std::string>& left_out) {
  return Loader(source, schema, overrides, left_out).load();
}

}  // namespace attn::io
