# harness.txt: what the grader links submissions with. One thing a line, its kind first.
set(ATTN_HARNESS "compiler ${CMAKE_CXX_COMPILER}\narchiver ${CMAKE_AR}\n")
string(APPEND ATTN_HARNESS "library $<TARGET_FILE:fmt::fmt>\nlibrary $<TARGET_FILE:${ATTN_YAML_CPP}>\n")
string(APPEND ATTN_HARNESS "library ${ATTN_SECCOMP}\nlibrary -pthread\n")
string(APPEND ATTN_HARNESS "program $<JOIN:$<TARGET_OBJECTS:attn_cli>,\nprogram >\n")
string(APPEND ATTN_HARNESS "object $<JOIN:$<TARGET_OBJECTS:attn_lib>,\nobject >\n")
file(GENERATE OUTPUT ${PROJECT_BINARY_DIR}/harness.txt CONTENT "${ATTN_HARNESS}")
