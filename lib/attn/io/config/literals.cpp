#include "attn/io/config/literals.hpp"

#include <cmath>

#include "attn/io/config/numbers.hpp"
#include "attn/io/config/words.hpp"

namespace attn::io {
namespace {

using Entries = LiteralRule::Entries;

/// Reads one literal. `path_` is the way to the list being read, counted from 1.
class Reader {
 public:
  Reader(const std::string& name, const LiteralRule& rule, Faults& faults)
      : name_(name), rule_(rule), faults_(faults), extents_(rule.rank.value()) {
    first_.resize(extents_.size());
  }

  Array read(const Node& node) {
    read_level(node, 0);
    Shape shape;
    for (const auto& extent : extents_) shape.push_back(extent.value_or(0));
    return {std::move(shape), std::move(values_)};
  }

 private:
  void fault(const Node& node, const std::string& message) {
    faults_.add(node, name_ + ": " + message);
  }

  void read_level(const Node& node, std::size_t level) {
    if (level == extents_.size()) return read_entry(node);
    if (!node.is_sequence()) return wrong_depth(node, level);
    if (node.items.empty()) {
      return fault(node,
                   level == 0 ? "found an empty list, expected " + form() : where() + " is empty");
    }
    if (!extents_[level]) {
      extents_[level] = node.items.size();
      first_[level] = where();
    } else if (*extents_[level] != node.items.size()) {
      fault(node, where() + " has " + contents(level, node.items.size()) + ", but " +
                      first_[level] + " has " + std::to_string(*extents_[level]));
    }
    path_.push_back(0);
    for (const Node& item : node.items) {
      ++path_.back();
      read_level(item, level + 1);
    }
    path_.pop_back();
  }

  void wrong_depth(const Node& node, std::size_t level) {
    if (level == 0) return fault(node, "found " + describe(node) + ", expected " + form());
    fault(node, "found " + describe(node) + " as " + where() + ", expected " + form());
  }

  void read_entry(const Node& node) {
    if (node.is_sequence() && !path_.empty()) {
      return fault(node,
                   "found " + describe(node) + " as entry " + dotted() + ", expected " + form());
    }
    const bool truths = rule_.entries == Entries::any || rule_.entries == Entries::mask;
    if (truths && node.is_scalar() && !node.quoted) {
      if (const auto truth = parse_bool(node.text)) return values_.push_back(truth == true ? 1 : 0);
    }
    const Number number = number_of(node);
    if (!number.refused.empty()) return fault(node, node.text + " " + number.refused);
    if (rule_.entries == Entries::mask) {
      if (number.value && may_be(*number.value, Entries::mask)) {
        return values_.push_back(*number.value);
      }
      return fault(node, "found " + describe(node) + ", expected " + entry_in_words(Entries::mask));
    }
    if (!number.value) {
      std::string hint;
      if (node.quoted && parse_number(node.text).value) hint = " without quotes";
      return fault(node, "found " + describe(node) + ", expected a number" + hint);
    }
    if (!may_be(*number.value, rule_.entries)) {
      return fault(node, "found " + node.text + ", expected " + entry_in_words(rule_.entries));
    }
    values_.push_back(*number.value);
  }

  std::string dotted() const {
    std::string text;
    for (const std::size_t i : path_) text += (text.empty() ? "" : ".") + std::to_string(i);
    return text;
  }
  /// The list being read: "row 2", or "list 2.1" of a tensor with more axes.
  std::string where() const {
    if (path_.empty()) return "the list";
    return (extents_.size() == 2 ? "row " : "list ") + dotted();
  }
  std::string contents(std::size_t level, std::size_t count) const {
    if (level + 1 < extents_.size()) return counted(count, "list");
    if (rule_.entries == Entries::mask)
      return std::to_string(count) + (count == 1 ? " entry" : " entries");
    return counted(count, "number");
  }
  std::string form() const { return expected_form(rule_); }

