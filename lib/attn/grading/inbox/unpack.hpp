/// Unpacking an archive that nobody trusts.
#pragma once

#include <cstdint>
#include <string>

#include "attn/grading/process/sandbox.hpp"

namespace attn::grading {

/// What became of it. If `why` is empty, all of it is there.
struct Unpacked {
  std::string why{};   ///< ours: "it wrote more than 67108864 bytes and was stopped"
  std::string said{};  ///< what the program that unpacks said, which has names of files in it
  bool some = false;   ///< is anything there?
};

/// Largest archive, and largest content.
inline constexpr std::uint64_t most_packed_bytes = std::uint64_t{256} << 20;
inline constexpr std::uint64_t most_unpacked_bytes = std::uint64_t{256} << 20;

/// Unpacks a zip, a tar, a tar.gz and the like into the empty folder `to`, with bsdtar in
/// a sandbox: a hole in what reads archives is then no hole in the grader. Paths that lead out of
/// the folder are refused, also through links. What was unpacked may be links, and of any rights.
/// \throws std::runtime_error if there is no bsdtar, or no sandbox for it
Unpacked unpack(const std::string& archive, const std::string& to, Guard guard);

}  // namespace attn::grading
