// The part of the loader that knows values: axes, shapes that follow from others, rules between
// fields.
#include <algorithm>
#include <cmath>

#include "attn/core/axes.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/io/config/fields.hpp"
#include "attn/io/config/limits.hpp"
#include "attn/io/config/loader.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::io {
namespace {

bool is_tensor(const FieldSpec& field) {
  return field.type == Type::tensor || field.type == Type::mask;
}

}  // namespace

void Loader::read_values() {
  for (const Given& given : given_) {
    const FieldSpec& field = *given.field;
    if (is_tensor(field)) {
      if (auto draft = read_tensor(given.node, field, folder_of(given.node), faults_)) {
        if (draft->how == Draft::How::given) {
          check_range(given.node, field, draft->values, *draft->shape, faults_);
        }
        const std::size_t others = split_axes(field.or_axes).size();
        if (!field.or_axes.empty() && draft->shape && draft->shape->size() == others) {
          schema_.fields[static_cast<std::size_t>(&field - schema_.fields.data())].axes =
              field.or_axes;
        }
        drafts_[field.path] = std::move(*draft);
      }
    } else if (auto value = read_field(given.node, field, faults_)) {
      config_.values_[field.path] = std::move(*value);
    }
  }
}

void Loader::bind_axes() {
  for (const bool sums : {false, true}) {  // a sum is checked against axes that are fixed
    for (const Given& given : given_) {
      const auto draft = drafts_.find(given.field->path);
      if (draft == drafts_.end() || !draft->second.shape || has_sum(*given.field) != sums) continue;
      axes_.bind(*given.field, *draft->second.shape, given.node, faults_);
    }
  }
  // Words count the entries of an axis that no tensor fixes.
  for (const Given& given : given_) {
    const auto words = config_.values_.find(given.field->path);
    if (given.field->type != Type::tokens || words == config_.values_.end()) continue;
    if (axes_.extent(given.field->axes)) continue;
    axes_.bind(*given.field, {std::get<std::vector<std::string>>(words->second).size()}, given.node,
               faults_);
  }
}

/// Shapes follow from the axes; an identity may in turn fix an axis, so this goes on until nothing
/// changes.
void Loader::settle_drafts() {
  do {
    while (settle_what_is_known()) continue;
  } while (take_replaced_shape() || take_axis_default());
  for (const Given& given : given_) {
    const auto draft = drafts_.find(given.field->path);
    if (draft != drafts_.end() && !draft->second.shape) explain_unsettled(given);
  }
}

bool Loader::settle_what_is_known() {
  bool changed = false;
  for (const Given& given : given_) {
    const auto draft = drafts_.find(given.field->path);
    if (draft == drafts_.end() || draft->second.shape) continue;
    changed = settle(given, draft->second) || changed;
  }
  return changed;
}

/// `--set W={random: …}` is as large as what it stands in for, where nothing else says how large.
bool Loader::take_replaced_shape() {
  for (const Given& given : given_) {
    const auto draft = drafts_.find(given.field->path);
    const auto before = replaced_.find(given.field->path);
    if (draft == drafts_.end() || draft->second.shape || before == replaced_.end()) continue;
    Shape shape = before->second;
    const std::vector<std::string> axes = split_axes(given.field->axes);
    if (shape.size() != axes.size()) continue;
    for (std::size_t i = 0; i < axes.size(); ++i) {
      shape[i] = axes_.extent(axes[i]).value_or(shape[i]);
    }
    draft->second.shape = shape;
    axes_.bind(*given.field, shape, given.node, faults_);
    return true;
  }
  return false;
}

/// Only where a tensor waits for it: whatever else is said of that axis is the chapter's to say.
bool Loader::take_axis_default() {
  const auto is_given = [&](const std::string& path) {
    return std::any_of(given_.begin(), given_.end(),
                       [&](const Given& one) { return one.field->path == path; });
  };
  const auto is_awaited = [&](const std::string& axis) {
    return std::any_of(given_.begin(), given_.end(), [&](const Given& one) {
      const auto draft = drafts_.find(one.field->path);
      const std::vector<std::string> axes = split_axes(one.field->axes);
      return draft != drafts_.end() && !draft->second.shape &&
             std::find(axes.begin(), axes.end(), axis) != axes.end();
    });
  };
  return std::any_of(
      schema_.axis_defaults.begin(), schema_.axis_defaults.end(), [&](const AxisDefault& one) {
        return is_awaited(one.axis) && !is_given(one.unless) && axes_.let_be(one.axis, one.as);
      });
}

