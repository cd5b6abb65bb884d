#include "attn/grading/cases.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "attn/grading/flow_yaml.hpp"
#include "attn/io/config.hpp"
#include "attn/io/fault.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::grading {
namespace {

using io::FieldSpec;
using io::Type;

/// The first and the last number with two decimals in a range, times 100; 0.29 * 100 is a bit less
/// than 29.
std::pair<std::int64_t, std::int64_t> hundredths_in(double low, double high) {
  constexpr double slack = 1e-6;
  return {static_cast<std::int64_t>(std::ceil(low * 100.0 - slack)),
          static_cast<std::int64_t>(std::floor(high * 100.0 + slack))};
}

/// Draws one case after the other.
class Drawer {
 public:
  Drawer(const Assignment& assignment, const io::Schema& schema, std::uint64_t seed)
      : rules_(assignment.cases), schema_(schema), random_(seed) {}

  /// \param at what is decided in this case, or nullptr
  std::string draw(const CaseRules::Boundary* at = nullptr) {
    boundary_ = at;
    draw_extents();
    ++number_;
    said_.clear();
    // Fields in the order of the schema, so that a rule's place in the list does not matter.
    Tree root;
    for (const FieldSpec& field : schema_.fields) {
      if (at != nullptr && contains(at->without, field.path)) continue;
      if (const io::Node* value = set_here(field.path)) {
        put(root, field.path, flow_yaml(*value));
        for (const io::Node& item : value->items) said_[field.among].insert(item.text);
      } else if (wanted(field.path)) {
        put(root, field.path, value_of(field));
      }
    }
    const std::string reason = at == nullptr ? "" : at->reason;
    return fmt::format("chapter: {}\ntitle: {}\n", schema_.chapter, quoted_yaml(reason)) +
           text_of(root, 0);
  }

  void check() const {
    std::vector<std::string> paths, axes;
    for (const FieldSpec& field : schema_.fields) paths.push_back(field.path);
    for (const io::AxisSpec& axis : schema_.axes) axes.push_back(axis.name);
    for (const std::string& path : rules_.always) expect(path, paths, "field");
    for (const std::string& path : rules_.sometimes) expect(path, paths, "field");
    for (const auto& [path, values] : rules_.choices) expect(path, paths, "field");
    for (const CaseRules::Range& range : rules_.ranges) {
      expect(range.path, paths, "field");
      expect_range(range);
    }
    for (const CaseRules::Extent& extent : rules_.axes) expect(extent.axis, axes, "axis");
    for (const CaseRules::Boundary& boundary : rules_.boundaries) {
      for (const auto& [path, value] : boundary.set) expect(path, paths, "field");
      for (const std::string& path : boundary.without) expect(path, paths, "field");
      for (const CaseRules::Extent& extent : boundary.axes) expect(extent.axis, axes, "axis");
      for (const CaseRules::Range& range : boundary.ranges) {
        expect(range.path, paths, "field");
        expect_range(range);
      }
    }
    for (const std::vector<std::string>& group : rules_.equal) {
      for (const std::string& axis : group) {
        expect(axis, axes, "axis");
        if (is_drawn(axis)) continue;
        reject("the axis " + axis + " is equal to others, but has no extents of its own");
      }
    }
  }

 private:
  /// A map of maps, or the text of a value.
  struct Tree {
    std::string value;
    std::vector<std::pair<std::string, Tree>> members;
  };

  void expect(const std::string& name, const std::vector<std::string>& known,
              const std::string& what) const {
    if (std::find(known.begin(), known.end(), name) != known.end()) return;
    reject("no " + what + " is called " + name + io::suggestion(name, known));
  }

  [[noreturn]] void reject(const std::string& why) const {
    throw io::InputError(io::Place{.source = "the cases of " + schema_.chapter}, why);
  }

  bool is_drawn(const std::string& axis) const {
    return std::any_of(rules_.axes.begin(), rules_.axes.end(),
                       [&](const CaseRules::Extent& extent) { return extent.axis == axis; });
  }

