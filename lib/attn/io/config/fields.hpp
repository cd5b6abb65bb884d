/// Fields that are not tensors: numbers, flags, choices, lists, tokens.
#pragma once

#include <optional>
#include <string>

#include "attn/io/config.hpp"
#include "attn/io/config/faults.hpp"
#include "attn/io/yaml.hpp"

namespace attn::io {

/// Reads the value of a field of any type but tensor and mask, and checks what can be checked
/// without the other fields.
std::optional<Value> read_field(const Node& node, const FieldSpec& field, Faults& faults);

/// Reports the entries of a tensor that are out of the field's range: of a literal each at its
/// place, else the first.
void check_range(const Node& node, const FieldSpec& field, const std::vector<double>& values,
                 const Shape& shape, Faults& faults);

/// "a number above 0 and at most 1", "a whole number of at least 2".
std::string in_words(const FieldSpec& field);

}  // namespace attn::io
