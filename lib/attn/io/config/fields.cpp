#include "attn/io/config/fields.hpp"

#include <algorithm>
#include <cmath>

#include "attn/io/config/literals.hpp"
#include "attn/io/config/numbers.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::io {
namespace {

bool in_range(double value, const Range& range) {
  return (range.open_low ? value > range.low : value >= range.low) && value <= range.high;
}

class FieldReader {
 public:
  FieldReader(const FieldSpec& field, Faults& faults) : field_(field), faults_(faults) {}

  std::optional<Value> read(const Node& node) {
    const std::size_t before = faults_.count();
    std::optional<Value> value;
    switch (field_.type) {
      case Type::tensor:
      case Type::mask:
        break;
      case Type::number:
        value = read_one(node);
        break;
      case Type::integer:
        value = read_whole(node);
        break;
      case Type::flag:
        value = read_flag(node);
        break;
      case Type::choice:
        value = read_choice(node);
        break;
      case Type::numbers:
        value = read_list<double>(node, false, &FieldReader::read_one);
        break;
      case Type::integers:
        value = read_list<std::int64_t>(node, true, &FieldReader::read_whole);
        break;
      case Type::choices:
        value = read_choices(node);
        break;
      case Type::tokens:
        value = read_list<std::string>(node, false, &FieldReader::read_text);
        break;
      case Type::token:
        value = read_text(node);
        break;
    }
    if (faults_.count() > before) return std::nullopt;
    return value;
  }

 private:
  void fault(const Node& node, const std::string& message) {
    faults_.add(node, field_.path + ": " + message);
  }

  bool check(const Node& node, double value) {
    if (!field_.range || in_range(value, *field_.range)) return true;
    fault(node, "found " + node.text + ", expected " + in_words(field_));
    return false;
  }

  std::optional<double> read_one(const Node& node) {
    const std::optional<double> value = read_number(node, field_.path, faults_);
    if (!value || !check(node, *value)) return std::nullopt;
    return value;
  }

  std::optional<std::int64_t> read_whole(const Node& node) {
    const std::optional<std::int64_t> value =
        read_integer(node, field_.path, faults_, field_.range ? in_words(field_) : "");
    if (!value || !check(node, static_cast<double>(*value))) return std::nullopt;
    return value;
  }

  std::optional<Value> read_flag(const Node& node) {
    const bool plain = node.is_scalar() && !node.quoted;
    if (const auto truth = plain ? parse_bool(node.text) : std::nullopt) return Value(*truth);
    const std::vector<std::string>& names = field_.choices;
    if (node.is_scalar() && std::find(names.begin(), names.end(), node.text) != names.end()) {
      return Value(node.text);
    }
    if (node.is_map() && node.find(field_.or_map) != nullptr) return read_map(node);
    std::vector<std::string> expected{"true", "false"};
    expected.insert(expected.end(), names.begin(), names.end());
    if (!field_.or_map.empty()) {
      expected.push_back("{" + field_.or_map + ": n} with " + in_words(field_));
    }
    const std::string near = node.is_scalar() ? nearest(node.text, names) : "";
    fault(node, "found " + describe(node) + ", expected " + alternatives(expected) +
                    (near.empty() ? "" : "; did you mean " + near + "?"));
    return std::nullopt;
  }

  /// {offset: 2}
  std::optional<Value> read_map(const Node& node) {
    const std::string inside = field_.path + "." + field_.or_map;
    for (const Entry& entry : node.entries) {
      if (entry.key.text == field_.or_map) continue;
      faults_.add(entry.key, "unknown key " + field_.path + "." + entry.key.text + "; expected " +
                                 inside + " alone");
    }
    FieldSpec number{.path = inside, .type = Type::integer, .range = field_.range};
    return FieldReader(number, faults_).read(*node.find(field_.or_map));
  }

  std::optional<std::string> read_text(const Node& node) {
    if (node.is_scalar()) return node.text;
    fault(node, "found " + describe(node) + ", expected a text" +
                    (node.is_null() ? "; put it into quotes" : ""));
    return std::nullopt;
  }

