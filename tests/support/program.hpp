/// Runs the program that was built, as a person does from a shell.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace attn::test {

struct Ran {
  int status = 0;  ///< the exit status, or 128 + the signal that ended it
  std::string out, err;
};

/// `attn ARGS…` with an empty standard input and no terminal, NO_COLOR and COLUMNS unset.
/// `folder` is the current directory.
Ran run_attn(const std::vector<std::string>& args,
             const std::filesystem::path& folder = std::filesystem::current_path());

/// A shell command line in which $ATTN_PROGRAM is the program and "attn" runs it.
Ran shell(const std::string& command, const std::filesystem::path& folder);

/// `attn ARGS… --format json`, parsed. \throws std::runtime_error with what the program said if it
/// fails.
nlohmann::json trace_of(std::vector<std::string> args);

/// The numbers of the trace's tensor of that name, in row-major order.
std::vector<double> values_of(const nlohmann::json& trace, const std::string& tensor);

/// A new empty folder, taken away again at the end.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Writes a file in it, and returns its path.
  std::string file(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

std::string read_file(const std::filesystem::path& path);

}  // namespace attn::test
