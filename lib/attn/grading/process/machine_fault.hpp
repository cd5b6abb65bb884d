/// Whose fault it was that a program did not come to its end.
#pragma once

#include <string>

#include "attn/grading/process/process.hpp"

namespace attn::grading {

/// "" if the program itself or what it was given may be at fault, else what was wrong with the
/// machine: it was not started, or killed from outside. Nothing that the program writes is
/// believed.
std::string fault_of_machine(const Ended& ended);

/// The same of a compiler or linker, of which also is believed what it says: no space, no memory,
/// a part of it is missing.
///
/// A source can have a compiler say such things (static_assert). Who must be sure compiles a source
/// of his own in the same way: if that goes well, the machine was not at fault.
std::string fault_of_machine_in_tool(const Ended& ended, const Limits& limits);

}  // namespace attn::grading
