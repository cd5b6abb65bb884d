# attn_cli: the program attn. The default configs are compiled into it.
file(GLOB_RECURSE ATTN_CLI_SOURCES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/chapters/*.cpp)
file(GLOB ATTN_CONFIGS CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/configs/*.yaml)

set(ATTN_EMBEDDED ${PROJECT_BINARY_DIR}/generated/embedded_configs.cpp)
list(JOIN ATTN_CONFIGS "\n" ATTN_CONFIG_LINES)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/configs.txt
  CONTENT "@ATTN_CONFIG_LINES@\n" @ONLY)  # a file taken away changes this list, and nothing else
add_custom_command(
  OUTPUT ${ATTN_EMBEDDED}
  COMMAND ${CMAKE_COMMAND} -DLIST=${PROJECT_BINARY_DIR}/generated/configs.txt
          -DOUTPUT=${ATTN_EMBEDDED} -P ${PROJECT_SOURCE_DIR}/cmake/EmbedConfigs.cmake
  DEPENDS ${ATTN_CONFIGS} ${PROJECT_BINARY_DIR}/generated/configs.txt
          ${PROJECT_SOURCE_DIR}/cmake/EmbedConfigs.cmake
  COMMENT "Embedding configs" VERBATIM)

add_executable(attn_cli ${ATTN_CLI_SOURCES} ${ATTN_EMBEDDED})
set_target_properties(attn_cli PROPERTIES OUTPUT_NAME attn)
target_include_directories(attn_cli PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(attn_cli PRIVATE attn::attn fmt::fmt CLI11::CLI11 attn_options)

# One file knows the version, so that a new version recompiles one file. It is also the one with
# CLI11, which takes long to compile and runs once: it is not optimised at all.
set(ATTN_MAIN ${PROJECT_SOURCE_DIR}/chapters/main.cpp)
set_property(SOURCE ${ATTN_MAIN} APPEND PROPERTY
  COMPILE_DEFINITIONS ATTN_VERSION="${PROJECT_VERSION}")
set_property(SOURCE ${ATTN_MAIN} APPEND PROPERTY COMPILE_OPTIONS $<$<CONFIG:Release>:-O0>)
set_property(SOURCE ${ATTN_MAIN} ${ATTN_EMBEDDED} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
# One file knows where the project is: grading needs its sources, and students' trees their cases.
set_property(SOURCE ${PROJECT_SOURCE_DIR}/chapters/cli/course.cpp APPEND PROPERTY COMPILE_DEFINITIONS
  ATTN_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ATTN_BINARY_DIR="${PROJECT_BINARY_DIR}")

if(ATTN_PCH)
  target_precompile_headers(attn_cli REUSE_FROM attn_lib)
endif()
