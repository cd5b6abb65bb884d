# attn_warnings: the warnings that our own code has to be free of.
add_library(attn_warnings INTERFACE)
target_compile_options(attn_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast
  -Wnon-virtual-dtor -Woverloaded-virtual -Wcast-align -Wcast-qual -Wdouble-promotion
  -Wformat=2 -Wimplicit-fallthrough -Wundef -Wunused -Wextra-semi
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond;-Wduplicated-branches;-Wlogical-op>
  # GCC 12 at -O3 finds these in its own std::string, where "literal" + string is inlined: bugs
  # 105329 and 105651 of GCC, mended in 13.
  $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds;-Wno-maybe-uninitialized>
  $<$<BOOL:${ATTN_WERROR}>:-Werror>)
