/// What a replay still tells when a step crashes or never ends.
#pragma once

#include <string>

#include "attn/trace/trace.hpp"

namespace attn::cli {

/// The exit status of a replay that used up its processor time, as that of timeout(1).
inline constexpr int out_of_time = 124;

/// While it lives, a signal that would end the program (a segmentation fault, an abort, the end of
/// its processor time) first writes the events so far to standard output, as a trace with the one
/// step `events`, and says on standard error what happened. Everything is ready as text before:
/// the handler allocates nothing. One at a time.
class LastWords {
 public:
  explicit LastWords(const std::string& chapter);
  ~LastWords();
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

  void add(const trace::Tensor& event);

 private:
  std::string text_;
  bool first_ = true;
};

}  // namespace attn::cli
