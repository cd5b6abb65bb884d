/// What is taken of a submission: a few files, and only if they are plain files inside it.
#pragma once

#include <string>
#include <vector>

#include "attn/grading/harness.hpp"
#include "attn/grading/hash.hpp"

namespace attn::grading {

/// What was taken, and what stood in the way.
struct Taken {
  Sources sources;
  std::vector<std::string> problems;  ///< "lib/attn/mechanisms/dot.cpp is a symbolic link"
};

/// Largest source, and how many files and how deep a submission is searched.
inline constexpr std::size_t largest_submitted_file = std::size_t{1} << 20;
inline constexpr std::size_t most_submitted_files = 20000;

/// The sources of `wanted` mechanisms, at lib/attn/mechanisms/NAME.cpp or, where a submission is
/// only the files, anywhere in it if there is just one; and of those mechanisms among `known` that
/// they include. Symbolic links, pipes and the like are not followed or opened.
Taken take_sources(const std::string& folder, const std::vector<std::string>& wanted,
                   const Sources& known);

/// Copies the plain files of a submission, for a program in another language. Links and what is too
/// large are left out. \throws io::InputError if it cannot be read.
std::vector<std::string> copy_plain_files(const std::string& from, const std::string& to);

/// What copy_plain_files() would copy.
void add_plain_files(const std::string& folder, Hash& hash);

}  // namespace attn::grading
