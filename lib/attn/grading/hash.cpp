#include "attn/grading/hash.hpp"

#include <fmt/format.h>

namespace attn::grading {
namespace {
constexpr std::uint64_t prime = 1099511628211ULL;
}

Hash& Hash::add(std::string_view text) {
  for (const char c : text) {
    state_ = (state_ ^ static_cast<unsigned char>(c)) * prime;
  }
  state_ = (state_ ^ 256U) * prime;
  return *this;
}

std::string Hash::text() const { return fmt::format("{:016x}", state_); }

}  // namespace attn::grading
