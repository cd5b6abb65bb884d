# Everything comes from the system; nothing is fetched or vendored.
find_package(xtensor REQUIRED)
find_package(Eigen3 3.3 REQUIRED NO_MODULE)
find_package(fmt REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Threads REQUIRED)

# yaml-cpp 0.7 calls its target yaml-cpp, 0.8 calls it yaml-cpp::yaml-cpp.
if(TARGET yaml-cpp::yaml-cpp)
  set(ATTN_YAML_CPP yaml-cpp::yaml-cpp)
else()
  set(ATTN_YAML_CPP yaml-cpp)
endif()

# For the filter of system calls that holds submissions. It comes without a file for CMake.
find_path(ATTN_SECCOMP_INCLUDE seccomp.h REQUIRED)
find_library(ATTN_SECCOMP seccomp REQUIRED)
mark_as_advanced(ATTN_SECCOMP_INCLUDE ATTN_SECCOMP)