  std::optional<Value> read_choice(const Node& node) {
    const std::vector<std::string>& names = field_.choices;
    if (node.is_scalar() && std::find(names.begin(), names.end(), node.text) != names.end()) {
      return Value(node.text);
    }
    if (field_.or_number && node.is_scalar() && !node.quoted) {
      const Number number = parse_number(node.text);
      if (number.value || !number.refused.empty()) {
        if (const std::optional<double> value = read_one(node)) return Value(*value);
        return std::nullopt;
      }
    }
    std::vector<std::string> expected = names;
    if (field_.or_number) expected.push_back(in_words(field_));
    std::string message = "found " + describe(node) + ", expected " + alternatives(expected);
    if (node.is_scalar()) {
      if (const std::string near = nearest(node.text, names); !near.empty()) {
        message += "; did you mean " + near + "?";
      }
    }
    fault(node, message);
    return std::nullopt;
  }

  std::optional<std::string> read_name(const Node& node) {
    const std::optional<Value> value = read_choice(node);
    if (!value) return std::nullopt;
    return std::get<std::string>(*value);
  }

  std::optional<Value> read_choices(const Node& node) {
    std::optional<Value> value = read_list<std::string>(node, true, &FieldReader::read_name);
    if (value && node.is_sequence()) {
      for (auto item = node.items.begin(); item != node.items.end(); ++item) {
        const auto same = [&](const Node& other) { return other.text == item->text; };
        if (std::any_of(node.items.begin(), item, same))
          fault(*item, item->text + " is named twice");
      }
    }
    return value;
  }

  /// A list of what `read_item` reads; where `one_will_do`, a single item is a list of one.
  template <class T>
  std::optional<Value> read_list(const Node& node, bool one_will_do,
                                 std::optional<T> (FieldReader::*read_item)(const Node&)) {
    std::vector<T> values;
    if (one_will_do && node.is_scalar()) {
      if (const std::optional<T> value = (this->*read_item)(node)) values.push_back(*value);
      return Value(std::move(values));
    }
    if (!node.is_sequence() || node.items.empty()) {
      fault(node, "found " + describe(node) + ", expected " + list_in_words());
      return std::nullopt;
    }
    for (const Node& item : node.items) {
      if (std::optional<T> value = (this->*read_item)(item)) values.push_back(std::move(*value));
    }
    return Value(std::move(values));
  }

  std::string list_in_words() const {
    switch (field_.type) {
      case Type::numbers:
        return "a list of numbers such as [1, 2]";
      case Type::integers:
        return "a list of whole numbers such as [1, 2]";
      case Type::choices:
        return "a list of " + alternatives(field_.choices);
      default:
        return "a list of texts such as [I, love, you]";
    }
  }

  const FieldSpec& field_;
  Faults& faults_;
};

}  // namespace

std::optional<Value> read_field(const Node& node, const FieldSpec& field, Faults& faults) {
  return FieldReader(field, faults).read(node);
}

void check_range(const Node& node, const FieldSpec& field, const std::vector<double>& values,
                 const Shape& shape, Faults& faults) {
  if (!field.range) return;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (in_range(values[i], *field.range)) continue;
    const std::string found =
        node.is_sequence() ? "found " : "entry (" + cell_text(i, shape) + ") is ";
    faults.add(node.is_sequence() ? entry_of(node, i, shape) : node,
               field.path + ": " + found + to_text(values[i]) + ", expected " + in_words(field));
    if (!node.is_sequence()) return;
  }
}

std::string in_words(const FieldSpec& field) {
  const bool whole =
      field.type == Type::integer || field.type == Type::integers || !field.or_map.empty();
  const std::string noun = whole ? "a whole number" : "a number";
  if (!field.range) return noun;
  const Range& range = *field.range;
  const std::string low = to_text(range.low), high = to_text(range.high);
  const bool below = std::isfinite(range.low), above = std::isfinite(range.high);
  if (below && range.open_low) {
    return noun + " above " + low + (above ? " and at most " + high : "");
  }
  if (below && above) return noun + " from " + low + " to " + high;
  if (below) return noun + " of at least " + low;
  if (above) return noun + " of at most " + high;
  return noun;
}

}  // namespace attn::io
