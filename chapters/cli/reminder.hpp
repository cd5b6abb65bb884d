/// A word to whoever waits for a step that never ends.
#pragma once

#include <string>

namespace attn::cli {

/// While it lives: says once on standard error, after some seconds, how to find a loop that does
/// not end. Nothing is stopped, for there is much that takes long. Only one at a time.
class Reminder {
 public:
  explicit Reminder(const std::string& chapter);
  ~Reminder();
  Reminder(const Reminder&) = delete;
  Reminder& operator=(const Reminder&) = delete;
};

}  // namespace attn::cli
