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
  # What GCC reports here depends on what it inlined, differs from version to version, and is mostly
  # about its own standard library. The sanitizers look for the same faults, and find only real ones.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict;-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-dangling-reference>
  $<$<BOOL:${ATTN_WERROR}>:-Werror>)

# In a student's tree a blank step uses none of what was made for it. That is no news, and would stand
# around the error that is. And an index beyond an axis is told (lib/attn/core/tensor.hpp).
if(EXISTS ${PROJECT_SOURCE_DIR}/tests/public)
  target_compile_definitions(attn_options INTERFACE ATTN_CHECK_BOUNDS)
  target_compile_options(attn_options INTERFACE
    -Wno-unused-parameter -Wno-unused-variable -Wno-unused-function)
endif()