  /// A range must have something to draw.
  void expect_range(const CaseRules::Range& range) const {
    const auto field = std::find_if(schema_.fields.begin(), schema_.fields.end(),
                                    [&](const FieldSpec& spec) { return spec.path == range.path; });
    if (field->type == Type::integer || field->type == Type::integers) {
      const bool whole = std::floor(range.low) == range.low && std::floor(range.high) == range.high;
      if (range.low >= 0.0 && range.high <= 1e6 && whole) return;
      reject("the range of " + range.path + " has other ends than whole numbers from 0 to 1000000");
    }
    if (range.low < -1e6 || range.high > 1e6) {
      reject("the range of " + range.path + " goes beyond -1000000 to 1000000");
    }
    const auto [from, to] = hundredths_in(range.low, range.high);
    if (from > to || (from == 0 && to == 0)) {
      reject("the range of " + range.path + " has no number with two decimals but 0");
    }
  }

  /// From 0 to `below` - 1. The distributions of the standard library differ between machines.
  std::uint64_t below(std::uint64_t n) { return random_() % n; }

  bool contains(const std::vector<std::string>& paths, const std::string& path) const {
    return std::find(paths.begin(), paths.end(), path) != paths.end();
  }

  const std::vector<std::string>* choices_of(const std::string& path) const {
    for (const auto& [field, values] : rules_.choices) {
      if (field == path) return &values;
    }
    return nullptr;
  }

  bool wanted(const std::string& path) {
    if (contains(rules_.always, path) || choices_of(path) != nullptr) return true;
    return contains(rules_.sometimes, path) && below(2) == 0;
  }

  /// The first axis of the group that `axis` is drawn with.
  const std::string& head(const std::string& axis) const {
    for (const std::vector<std::string>& group : rules_.equal) {
      if (contains(group, axis)) return group.front();
    }
    return axis;
  }

  const io::Node* set_here(const std::string& path) const {
    if (boundary_ == nullptr) return nullptr;
    for (const auto& [field, value] : boundary_->set) {
      if (field == path) return &value;
    }
    return nullptr;
  }

  const CaseRules::Range* range_of(const std::string& path) const {
    const auto in = [&](const std::vector<CaseRules::Range>& ranges) {
      const auto found = std::find_if(ranges.begin(), ranges.end(),
                                      [&](const auto& range) { return range.path == path; });
      return found == ranges.end() ? nullptr : &*found;
    };
    const CaseRules::Range* here = boundary_ == nullptr ? nullptr : in(boundary_->ranges);
    return here != nullptr ? here : in(rules_.ranges);
  }

  /// The extents that the boundary sets, by the first axis of their group: those of the values that
  /// it gives, and those that it names.
  std::map<std::string, CaseRules::Extent> extents_here() const {
    std::map<std::string, CaseRules::Extent> here;
    if (boundary_ == nullptr) return here;
    for (const FieldSpec& field : schema_.fields) {
      const io::Node* value = set_here(field.path);
      if (value == nullptr || field.axes.empty()) continue;
      const io::Node* inner = value;
      std::istringstream axes(field.axes);
      for (std::string axis; std::getline(axes, axis, ',') && inner->is_sequence();) {
        const std::size_t extent = inner->items.size();
        if (is_drawn(axis)) here[head(axis)] = {head(axis), extent, extent};
        if (inner->items.empty()) break;
        inner = &inner->items.front();
      }
    }
    for (const CaseRules::Extent& extent : boundary_->axes) {
      here[head(extent.axis)] = {head(extent.axis), extent.low, extent.high};
    }
    return here;
  }

  void draw_extents() {
    const std::map<std::string, CaseRules::Extent> here = extents_here();
    constexpr int patience = 1000;  // ranges may leave no room for all to be different
    for (int attempt = 0; attempt < patience; ++attempt) {
      extents_.clear();
      std::set<std::size_t> taken;
      bool different = true;
      for (const CaseRules::Extent& extent : rules_.axes) {
        if (head(extent.axis) != extent.axis) continue;
        const auto fixed = here.find(extent.axis);
        const auto& [axis, low, high] = fixed == here.end() ? extent : fixed->second;
        const std::size_t drawn = low + below(high - low + 1);
        different &= taken.insert(drawn).second;
        extents_[extent.axis] = drawn;
      }
      for (const auto& [axis, extent] : here) {  // of an axis that is usually 2
        if (!is_drawn(axis)) extents_[axis] = extent.low;
      }
      for (const std::vector<std::string>& group : rules_.equal) {
        for (const std::string& axis : group) extents_[axis] = extents_[group.front()];
      }
      if (different) return;
    }
  }

