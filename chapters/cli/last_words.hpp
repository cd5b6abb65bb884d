/// What a program that is graded still tells when a step crashes or never ends.
#pragma once

namespace attn::cli {

/// The exit status of a run that used up its time, as that of timeout(1).
inline constexpr int out_of_time = 124;

/// While it lives, a signal that would end the program (a segmentation fault, an abort, the end of
/// its time) is told to the grader at `results` first. The handler allocates nothing. One at a
/// time.
class LastWords {
 public:
  explicit LastWords(int results);
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;
};

}  // namespace attn::cli
