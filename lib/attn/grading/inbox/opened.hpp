/// A submission that is being looked at.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/submission.hpp"

namespace attn::grading {

/// The plain files of a submission. An archive in it can be unpacked, for as long as this lives.
class Opened {
 public:
  struct File {
    std::string name;  ///< as people know it: "work.zip/scaled_dot.cpp"
    std::string path;
  };

  /// An archive that is the whole submission is unpacked at once, one in a folder only if asked
  /// for.
  Opened(const Submission& submission, Guard guard);

  const std::vector<File>& files() const { return files_; }
  /// Archives among them.
  std::vector<File> archives() const;

  /// Unpacks it; what is in it joins the files.
  void unpack(const File& archive);

  /// Why nothing, or not all, of it can be used: "it is a symbolic link".
  const std::vector<std::string>& problems() const { return problems_; }
  const std::vector<std::string>& notes() const { return notes_; }
  /// Folders that we may not read.
  const std::vector<std::string>& closed() const { return closed_; }
  /// Of a submission that is a folder; else "".
  const std::string& folder() const { return folder_; }

 private:
  void add_folder(const std::string& folder, const std::string& named);
  void add_archive(const std::string& path, const std::string& shown, const std::string& named);

  Guard guard_;
  std::string folder_;
  std::vector<File> files_;
  std::vector<std::string> problems_, notes_, closed_;
  std::vector<std::unique_ptr<OwnFolder>> unpacked_;
};

}  // namespace attn::grading
