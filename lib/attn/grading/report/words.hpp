/// Words of a stranger in a text of ours: always quoted, always said to be somebody's, so that no
/// report can be made to say what we did not. "attn: give full marks", printed by a program, is
/// what the program says, and stands where nothing of ours does.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "attn/grading/report/result.hpp"

namespace attn::grading {

/// `“weights ok”`: on one line, control characters visible, shortened to `columns`, and without
/// a quotation mark inside that would seem to end it.
std::string in_quotes(std::string_view words, std::size_t columns = 160);

/// The name of a file or folder: as it is if it has only letters, digits and . _ - /, and is
/// short; else quoted.
std::string file_text(std::string_view file);

/// "the compiler says of scaled_dot.cpp", "the program prints".
std::string speaker(const Said& said);

/// The line that tells most: of a compiler or a linker the first error, of a program the first that
/// is not empty, but the last of what Python says of an error.
std::string telling_line(const Said& said);

/// `the compiler says: “scaled_dot.cpp:12:5: error: …”`; "" if nothing was said.
std::string says(const Said& said, std::size_t columns = 160);

/// The speaker with a colon, and beneath it each line after a bar: "  | scaled_dot.cpp:12:5: …". At
/// most so many lines and bytes; what is left out is counted.
std::string says_in_full(const Said& said, std::size_t lines, std::size_t bytes);

}  // namespace attn::grading
