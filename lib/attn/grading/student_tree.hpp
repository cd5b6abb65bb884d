/// A student's tree: the project with the steps of some chapters blank, and without what these do
/// not need, so that no solution is left in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "attn/grading/choice.hpp"

namespace attn::grading {

/// The files of the tree, by path, with their texts; those that can be executed are in `programs`.
struct Tree {
  std::map<std::string, std::string> files;
  std::vector<std::string> programs;
};

/// What stands above the blanks. Steps of `asked` say what to do and how many points there are for
/// it; the others that no case needs them.
using Notes = std::map<std::string, std::string>;
Notes notes_of(const Library& library, const Choice& choice, const std::vector<Assignment>& asked);

/// The code of the tree, which is what lib and chapters have in it: what the chosen chapters need,
/// with blanks.
std::map<std::string, std::string> student_code(const Library& library, const Choice& choice,
                                                const Notes& notes);

/// All but the public cases and what is written about the assignment.
/// \param asked the chosen chapters, with all that is asked of students
/// \throws io::InputError if the checkout lacks a file
Tree student_tree(const Library& library, const Choice& choice,
                  const std::vector<Assignment>& asked);

/// \throws io::InputError if `folder` exists and is not empty, or if there is no folder for it.
void expect_new_folder(const std::string& folder);

/// Writes the tree, all of it or nothing. \throws io::InputError if the folder is not new, or
/// cannot be written.
void write_tree(const Tree& tree, const std::string& folder);

}  // namespace attn::grading