bool Loader::settle(const Given& given, Draft& draft) {
  const std::vector<std::string> axes = split_axes(given.field->axes);
  draft.shape = axes_.shape(axes);
  if (!draft.shape && draft.how == Draft::How::identity && axes.size() == 2) {
    const std::optional<std::size_t> one = axes_.extent(axes[0]);
    const std::optional<std::size_t> other = axes_.extent(axes[1]);
    if (!one && !other) return false;
    const std::size_t n = one.value_or(other.value_or(0));
    draft.shape = Shape{n, n};
    axes_.bind(*given.field, *draft.shape, given.node, faults_);
  }
  if (!draft.shape) return false;
  if (draft.how == Draft::How::identity && (*draft.shape)[0] != (*draft.shape)[1]) {
    faults_.add(given.node, given.field->path + ": the identity is square, but axis " + axes[0] +
                                " has " + std::to_string((*draft.shape)[0]) + " (" +
                                axes_.fixed_by(axes[0], given.node) + ") and axis " + axes[1] +
                                " has " + std::to_string((*draft.shape)[1]) + " (" +
                                axes_.fixed_by(axes[1], given.node) + ")");
  }
  return true;
}

/// Is a field that has the axis missing or wrong? Then that is the fault to mend.
bool Loader::awaits(const std::string& axis) const {
  return std::any_of(schema_.fields.begin(), schema_.fields.end(), [&](const FieldSpec& field) {
    if (!is_tensor(field) || drafts_.contains(field.path)) return false;
    const std::vector<std::string> axes = split_axes(field.axes);
    const bool given = std::any_of(given_.begin(), given_.end(),
                                   [&](const Given& one) { return one.field == &field; });
    return (given || field.required) && std::find(axes.begin(), axes.end(), axis) != axes.end();
  });
}

void Loader::explain_unsettled(const Given& given) {
  std::vector<std::string> unknown;
  std::string all;
  for (const std::string& axis : split_axes(given.field->axes)) {
    all += (all.empty() ? "" : ", ") + axis;
    for (const std::string& part : summands(axis)) {
      if (axes_.extent(part)) continue;
      if (awaits(part)) return;
      const std::string named = "axis " + axes_.named(part);
      const bool known = std::find(unknown.begin(), unknown.end(), named) != unknown.end();
      if (!known) unknown.push_back(named);
    }
  }
  std::string named;
  for (const std::string& axis : unknown) named += (named.empty() ? "" : " and ") + axis;
  faults_.add(given.node, given.field->path + ": no other field tells the extent of " + named +
                              "; add shape: [" + all + "] with numbers");
}

void Loader::check_counts() {
  for (const Given& given : given_) {
    if (!config_.values_.contains(given.field->path)) continue;
    if (given.field->type == Type::tokens) check_tokens(given);
    if (given.field->type == Type::integers || given.field->type == Type::integer) {
      check_integers(given);
    }
  }
}

/// Words that must be in a vocabulary are there, and the vocabulary has none twice.
void Loader::check_words() {
  for (const FieldSpec& field : schema_.fields) {
    const auto used = [&](const FieldSpec& other) { return other.among == field.path; };
    if (std::any_of(schema_.fields.begin(), schema_.fields.end(), used)) check_different(field);
  }
  for (const Given& given : given_) {
    const FieldSpec& field = *given.field;
    const auto value = config_.values_.find(field.path);
    const auto among = config_.values_.find(field.among);
    if (value == config_.values_.end() || among == config_.values_.end()) continue;
    const auto& vocabulary = std::get<std::vector<std::string>>(among->second);
    const auto check = [&](const Node& node, const std::string& word) {
      if (std::find(vocabulary.begin(), vocabulary.end(), word) != vocabulary.end()) return;
      const std::string near = nearest(word, vocabulary);
      const auto given_words = config_.places_.find(field.among);
      const bool elsewhere = given.fallback && given_words != config_.places_.end();
      faults_.add(elsewhere ? given_words->second : node.place(),
                  field.path + ": " + quote(word) +
                      (given.fallback ? ", which stands where nothing is given," : "") +
                      " is not in " + field.among +
                      (near.empty() ? "" : "; did you mean " + quote(near) + "?"));
    };
    if (const auto* word = std::get_if<std::string>(&value->second)) check(given.node, *word);
    if (const auto* words = std::get_if<std::vector<std::string>>(&value->second)) {
      for (std::size_t i = 0; i < words->size(); ++i) check(given.node.items[i], (*words)[i]);
    }
  }
}

