#include "attn/grading/process/lookup.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

namespace attn::grading {

std::uint64_t our_tasks() {
  namespace fs = std::filesystem;
  std::uint64_t count = 0;
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    struct stat process {};
    const std::string path = at->path().string();
    if (path.find_first_not_of("0123456789", 6) != std::string::npos) continue;
    if (::stat(path.c_str(), &process) != 0 || process.st_uid != ::getuid()) continue;
    struct stat tasks {};
    if (::stat((path + "/task").c_str(), &tasks) != 0) continue;
    count += std::max<std::uint64_t>(3, tasks.st_nlink) - 2;
  }
  return count;
}

std::string variable(const Command& command, const std::string& name,
                     const std::string& otherwise) {
  for (const auto& [key, value] : command.environment) {
    if (key == name) return value;
  }
  return otherwise;
}

std::string find_program(const std::string& name, const std::string& path) {
  if (name.empty() || name.find('/') != std::string::npos) return name;
  for (std::size_t start = 0; start <= path.size();) {
    const std::size_t end = std::min(path.find(':', start), path.size());
    const std::string folder = path.substr(start, end - start);
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    struct stat file {};
    if (::stat(candidate.c_str(), &file) == 0 && S_ISREG(file.st_mode) &&
        ::access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    start = end + 1;
  }
  return "";
}

}  // namespace attn::grading
