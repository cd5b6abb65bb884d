#include "attn/grading/process/machine_fault.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace attn::grading {
namespace {

constexpr std::string_view signs[] = {
    "No space left on device",
    "Disk quota exceeded",
    "Input/output error",
    "Read-only file system",
    "Too many open files in system",
    "error while loading shared libraries",
    "Killed signal terminated program",
    "cannot execute",  // the compiler's own parts
};

constexpr std::string_view signs_of_memory[] = {
    "out of memory",
    "virtual memory exhausted",
    "Cannot allocate memory",
    "emory exhausted",
    "Resource temporarily unavailable",  // no further process
};

/// What a source has written into an error is no sign.
bool is_of_a_source(std::string_view line) {
  return line.find("static assertion") != line.npos || line.find("#error") != line.npos ||
         line.find("declared with attribute") != line.npos;
}

template <std::size_t count>
bool has_one(std::string_view line, const std::string_view (&all)[count]) {
  for (const std::string_view sign : all) {
    if (line.find(sign) != line.npos) return true;
  }
  return false;
}

/// "cc1plus: out of memory allocating 4096 bytes after a total of 65536 bytes".
double bytes_asked_for(std::string_view line) {
  constexpr std::string_view before = "allocating ";
  const std::size_t at = line.find(before);
  double bytes = 0;
  if (at != line.npos) std::from_chars(line.data() + at + before.size(), line.end(), bytes);
  return bytes;
}

/// Whoever comes near his limit has met it, and not that of the machine: a part of the addresses
/// is never used.
bool met_its_own_limit(const Ended& ended, const Limits& limits, std::string_view line) {
  const double wanted = static_cast<double>(ended.peak_bytes) + bytes_asked_for(line);
  return limits.memory_bytes > 0 && wanted > 0.7 * static_cast<double>(limits.memory_bytes);
}

}  // namespace

std::string fault_of_machine(const Ended& ended) {
  const bool at_fault = ended.how == Ended::How::not_started || ended.from_outside;
  return at_fault ? ended.explain() : "";
}

std::string fault_of_machine_in_tool(const Ended& ended, const Limits& limits) {
  const std::string known = fault_of_machine(ended);
  if (!known.empty() || ended.ok()) return known;
  std::string_view text = ended.err;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (is_of_a_source(line)) continue;
    const bool memory = has_one(line, signs_of_memory) && !met_its_own_limit(ended, limits, line);
    if (memory || has_one(line, signs)) return std::string(line);
  }
  return "";
}

}  // namespace attn::grading
