# attn-holder: the parent of a submission's program inside of bubblewrap. It is linked statically, so
# that it starts in a moment, and never has the sanitizers, which need more memory than it may use.
# A tree without the sandbox needs none.
set(ATTN_PROCESS ${PROJECT_SOURCE_DIR}/lib/attn/grading/process)
if(NOT EXISTS ${ATTN_PROCESS}/holder/main.cpp)
  return()
endif()
add_executable(attn_holder ${ATTN_PROCESS}/holder/main.cpp)
set_target_properties(attn_holder PROPERTIES OUTPUT_NAME attn-holder)
target_compile_features(attn_holder PRIVATE cxx_std_20)
target_include_directories(attn_holder PRIVATE ${PROJECT_SOURCE_DIR}/lib)
target_link_libraries(attn_holder PRIVATE attn_options)
target_compile_options(attn_holder PRIVATE -fno-sanitize=all -fno-exceptions -fno-rtti)
target_link_options(attn_holder PRIVATE -fno-sanitize=all -static)
add_dependencies(attn_lib attn_holder)
set_property(SOURCE ${ATTN_PROCESS}/bubblewrap.cpp APPEND PROPERTY
  COMPILE_DEFINITIONS ATTN_HOLDER="${PROJECT_BINARY_DIR}/attn-holder")
