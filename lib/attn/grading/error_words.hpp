/// What ended a program, for its student, who may read no number of a hidden case.
#pragma once

#include <string>

namespace attn::grading {

/// The kind of an error that the library throws, in words of ours and without its numbers: "the row
/// of an index lies beyond the end of a tensor". "" if the text is none of the library's: what a
/// program says itself could tell anything.
std::string kind_of_error(const std::string& says);

}  // namespace attn::grading
