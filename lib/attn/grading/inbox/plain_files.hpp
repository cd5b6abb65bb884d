/// Reading what a stranger left in a folder: plain files, and nothing else.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "attn/grading/hash.hpp"

namespace attn::grading {

/// It may well be a good submission, but we are not allowed to look at it.
class Unreadable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The text of a plain file of at most so many bytes, or why there is none: "is a symbolic link".
/// \throws Unreadable if we may not read it
std::optional<std::string> read_plain(const std::string& path, std::uint64_t most,
                                      std::string& why);

/// Copies a plain file, with the right to run it, and makes the folders that it needs. Returns
/// false if it is none. \throws Unreadable; std::system_error if it cannot be written
bool copy_plain(const std::string& from, const std::string& to, std::string& why);

/// Adds what is in a plain file. Returns false if it is none. \throws Unreadable
bool add_plain(const std::string& path, Hash& hash, std::string& why);

/// Every plain file below the folder, relative to it, sorted. Links are not followed; what systems
/// and tools leave there (.git, __MACOSX, ._NAME, .DS_Store) is not among them.
struct FilesBelow {
  std::vector<std::string> files;
  std::vector<std::string> closed;    ///< folders that we may not read: "lib: Permission denied"
  std::vector<std::string> left_out;  ///< folders of tools: ".git"
  bool all = true;                    ///< false: there are more than anybody hands in
};
FilesBelow files_below(const std::string& folder);

/// How many files, and how deep, a submission is searched.
inline constexpr std::size_t most_submitted_files = 20000;

/// Is any folder on the way to the file a link?
bool goes_through_a_link(const std::string& folder, const std::string& file);

}  // namespace attn::grading
