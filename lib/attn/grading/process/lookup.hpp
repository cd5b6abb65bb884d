/// What must be known before a program can be started.
#pragma once

#include <cstdint>
#include <string>

#include "attn/grading/process/process.hpp"

namespace attn::grading {

/// How many processes and threads of ours the kernel counts towards RLIMIT_NPROC.
std::uint64_t our_tasks();

/// argv[0] as execve() needs it: names without a slash are looked up in `path`. "" if there is
/// none.
std::string find_program(const std::string& name, const std::string& path);

/// The value of a variable of the command's environment; else `otherwise`.
std::string variable(const Command& command, const std::string& name, const std::string& otherwise);

}  // namespace attn::grading
