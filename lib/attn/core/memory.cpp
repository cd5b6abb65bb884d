#include "attn/core/memory.hpp"

#include <sys/mman.h>

#include <new>

namespace attn {
namespace {

constexpr std::size_t large_page = std::size_t{2} << 20;

std::align_val_t boundary_of(std::size_t bytes) {
  return std::align_val_t{bytes < 2 * large_page ? memory_boundary : large_page};
}

}  // namespace

void* allocate_memory(std::size_t bytes) {
  void* memory = ::operator new(bytes, boundary_of(bytes));
#ifdef MADV_HUGEPAGE
  // Only a wish: where it is not granted, the pages are small.
  if (bytes >= 2 * large_page) madvise(memory, bytes / large_page * large_page, MADV_HUGEPAGE);
#endif
  return memory;
}

void free_memory(void* memory, std::size_t bytes) { ::operator delete(memory, boundary_of(bytes)); }

}  // namespace attn
