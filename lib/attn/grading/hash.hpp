/// Has something changed? FNV-1a, 64 bits: against accidents, not against attacks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace attn::grading {

class Hash {
 public:
  /// Adds a text and its end, so that "ab", "c" is not "a", "bc".
  Hash& add(std::string_view text);
  std::string text() const;  ///< 16 hexadecimal digits

 private:
  std::uint64_t state_ = 14695981039346656037ULL;
};

}  // namespace attn::grading
