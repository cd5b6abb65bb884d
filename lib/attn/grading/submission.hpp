/// What is taken of a submission: a few files, and only if they are plain files inside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attn/grading/harness.hpp"
#include "attn/grading/hash.hpp"
#include "attn/grading/process/sandbox.hpp"

namespace attn::grading {

/// What somebody handed in: a folder, an archive, or loose files that a platform has named.
struct Submission {
  struct Loose {
    std::string path;
    std::string file;  ///< the name before the platform changed it: "scaled_dot-1.cpp"
  };

  /// The folder or archive there, by its own name.
  Submission(const std::string& path);  // NOLINT(google-explicit-constructor): a path is one
  Submission(std::string name_of, std::vector<Loose> files)
      : name(std::move(name_of)), loose(std::move(files)) {}

  std::string name;  ///< the student's
  std::string path;  ///< "" if it is loose files
  std::vector<Loose> loose{};
};

/// What was taken, and what is to be said of it: sentences of ours, for the student as well.
struct Taken {
  Sources sources;
  std::vector<std::string> problems;  ///< "there is no dot.cpp; dto.cpp looks like it"
  std::vector<std::string> notes;     ///< "dot.cpp is taken from dot-1.cpp"
};

inline constexpr std::size_t largest_submitted_file = std::size_t{1} << 20;

/// The prefix of the folders in which submissions are unpacked: remove_left_folders().
inline constexpr const char* submission_folder = "attn-submission";

/// The sources of the `wanted` mechanisms, and no others. Of each
///   - the file lib/attn/mechanisms/NAME.cpp, if there is one;
///   - else the only one that ends with this path, in a folder more;
///   - else the only file NAME.cpp anywhere;
///   - else the only one whose name a platform, a browser or a system explains (name_likeness()).
/// Of several that are alike to the byte one is taken; of several that differ none. What is near is
/// named, and an archive is opened if something is missing beside it. Links, pipes and the like are
/// not followed or opened.
/// \param known names of mechanisms: no other name is near one of those
/// \throws std::exception if the submission may not be read, or there is nothing to unpack it with:
/// not its fault
Taken take_sources(const Submission& submission, const std::vector<std::string>& wanted,
                   const Sources& known, Guard guard);

/// What a program in another language may have.
inline constexpr std::uint64_t most_copied_bytes = std::uint64_t{256} << 20;

/// Copies the plain files of a submission, the small ones first, for a program in another language.
/// Where a file that is a word of the command is not there, folders around everything are taken
/// off, and a name that a platform has made of it is mended.
/// \param command its words
/// \return notes: what was left out, and why; what was taken from where
/// \throws std::exception as above
std::vector<std::string> copy_plain_files(const Submission& from, const std::string& to,
                                          Guard guard,
                                          const std::vector<std::string>& command = {});

/// What copy_plain_files() would copy, or what that is unpacked from.
void add_plain_files(const Submission& submission, Hash& hash);

}  // namespace attn::grading
