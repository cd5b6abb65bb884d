/// What was compiled before: objects by the text of their sources.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace attn::grading {

/// What became of compiling a source.
struct Compiled {
  std::string object;  ///< its path; empty if it does not compile
  std::string said;    ///< by the compiler, if it does not
};

/// A folder with a folder for each text. Several threads and programs may use it at once, and one
/// that is killed leaves nothing half done: each is made elsewhere and renamed. Who may read
/// objects cannot see whose they are: the folder cannot be listed, and sources are closed to
/// others.
class ObjectCache {
 public:
  /// Makes the folder, if it is not there.
  explicit ObjectCache(std::string folder);

  /// What became of this very text, under that name, or nothing if it was never compiled.
  std::optional<Compiled> find(const std::string& name, const std::string& text) const;

  /// Keeps it. \param object its bytes; or "", and what the compiler said
  Compiled add(const std::string& name, const std::string& text, const std::string& object,
               const std::string& said) const;

  /// Takes away what was kept longer ago.
  void forget(std::chrono::seconds age) const;

  const std::string& folder() const { return folder_; }

 private:
  std::vector<std::filesystem::path> older_than(std::chrono::seconds age) const;

  std::string folder_;
};

}  // namespace attn::grading
