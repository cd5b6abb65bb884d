/// From a fresh fork to the program. Safe to call after fork().
#pragma once

#include <cstddef>

#include "attn/grading/process/keeper.hpp"

namespace attn::grading {

/// Closes every file but those in `kept`, which must be sorted.
void close_all_but(const int* kept, std::size_t count);

/// Turns this process into the program. What fails is told on `task.report`.
[[noreturn]] void become(const Task& task);

}  // namespace attn::grading
