# attn_options: what every target of our own is compiled with.
add_library(attn_options INTERFACE)

# The reference gives the same numbers on every processor: no fused multiply-add by the compiler's
# own choice, which on some platforms is the default.
target_compile_options(attn_options INTERFACE -ffp-contract=off)

target_compile_options(attn_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wcast-qual -Wdouble-promotion
  -Wformat=2 -Wimplicit-fallthrough -Wundef -Wunused -Wextra-semi
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond;-Wduplicated-branches;-Wlogical-op>
  # GCC 12 and 13 report these two for std::string, std::optional and their own AVX-512 intrinsics.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict>
  $<$<BOOL:${ATTN_WERROR}>:-Werror>)
