/// Memory for tensors.
#pragma once

#include <cstddef>

namespace attn {

/// Memory begins at a multiple of so many bytes. Vectorised sums begin at an aligned entry: were
/// tensors to lie anywhere, the same program could round the last bit now this way, now that.
inline constexpr std::size_t memory_boundary = 64;

/// That much memory, not set to anything. What is large is asked for in large pages, where the
/// system has them: the weights of 8 heads for 2048 words are 65000 pages of 4 KiB, and to be given
/// each of them takes longer than to compute what goes into it. \throws std::bad_alloc
void* allocate_memory(std::size_t bytes);

/// Gives it back. \param bytes as many as were asked for
void free_memory(void* memory, std::size_t bytes);

}  // namespace attn