  /// Of "Tq", or of a sum of axes, "dq+dk".
  std::size_t extent_of(const std::string& axis) const {
    std::size_t sum = 0;
    std::size_t start = 0;
    while (start <= axis.size()) {
      const std::size_t plus = std::min(axis.find('+', start), axis.size());
      const auto found = extents_.find(axis.substr(start, plus - start));
      sum += found == extents_.end() ? 2 : found->second;
      start = plus + 1;
    }
    return sum;
  }

  std::vector<std::size_t> shape_of(const std::string& axes) const {
    std::vector<std::size_t> shape;
    std::size_t start = 0;
    while (start < axes.size()) {
      const std::size_t comma = std::min(axes.find(',', start), axes.size());
      shape.push_back(extent_of(axes.substr(start, comma - start)));
      start = comma + 1;
    }
    return shape;
  }

  /// With two decimals. Zero hides mistakes, so it is left out.
  std::string number_in(double low, double high) {
    const auto [from, to] = hundredths_in(low, high);
    std::int64_t drawn = 0;
    while (drawn == 0) {
      drawn = from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from + 1)));
    }
    return fmt::format("{}", static_cast<double>(drawn) / 100.0);
  }

  std::string number_of(const FieldSpec& field) {
    if (const auto* range = range_of(field.path)) return number_in(range->low, range->high);
    return number_in(0.5, 2.0);
  }

  std::string entry_of(const FieldSpec& field) {
    // A mask that hides nothing would test nothing: the second entry is always hidden.
    if (field.type == Type::mask) return entry_++ == 1 || below(4) == 0 ? "false" : "true";
    if (const auto* range = range_of(field.path)) return number_in(range->low, range->high);
    return number_in(-2.0, 2.0);
  }

  std::string list(const FieldSpec& field, const std::vector<std::size_t>& shape,
                   std::size_t axis) {
    if (axis == shape.size()) return entry_of(field);
    std::string text = "[";
    for (std::size_t i = 0; i < shape[axis]; ++i) {
      text += (i == 0 ? "" : ", ") + list(field, shape, axis + 1);
    }
    return text + "]";
  }

  std::string integer_of(const FieldSpec& field) {
    std::size_t low = 1;
    std::size_t high = 4;
    if (!field.at_most_axis.empty()) high = extent_of(field.at_most_axis);
    if (const auto* range = range_of(field.path)) {
      low = static_cast<std::size_t>(range->low);
      high = static_cast<std::size_t>(range->high);
    }
    return std::to_string(low + below(high - low + 1));
  }

  static std::string word(std::size_t i) { return fmt::format("w{}", i + 1); }

  /// One of the words that a vocabulary is drawn with, but for these; any of them if none is left.
  std::string word_of(const std::string& vocabulary, const std::set<std::string>& taken) {
    std::vector<std::string> all, left;
    for (const FieldSpec& field : schema_.fields) {
      if (field.path != vocabulary) continue;
      for (std::size_t i = 0; i < extent_of(field.axes); ++i) all.push_back(word(i));
    }
    for (const std::string& one : all) {
      if (!taken.contains(one)) left.push_back(one);
    }
    if (all.empty()) return word(0);
    return left.empty() ? all[below(all.size())] : left[below(left.size())];
  }

  /// What stands before a sentence of this vocabulary, and what ends it, where a rule says so. No
  /// sentence has them among its words.
  std::set<std::string> ends_of(const std::string& vocabulary) const {
    std::set<std::string> ends;
    for (const FieldSpec& field : schema_.fields) {
      if (field.type != Type::token || field.among != vocabulary) continue;
      if (const io::Node* value = set_here(field.path)) ends.insert(value->text);
      if (const std::vector<std::string>* values = choices_of(field.path))
        ends.insert(values->begin(), values->end());
    }
    return ends;
  }

  std::string words_of(const FieldSpec& field) {
    std::string text;
    for (std::size_t i = 0; i < extent_of(field.axes); ++i) {
      const std::string one =
          field.among.empty() ? word(i) : word_of(field.among, ends_of(field.among));
      if (!field.among.empty()) said_[field.among].insert(one);
      text += (i == 0 ? "" : ", ") + one;
    }
    return "[" + text + "]";
  }

  std::string value_of(const FieldSpec& field) {
    if (const std::vector<std::string>* values = choices_of(field.path)) {
      // In turn, so that a few cases have all of them; each field begins elsewhere.
      return (*values)[(number_ + field.path.size()) % values->size()];
    }
    switch (field.type) {
      case Type::tensor:
      case Type::mask:
        entry_ = 0;
        return list(field, shape_of(field.axes), 0);
      case Type::number:
        return number_of(field);
      case Type::integer:
        return integer_of(field);
      case Type::flag:
        return below(2) == 0 ? "false" : "true";
      case Type::choice:
        return field.choices[below(field.choices.size())];
      case Type::numbers:
        return "[" + number_of(field) + "]";
      case Type::integers: {
        std::string text;
        const std::size_t count = field.axes.empty() ? 1 : extent_of(field.axes);
        for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ", ") + integer_of(field);
        return "[" + text + "]";
      }
      case Type::choices:
        return "[" + field.choices[below(field.choices.size())] + "]";
      case Type::tokens:
        return words_of(field);
      case Type::token:
        return field.among.empty() ? word(0) : word_of(field.among, said_[field.among]);
    }
    return "";
  }

  static void put(Tree& root, const std::string& path, const std::string& value) {
    Tree* tree = &root;
    std::size_t start = 0;
    while (start < path.size()) {
      const std::size_t dot = std::min(path.find('.', start), path.size());
      const std::string key = path.substr(start, dot - start);
      const auto found = std::find_if(tree->members.begin(), tree->members.end(),
                                      [&](const auto& member) { return member.first == key; });
      if (found == tree->members.end()) {
        tree->members.emplace_back(key, Tree{});
        tree = &tree->members.back().second;
      } else {
        tree = &found->second;
      }
      start = dot + 1;
    }
    tree->value = value;
  }

  static std::string text_of(const Tree& tree, std::size_t indent) {
    std::string text;
    for (const auto& [key, member] : tree.members) {
      text += std::string(indent, ' ') + key + ":";
      text +=
          member.members.empty() ? " " + member.value + "\n" : "\n" + text_of(member, indent + 2);
    }
    return text;
  }

  const CaseRules& rules_;
  const io::Schema& schema_;
  std::mt19937_64 random_;
  const CaseRules::Boundary* boundary_ = nullptr;  ///< of the case that is being drawn
  std::map<std::string, std::size_t> extents_;
  std::size_t number_ = 0;
  std::map<std::string, std::set<std::string>> said_;  ///< by vocabulary, the words of sentences
  std::size_t entry_ = 0;                              ///< of the mask that is being drawn
};