void Loader::check_different(const FieldSpec& vocabulary) {
  for (const Given& given : given_) {
    if (given.field != &vocabulary || !config_.values_.contains(vocabulary.path)) continue;
    const std::vector<Node>& items = given.node.items;
    for (auto item = items.begin(); item != items.end(); ++item) {
      const auto same = [&](const Node& other) { return other.text == item->text; };
      if (std::any_of(items.begin(), item, same)) {
        faults_.add(*item, vocabulary.path + ": " + quote(item->text) + " is named twice");
      }
    }
  }
}

void Loader::check_tokens(const Given& given) {
  const std::string& axis = given.field->axes;
  const std::size_t count =
      std::get<std::vector<std::string>>(config_.values_.at(given.field->path)).size();
  const std::optional<std::size_t> extent = axes_.extent(axis);
  if (!extent || *extent == count) return;
  faults_.add(given.node,
              given.field->path + ": found " + counted(count, "text") + ", expected " +
                  std::to_string(*extent) + ", one for each entry of axis " + axes_.named(axis) +
                  " (" + axes_.fixed_by(axis, given.node) + ")",
              given.field->path);
}

void Loader::check_integers(const Given& given) {
  const FieldSpec& field = *given.field;
  const Value& value = config_.values_.at(field.path);
  std::vector<std::int64_t> numbers;
  if (const auto* one = std::get_if<std::int64_t>(&value)) numbers = {*one};
  if (const auto* many = std::get_if<std::vector<std::int64_t>>(&value)) numbers = *many;

  if (const std::optional<std::size_t> extent = axes_.extent(field.axes);
      extent && numbers.size() != 1 && numbers.size() != *extent) {
    faults_.add(given.node,
                field.path + ": found " + counted(numbers.size(), "number") + ", expected 1 or " +
                    std::to_string(*extent) + ", one for each entry of axis " +
                    axes_.named(field.axes) + " (" + axes_.fixed_by(field.axes, given.node) + ")",
                field.path);
  }
  const std::optional<std::size_t> most = axes_.extent(field.at_most_axis);
  if (!most) return;
  const std::string things = axes_.things(field.at_most_axis);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] < 0 || static_cast<std::size_t>(numbers[i]) <= *most) continue;
    const Node& node = given.node.is_sequence() ? given.node.items[i] : given.node;
    const std::string limit = things.empty() || *most == 1
                                  ? "more than " + std::to_string(*most) + ", the extent of axis " +
                                        axes_.named(field.at_most_axis)
                                  : "beyond the last of the " + std::to_string(*most) + " " +
                                        things + " (axis " + field.at_most_axis + ")";
    faults_.add(node, field.path + ": " + std::to_string(numbers[i]) + " is " + limit);
  }
}

/// Given and computed tensors alike: no config can exhaust memory.
void Loader::check_sizes() {
  const std::string limit = ", more than the limit of " + std::to_string(max_entries);
  for (const Given& given : given_) {
    const auto draft = drafts_.find(given.field->path);
    if (draft == drafts_.end() || !draft->second.shape) continue;
    if (bounded_product(*draft->second.shape)) continue;
    faults_.add(given.node, given.field->path + " would have " + times(*draft->second.shape) +
                                " entries" + limit);
  }
  for (const std::string& computed : schema_.computes) {
    const std::vector<std::string> axes = split_axes(computed);
    const std::optional<Shape> shape = axes_.shape(axes);
    if (!shape || bounded_product(*shape)) continue;
    std::string named, whence;
    for (const std::string& axis : axes) {
      named += (named.empty() ? "" : ", ") + axis;
      whence +=
          (whence.empty() ? "" : "; ") + axes_.named(axis) + ": " + axes_.fixed_by(axis, root_);
    }
    faults_.add({source_.name}, "a tensor with axes (" + named + ") would have " + times(*shape) +
                                    " entries" + limit + " (" + whence + ")");
  }
}

/// Only now, when nothing is wrong, are random numbers drawn.
void Loader::fill_in() {
  config_.extents_ = axes_.extents();
  config_.file_ = source_.name;
  for (const Given& given : given_) {
    const auto found = drafts_.find(given.field->path);
    if (found == drafts_.end()) continue;
    Draft& draft = found->second;
    Array array{*draft.shape, std::move(draft.values)};
    if (draft.how != Draft::How::given) {
      array.values = numbers_of(draft);
      const auto finite = [](double value) { return std::isfinite(value); };
      const bool drawn = draft.how == Draft::How::random;
      if (drawn && !std::all_of(array.values.begin(), array.values.end(), finite)) {
        faults_.add(given.node, given.field->path + ": the numbers drawn overflow");
      }
      check_range(given.node, *given.field, array.values, array.shape, faults_);
    }
    config_.values_[given.field->path] = std::move(array);
  }
}

}  // namespace attn::io
