# attn_lib, known as attn::attn: the static library libattn.a.
file(GLOB_RECURSE ATTN_LIB_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/lib/attn/*.cpp)
list(FILTER ATTN_LIB_SOURCES EXCLUDE REGEX "/holder/")
add_library(attn_lib STATIC ${ATTN_LIB_SOURCES})
add_library(attn::attn ALIAS attn_lib)
set_target_properties(attn_lib PROPERTIES OUTPUT_NAME attn EXPORT_NAME attn)
target_compile_features(attn_lib PUBLIC cxx_std_20)
target_include_directories(attn_lib PUBLIC
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/lib> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# Public headers need only xtensor. The others are seen by our own sources alone; those that are
# more than headers reach the user's linker through the exported package.
target_link_libraries(attn_lib PUBLIC xtensor PRIVATE fmt::fmt ${ATTN_YAML_CPP} Threads::Threads
  $<BUILD_INTERFACE:Eigen3::Eigen> $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>
  $<BUILD_INTERFACE:${ATTN_SECCOMP}> $<INSTALL_INTERFACE:seccomp> $<BUILD_INTERFACE:attn_options>)
target_include_directories(attn_lib SYSTEM PRIVATE $<BUILD_INTERFACE:${ATTN_SECCOMP_INCLUDE}>)
include(${CMAKE_CURRENT_LIST_DIR}/Holder.cmake)

# -O3 makes the softmax a quarter faster, and the compiler a tenth slower: it is for the arithmetic.
set(ATTN_CORE_SOURCES ${ATTN_LIB_SOURCES})
list(FILTER ATTN_CORE_SOURCES INCLUDE REGEX "/lib/attn/core/")
set_property(SOURCE ${ATTN_CORE_SOURCES} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O3>)

if(ATTN_NATIVE)
  # The name of the processor is in the command line so that ccache never gives one machine the code
  # of another.
  cmake_host_system_information(RESULT cpu QUERY PROCESSOR_DESCRIPTION)
  string(MD5 cpu "${cpu}")
  foreach(source IN LISTS ATTN_NATIVE_SOURCES)
    set_property(SOURCE ${PROJECT_SOURCE_DIR}/${source} APPEND PROPERTY
      COMPILE_OPTIONS -march=native -O3 -ffp-contract=fast)
    set_property(SOURCE ${PROJECT_SOURCE_DIR}/${source} APPEND PROPERTY
      COMPILE_DEFINITIONS ATTN_BUILT_FOR_CPU="${cpu}")
    # A precompiled header is only valid for the flags with which it was made.
    set_property(SOURCE ${PROJECT_SOURCE_DIR}/${source} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
  endforeach()
endif()

if(ATTN_PCH)
  target_precompile_headers(attn_lib PRIVATE <attn/core/tensor.hpp>
    <algorithm> <array> <cmath> <cstddef> <cstdint> <functional> <map> <optional> <span> <sstream>
    <stdexcept> <string> <string_view> <tuple> <utility> <variant> <vector>)
endif()