/// Boundaries are drawn with other numbers than the cases of the same seed.
constexpr std::uint64_t other_numbers = 0x9e3779b97f4a7c15;

}  // namespace

CaseConfig renamed(const CaseConfig& of, const std::string& name) {
  const std::size_t at = of.yaml.find("title: ") + 7;
  const std::size_t end = of.yaml.find('\n', at);
  std::string reason = of.yaml.substr(at, end - at);
  if (reason.starts_with('"')) reason = reason.substr(1, reason.size() - 2);
  const std::string named = "Case " + of.name;
  if (!of.name.empty() && reason == named) reason.clear();
  if (reason.starts_with(named + ": ")) reason = reason.substr(named.size() + 2);
  const std::string title =
      reason.empty() ? "Case " + name : "\"Case " + name + ": " + reason + "\"";
  return {name, of.yaml.substr(0, at) + title + of.yaml.substr(end)};
}

std::vector<CaseConfig> draw_cases(const Assignment& assignment, const io::Schema& schema,
                                   std::uint64_t seed, std::size_t count) {
  Drawer drawer(assignment, schema, seed);
  drawer.check();
  std::vector<CaseConfig> cases;
  for (std::size_t n = 1; n <= count; ++n) {
    cases.push_back(renamed({"", drawer.draw()}, fmt::format("{:02}", n)));
  }
  return cases;
}

std::vector<CaseConfig> boundary_cases(const Assignment& assignment, const io::Schema& schema,
                                       std::uint64_t seed) {
  Drawer drawer(assignment, schema, seed ^ other_numbers);
  drawer.check();
  std::vector<CaseConfig> cases;
  for (const CaseRules::Boundary& boundary : assignment.cases.boundaries) {
    cases.push_back({boundary.reason, drawer.draw(&boundary)});
    const std::string name =
        "the cases of " + schema.chapter + ", where " + boundary.reason;  // in what is wrong
    io::load_config({name, cases.back().yaml}, schema, {});
  }
  return cases;
}

}  // namespace attn::grading
