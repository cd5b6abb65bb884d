/// Independent pieces of work, several at a time.
#pragma once

#include <cstddef>
#include <functional>

namespace attn::grading {

/// Calls work(0) to work(count - 1), at most `workers` at a time, each from one thread.
/// \throws what the first piece that failed threw, when all have ended.
void in_parallel(std::size_t workers, std::size_t count,
                 const std::function<void(std::size_t)>& work);

}  // namespace attn::grading
