/// Commands of our own, on sources of our own: they need no sandbox, and must not fail.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace attn::grading {

/// Runs the compiler or the linker in `folder`. \param file_bytes the most that it may write
/// \throws std::runtime_error "WHAT: it …" with the beginning of what it said
void run_trusted(const std::vector<std::string>& command, const std::string& folder,
                 const std::string& what, std::uint64_t file_bytes = std::uint64_t{2} << 30);

/// The same, if its failure is no fault. \returns whether it succeeded
bool try_trusted(const std::vector<std::string>& command, const std::string& folder);

}  // namespace attn::grading
