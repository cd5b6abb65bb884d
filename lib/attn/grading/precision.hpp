/// Numbers that are right as far as they go: in single precision, or rounded.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "attn/grading/diagnosis.hpp"

namespace attn::grading {

/// "the numbers are right to about 7 digits: they are computed in float" and the like. Floats are
/// recognised by what they can hold: one double in half a thousand million is a float too, so few
/// cells prove it. A wrong number that is a float is none of these: it must agree to five digits.
std::optional<std::string> precision_of(std::span<const Observation> all);

/// "the numbers are right to about 7 digits and no further": what is small and has no other name.
std::optional<std::string> nearly_right(std::span<const Observation> all);

}  // namespace attn::grading
