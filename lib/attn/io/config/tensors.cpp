#include "attn/io/config/tensors.hpp"

#include <algorithm>
#include <cmath>

#include "attn/core/axes.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/io/config/limits.hpp"
#include "attn/io/config/numbers.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::io {

using attn::to_string;  // of a shape

namespace {

using Entries = LiteralRule::Entries;

struct Initialiser {
  const char* name;
  Init init;
  const char* first;  ///< the key of Distribution::first, if it has one
  const char* second;
  double default_first, default_second;
};
constexpr Initialiser initialisers[] = {
    {"uniform", Init::uniform, "low", "high", 0.0, 1.0},
    {"normal", Init::normal, "mean", "std", 0.0, 1.0},
    {"xavier_uniform", Init::xavier_uniform, nullptr, nullptr, 0.0, 0.0},
    {"xavier_normal", Init::xavier_normal, nullptr, nullptr, 0.0, 0.0},
    {"he_uniform", Init::he_uniform, nullptr, nullptr, 0.0, 0.0},
    {"he_normal", Init::he_normal, nullptr, nullptr, 0.0, 0.0},
};

std::string axes_text(const FieldSpec& field) {
  std::string text;
  for (const std::string& axis : split_axes(field.axes)) text += (text.empty() ? "" : ", ") + axis;
  return "(" + text + ")";
}

Entries entries_of(const FieldSpec& field) {
  if (field.type == Type::mask) return Entries::mask;
  return field.or_minus_inf ? Entries::hiding : Entries::finite;
}

LiteralRule rule_for(const FieldSpec& field) {
  return {
      .rank = split_axes(field.axes).size(), .entries = entries_of(field), .column = field.column};
}

/// Reads one `{…}` value of a tensor.
class MapReader {
 public:
  MapReader(const Node& node, const FieldSpec& field, const std::string& folder, Faults& faults)
      : node_(node), field_(field), folder_(folder), faults_(faults) {}

  std::optional<Draft> read() {
    const std::size_t before = faults_.count();
    Draft draft;
    const std::string kind = kind_of();
    if (kind == "file") read_file(draft);
    if (kind == "random") read_random(draft);
    if (kind == "fill") read_fill(draft);
    if (kind == "identity") read_identity(draft);
    if (kind.empty() || faults_.count() > before) return std::nullopt;
    return draft;
  }

 private:
  std::string in(const std::string& key) const { return field_.path + "." + key; }
  void fault(const Node& node, const std::string& message) {
    faults_.add(node, field_.path + ": " + message);
  }

  /// Which of the ways it is; empty, after a fault, if that is not clear.
  std::string kind_of() {
    std::vector<std::string> kinds{"file"};
    if (field_.type == Type::tensor) kinds = {"file", "random", "fill", "identity"};
    std::vector<std::string> given;
    for (const std::string& kind : kinds) {
      if (node_.find(kind) != nullptr) given.push_back(kind);
    }
    if (given.size() == 1) return given.front();
    if (given.size() > 1) {
      fault(node_, "has both " + given[0] + " and " + given[1] + ", expected one of them");
      return "";
    }
    for (const Entry& entry : node_.entries) {
      if (const std::string near = nearest(entry.key.text, kinds); !near.empty()) {
        faults_.add(entry.key,
                    "unknown key " + in(entry.key.text) + "; did you mean " + in(near) + "?");
        return "";
      }
    }
    fault(node_, "found a map, expected " + expected_form(rule_for(field_)) +
                     (kinds.size() == 1 ? ", or {file: x.npy}"
                                        : ", {file: x.npy}, {random: normal, seed: 1}, {fill: 0} "
                                          "or {identity: true}"));
    return "";
  }

  void read_file(Draft& draft) {
    check_keys(node_, field_.path, {"file"}, faults_);
    const Node& file = *node_.find("file");
    std::optional<Array> array =
        read_file_value(file, field_.path, folder_, rule_for(field_).entries, faults_);
    if (!array) return;
    std::size_t rank = split_axes(field_.axes).size();
    if (!field_.or_axes.empty() && array->shape.size() == split_axes(field_.or_axes).size()) {
      rank = array->shape.size();
    }
    if (field_.column && rank == 2 && array->shape.size() == 1) array->shape.push_back(1);
    if (array->shape.size() != rank) {
      return fault(file, file.text + " has shape " + to_string(array->shape) + ", expected " +
                             std::to_string(rank) + (rank == 1 ? " axis: " : " axes: ") +
                             axes_text(field_));
    }
    draft.shape = std::move(array->shape);
    draft.values = std::move(array->values);
  }

  void read_random(Draft& draft) {
    draft.how = Draft::How::random;
    const Node& name = *node_.find("random");
    const auto* const found = std::find_if(
        std::begin(initialisers), std::end(initialisers),
        [&](const Initialiser& one) { return name.is_scalar() && name.text == one.name; });
    if (found == std::end(initialisers)) {
      std::vector<std::string> names;
      for (const Initialiser& one : initialisers) names.emplace_back(one.name);
      faults_.add(name, in("random") + ": found " + describe(name) + suggestion(name.text, names));
      return read_seed(draft);
    }
    std::vector<std::string> keys{"random", "seed", "shape"};
    draft.distribution = {found->init, found->default_first, found->default_second, field_.rows_in};
    if (found->first != nullptr) {
      keys.insert(keys.end(), {found->first, found->second});
      read_optional_number(found->first, draft.distribution.first);
      read_optional_number(found->second, draft.distribution.second);
      check_parameters(draft.distribution);
    }
    for (const Entry& entry : node_.entries) {
      const std::string& key = entry.key.text;
      if (found->first == nullptr &&
          (key == "low" || key == "high" || key == "mean" || key == "std")) {
        faults_.add(entry.key, in(key) + ": " + found->name +
                                   " computes its spread from the shape and takes no " + key);
        keys.push_back(key);
      }
    }
    check_keys(node_, field_.path, keys, faults_);
    read_seed(draft);
    read_shape(draft);
  }

