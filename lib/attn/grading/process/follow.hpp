/// From a program's start to its end, seen from our side.
#pragma once

#include <sys/types.h>

#include "attn/grading/process/descriptor.hpp"
#include "attn/grading/process/launch.hpp"

namespace attn::grading {

/// Reads what the program writes and what its keeper reports, until the keeper has ended; has it
/// end all when a limit is exceeded, by closing `command`. Returns whether anything was reported.
bool follow(const Launch& launch, pid_t keeper, Descriptor out, Descriptor err, Descriptor report,
            Descriptor command, Ended& ended);

}  // namespace attn::grading
