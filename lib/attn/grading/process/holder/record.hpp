/// What the holder of a program tells of it, on a pipe. It is the program's parent inside of bwrap,
/// which itself has no way to say whether a program ended with status 137 or by signal 9.
#pragma once

#include <cstdint>

namespace attn::grading {

struct HolderRecord {
  enum class Kind : std::int32_t {
    begun,         ///< the sandbox stands
    not_started,   ///< the value is errno
    not_executed,  ///< the same, of the program's file itself
    ended,         ///< the value is that of waitpid()
  };
  Kind kind;
  std::int32_t value;
};

/// Where the holder is seen in the sandbox.
inline constexpr const char* holder_inside = "/.attn-holder";

}  // namespace attn::grading
