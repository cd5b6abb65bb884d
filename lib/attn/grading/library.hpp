/// The texts of a checkout, each read once, with what they include and the steps that are in them.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/grading/marks.hpp"

namespace attn::grading {

/// "scaled_dot_product": a chapter's name as its files have it.
std::string stem_of(const std::string& chapter);

/// The source of a mechanism, relative to the checkout.
std::string source_of(const std::string& mechanism);

/// The mechanism of a source, or "" if the file is none.
std::string mechanism_of(const std::string& file);

/// Is this a file that only some chapters need? What all need is never left out.
bool is_optional(const std::string& file);

/// The files that a text includes with quotation marks, relative to the checkout.
std::vector<std::string> includes_of(const std::string& text);

class Library {
 public:
  /// \param tables the exercises of every chapter that has some, in reading order
  /// \throws io::InputError if `root` is no checkout
  Library(std::string root, std::vector<Assignment> tables);

  const std::string& root() const { return root_; }
  const std::vector<Assignment>& tables() const { return tables_; }

  /// \throws io::InputError if the chapter has no exercises
  const Assignment& table(const std::string& chapter) const;

  /// The step of any table, or nullptr.
  const Step* find(const std::string& id) const;

  bool has(const std::string& file) const;

  /// \throws io::InputError if there is no such file. Any thread may ask.
  const std::string& text(const std::string& file) const;

  /// All files in a folder, sorted.
  std::vector<std::string> files_of(const std::string& folder) const;

  /// The files of lib and chapters, sorted.
  const std::vector<std::string>& code() const { return code_; }

  /// Every mechanism that has a source, taken apart.
  const std::map<std::string, Marked>& mechanisms() const { return mechanisms_; }

  /// Of the files that are optional, those that a chapter needs: what it includes, and what stands
  /// behind each header.
  const std::set<std::string>& needed_by(const std::string& chapter) const;

 private:
  std::set<std::string> find_needed(const std::string& chapter) const;
  void read_mechanisms();

  std::string root_;
  std::vector<Assignment> tables_;
  std::vector<std::string> code_;
  std::map<std::string, Marked> mechanisms_;
  std::map<std::string, std::set<std::string>> needed_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> texts_;
};

}  // namespace attn::grading