  const std::string& name_;
  const LiteralRule& rule_;
  Faults& faults_;
  std::vector<std::optional<std::size_t>> extents_;
  std::vector<std::string> first_;  ///< which list fixed the extent of each axis
  std::vector<std::size_t> path_;
  std::vector<double> values_;
};

bool all_plain(const Node& node) {
  for (const Node& item : node.items) {
    if (item.is_sequence() || item.is_map()) return false;
  }
  return node.is_sequence() && !node.items.empty();
}

}  // namespace

std::size_t depth_of(const Node& node) {
  const Node* inner = &node;
  std::size_t depth = 0;
  while (inner->is_sequence()) {
    ++depth;
    if (inner->items.empty()) break;
    inner = &inner->items.front();
  }
  return depth;
}

bool may_be(double value, Entries entries) {
  if (entries == Entries::mask) return value == 0.0 || value == 1.0;
  if (entries == Entries::any || std::isfinite(value)) return true;
  return entries == Entries::hiding && value < 0.0;
}

std::string entry_in_words(Entries entries) {
  if (entries == Entries::mask) return "true, false, 1 or 0";
  return entries == Entries::hiding ? "a finite number or -.inf" : "a finite number";
}

std::string expected_form(const LiteralRule& rule) {
  const std::size_t axes = rule.rank.value_or(2);
  if (rule.entries == Entries::mask) {
    if (axes == 1) return "a list such as [true, false]";
    return "rows of true and false such as [[true, false], [true, true]]";
  }
  if (axes == 0) return "a number";
  if (axes == 1) return "a list of numbers such as [1, 2]";
  if (axes > 2) return "numbers in lists nested " + std::to_string(axes) + " deep";
  return std::string(rule.column ? "a column of numbers such as [1, 2], or " : "") +
         "rows of numbers such as [[1, 2], [3, 4]]";
}

std::optional<Array> read_literal(const Node& node, const std::string& name,
                                  const LiteralRule& rule, Faults& faults) {
  const std::size_t before = faults.count();
  const std::size_t depth = depth_of(node);
  const bool column = rule.column && rule.rank == 2U && all_plain(node);
  LiteralRule read_as = rule;
  read_as.rank = rule.rank.value_or(depth);
  if (column) read_as.rank = 1;
  const std::size_t rank = *read_as.rank;
  // Where all of it is too shallow or too deep, that is one fault, not one a row.
  const bool nested = rank > 0 && depth > 1 && depth != rank;
  if (nested || (rank > 1 && all_plain(node))) {
    faults.add(node,
               name + ": found " +
                   (nested ? "lists nested " + std::to_string(depth) + " deep" : describe(node)) +
                   ", expected " + expected_form(rule));
    return std::nullopt;
  }
  Array array = Reader(name, read_as, faults).read(node);
  if (faults.count() > before) return std::nullopt;
  if (column) array.shape.push_back(1);
  return array;
}

const Node& entry_of(const Node& literal, std::size_t index, const Shape& shape) {
  const Node* node = &literal;
  std::size_t stride = 1;
  for (const std::size_t extent : shape) stride *= extent;
  for (const std::size_t extent : shape) {
    stride /= extent;
    if (node->is_sequence()) node = &node->items.at(index / stride % extent);
  }
  return *node;
}

std::optional<double> read_number(const Node& node, const std::string& name, Faults& faults,
                                  Entries entries) {
  const std::optional<Array> scalar =
      read_literal(node, name, {.rank = 0, .entries = entries}, faults);
  if (!scalar) return std::nullopt;
  return scalar->values.front();
}

std::optional<std::int64_t> read_integer(const Node& node, const std::string& name, Faults& faults,
                                         const std::string& expected) {
  if (node.is_scalar() && !node.quoted) {
    const Integer integer = parse_integer(node.text);
    if (integer.value) return integer.value;
    if (integer.too_large) {
      faults.add(node, name + ": " + describe(node) + " is too large" +
                           (expected.empty() ? "" : "; expected " + expected));
      return std::nullopt;
    }
  }
  faults.add(node, name + ": found " + describe(node) + ", expected a whole number");
  return std::nullopt;
}

}  // namespace attn::io
