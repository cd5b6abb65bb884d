/// A student's tree: the project with the steps of some chapters blank, and without what these do
/// not need, so that no solution is left in it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "attn/grading/harness.hpp"

namespace attn::grading {

/// A chapter as its files have it: "scaled-dot-product" and scaled_dot_product.
struct ChapterName {
  std::string name;
  std::string stem() const;
};

/// The files of the tree, by path, with their texts; those that can be executed are in `programs`.
struct Tree {
  std::map<std::string, std::string> files;
  std::vector<std::string> programs;
};

/// All but the public cases and what is written about the assignment.
/// \param all every chapter of the project; \param chosen those that are handed out
/// \throws io::InputError if the checkout lacks a file, or if a chapter needs a mechanism that
/// another leaves blank.
Tree student_tree(const std::string& source_folder, const std::vector<ChapterName>& all,
                  const std::vector<ChapterName>& chosen,
                  const std::vector<Assignment>& assignments);

/// The solutions that a text has in it: ids of steps whose code, or a helper of whose code,
/// stands there, however it is spaced and whatever its comments say.
std::vector<std::string> solutions_in(const std::string& text, const std::string& source_folder,
                                      const std::vector<Assignment>& assignments);

/// \throws io::InputError if `folder` exists and is not empty, or if there is no folder for it.
void expect_new_folder(const std::string& folder);

/// Writes the tree, all of it or nothing. \throws io::InputError if the folder is not new, or
/// cannot be written.
void write_tree(const Tree& tree, const std::string& folder);

}  // namespace attn::grading
