# ccache, where it is installed. Precompiled headers need the two sloppinesses: ccache cannot see
# the macros inside a precompiled header, and GCC stores the time of its making in it.
find_program(ATTN_CCACHE_PROGRAM ccache)
mark_as_advanced(ATTN_CCACHE_PROGRAM)
if(ATTN_CCACHE AND ATTN_CCACHE_PROGRAM AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${ATTN_CCACHE_PROGRAM})
  if(ATTN_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()
