/// The sources that are made of mechanisms: those that students start from, and the answer key's.
#pragma once

#include <map>
#include <string>

#include "attn/grading/choice.hpp"

namespace attn::grading {

/// Sources by mechanism: "scaled_dot" and the text of scaled_dot.cpp.
using Sources = std::map<std::string, std::string>;

/// Of every mechanism with a step that is asked somewhere, or shared.
struct ExerciseSources {
  Sources blanks, keys;
};

/// \throws io::InputError if a table names a step that the source does not have.
ExerciseSources exercise_sources(const Library& library);

}  // namespace attn::grading