  void read_seed(Draft& draft) {
    const Node* node = node_.find("seed");
    if (node == nullptr) {
      return fault(node_, "sampling needs a seed, so that it can be repeated; add seed: 1");
    }
    const std::optional<std::int64_t> seed = read_integer(*node, in("seed"), faults_);
    if (seed && *seed < 0) {
      faults_.add(*node,
                  in("seed") + ": found " + node->text + ", expected a whole number from 0 up");
    }
    draft.seed = static_cast<std::uint64_t>(seed.value_or(0));
  }

  void read_optional_number(const char* key, double& value) {
    if (const Node* node = node_.find(key)) {
      value = read_number(*node, in(key), faults_).value_or(value);
    }
  }

  void check_parameters(const Distribution& how) {
    if (how.init == Init::uniform && !(how.first < how.second)) {
      fault(node_, "low " + to_text(how.first) + " is not below high " + to_text(how.second));
    }
    if (how.init == Init::uniform && !std::isfinite(how.second - how.first)) {
      fault(node_, "low and high are too far apart");
    }
    if (how.init == Init::normal && how.second < 0.0) {
      faults_.add(*node_.find("std"), in("std") + ": found " + to_text(how.second) +
                                          ", expected a number of at least 0");
    }
  }

  void read_fill(Draft& draft) {
    draft.how = Draft::How::fill;
    check_keys(node_, field_.path, {"fill", "shape"}, faults_);
    draft.fill =
        read_number(*node_.find("fill"), in("fill"), faults_, entries_of(field_)).value_or(0.0);
    read_shape(draft);
  }

  void read_identity(Draft& draft) {
    draft.how = Draft::How::identity;
    check_keys(node_, field_.path, {"identity", "shape"}, faults_);
    const Node& node = *node_.find("identity");
    if (!node.is_scalar() || node.quoted || parse_bool(node.text) != true) {
      faults_.add(node, in("identity") + ": found " + describe(node) + ", expected true");
    }
    if (split_axes(field_.axes).size() != 2) {
      fault(node_, "only a matrix can be the identity, and its axes are " + axes_text(field_));
    }
    read_shape(draft);
    if (draft.shape && draft.shape->size() == 2 && draft.shape->at(0) != draft.shape->at(1)) {
      fault(*node_.find("shape"),
            "the identity is square, but its shape is " + to_string(*draft.shape));
    }
  }

  void read_shape(Draft& draft) {
    const Node* node = node_.find("shape");
    if (node == nullptr) return;
    const std::size_t rank = split_axes(field_.axes).size();
    if (!node->is_sequence() || node->items.size() != rank) {
      faults_.add(*node, in("shape") + ": found " + describe(*node) + ", expected a list of " +
                             counted(rank, "whole number") +
                             ", one for each axis: " + axes_text(field_));
      return;
    }
    Shape shape;
    for (const Node& item : node->items) {
      const std::optional<std::int64_t> extent = read_integer(item, in("shape"), faults_);
      if (!extent) continue;
      if (*extent >= 1) {
        shape.push_back(static_cast<std::size_t>(*extent));
      } else {
        faults_.add(item,
                    in("shape") + ": found " + item.text + ", expected a whole number from 1 up");
      }
    }
    if (shape.size() == rank) draft.shape = std::move(shape);
  }

  const Node& node_;
  const FieldSpec& field_;
  const std::string& folder_;
  Faults& faults_;
};

/// How many axes the node says there are, if it says so.
std::optional<std::size_t> axes_said(const Node& node) {
  if (node.is_sequence()) return depth_of(node);
  const Node* shape = node.is_map() ? node.find("shape") : nullptr;
  if (shape == nullptr || !shape->is_sequence()) return std::nullopt;
  return shape->items.size();
}

}  // namespace

std::optional<Draft> read_tensor(const Node& node, const FieldSpec& declared,
                                 const std::string& folder, Faults& faults) {
  FieldSpec field = declared;
  const std::size_t others = split_axes(declared.or_axes).size();
  if (!declared.or_axes.empty() && axes_said(node) == others) field.axes = declared.or_axes;
  if (node.is_map()) return MapReader(node, field, folder, faults).read();
  std::optional<Array> array = read_literal(node, field.path, rule_for(field), faults);
  if (!array) return std::nullopt;
  Draft draft;
  draft.shape = std::move(array->shape);
  draft.values = std::move(array->values);
  return draft;
}

std::vector<double> numbers_of(const Draft& draft) {
  const Shape& shape = draft.shape.value();
  if (draft.how == Draft::How::random) return random_values(shape, draft.distribution, draft.seed);
  std::vector<double> values(bounded_product(shape).value(), draft.fill);
  if (draft.how == Draft::How::fill) return values;
  for (std::size_t i = 0; i < shape[0]; ++i) values[i * shape[1] + i] = 1.0;
  return values;
}

}  // namespace attn::io
