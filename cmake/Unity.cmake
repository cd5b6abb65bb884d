# ATTN_UNITY: files of the rooms that chapters and mechanisms seldom touch are compiled several at a
# time, since most of what the compiler reads is the same headers again. Mechanisms and chapters stay
# files of their own: they are what is edited, and the grader links them one by one.
if(NOT ATTN_UNITY)
  return()
endif()
set_target_properties(attn_lib attn_cli PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
foreach(room IN ITEMS lib/attn/io lib/attn/io/config lib/attn/render lib/attn/grading
                      lib/attn/grading/process lib/attn/grading/report chapters/cli)
  file(GLOB sources ${PROJECT_SOURCE_DIR}/${room}/*.cpp)
  # These two have headers of their own, which take longer than all others.
  list(FILTER sources EXCLUDE REGEX "/(json|yaml)\\.cpp$")
  set(at 0)
  foreach(source IN LISTS sources)
    math(EXPR group "${at} / 8")
    set_property(SOURCE ${source} PROPERTY UNITY_GROUP ${room}-${group})
    math(EXPR at "${at} + 1")
  endforeach()
endforeach()
