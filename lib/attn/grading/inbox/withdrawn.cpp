#include "attn/grading/inbox/withdrawn.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "attn/io/fault.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

struct Kind {
  const char *folder, *extension;
};
constexpr Kind kinds[] = {
    {"records", ".json"}, {"gradescope", ".json"}, {"github", ".json"}, {"students", ".txt"}};

/// `place`, or with a number the first that is free: "anna.json", "anna.2.json".
fs::path free_place(const fs::path& place) {
  std::error_code ignored;
  fs::path free = place;
  for (int n = 2; fs::exists(fs::symlink_status(free, ignored)); ++n) {
    free = place.parent_path() /
           fmt::format("{}.{}{}", place.stem().string(), n, place.extension().string());
  }
  return free;
}

}  // namespace

std::vector<std::string> move_withdrawn(const std::string& results,
                                        const std::vector<std::string>& files) {
  const std::set<std::string> present(files.begin(), files.end());
  std::set<std::string> moved;
  for (const auto& [kind, extension] : kinds) {
    const fs::path folder = fs::path(results) / kind;
    std::vector<fs::path> old;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
      if (at->path().extension() == extension && !present.contains(at->path().stem().string())) {
        old.push_back(at->path());
      }
    }
    for (const fs::path& file : old) {
      const fs::path to = fs::path(results) / "withdrawn" / kind / file.filename();
      fs::create_directories(to.parent_path(), error);
      fs::rename(file, free_place(to), error);
      if (error)
        throw io::InputError({.source = file.string()}, "cannot be moved: " + error.message());
      moved.insert(file.stem().string());
    }
  }
  return {moved.begin(), moved.end()};
}

}  // namespace attn::grading
