/// Who may include whom: the table of docs/architecture.md, enforced.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = ATTN_SOURCE_DIR;

/// For each room of the house the rooms that it may include from.
const std::map<std::string, std::set<std::string>> rooms{
    {"core", {"core"}},
    {"mechanisms", {"core", "mechanisms"}},
    {"training", {"core", "mechanisms", "training"}},
    {"trace", {"trace"}},
    {"io", {"core", "trace", "io"}},
    {"render", {"trace", "render"}},
    {"grading", {"trace", "io", "render", "grading"}},
    {"chapters", {"core", "mechanisms", "training", "trace", "io", "chapters"}},
    {"cli", {"core", "trace", "io", "render", "grading", "chapters", "cli"}},
};

/// The files that may include each library; for the others any file of the rooms named.
const std::map<std::string, std::set<std::string>> libraries{
    {"xtensor", {"lib/attn/core/tensor.hpp"}},
    {"Eigen", {"lib/attn/core/matmul.cpp", "lib/attn/core/exp.cpp"}},
    {"yaml-cpp", {"lib/attn/io/yaml.cpp"}},
    {"nlohmann", {"io"}},
    {"fmt", {"io", "render", "grading", "chapters", "cli"}},
    {"CLI", {"chapters/main.cpp"}},
    {"seccomp.h", {"lib/attn/grading/process/seccomp.cpp"}},
};

/// The room of a file: its folder in lib/attn or chapters/cli; trace/build and main have wider
/// doors.
std::string room_of(const std::string& file) {
  if (file.starts_with("lib/attn/")) return file.substr(9, file.find('/', 9) - 9);
  if (file.starts_with("chapters/cli/") || file == "chapters/main.cpp") return "cli";
  return "chapters";
}

std::set<std::string> may_include(const std::string& file) {
  std::set<std::string> allowed = rooms.at(room_of(file));
  if (file.starts_with("lib/attn/trace/build.")) allowed.insert("core");
  return allowed;
}

/// "attn/core/tensor.hpp" -> "core", "chapters/registry.hpp" -> "chapters".
std::string room_included(const std::string& path) {
  if (path.starts_with("attn/")) return path.substr(5, path.find('/', 5) - 5);
  return room_of(path);
}

struct Include {
  std::string file, path;
  bool angled;
};

std::vector<Include> all_includes() {
  static const std::regex directive(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> includes;
  for (const char* top : {"lib", "chapters"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / top)) {
      const std::string extension = entry.path().extension();
      if (extension != ".hpp" && extension != ".cpp") continue;
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, directive)) continue;
        includes.push_back(
            {fs::relative(entry.path(), root).generic_string(), match[2], match[1] == "<"});
      }
    }
  }
  return includes;
}

}  // namespace

TEST_CASE("architecture: every file includes only what its room may", "[architecture]") {
  const std::vector<Include> includes = all_includes();
  REQUIRE(includes.size() > 50);
  for (const Include& include : includes) {
    if (include.angled) continue;
    CAPTURE(include.file, include.path);
    CHECK(may_include(include.file).contains(room_included(include.path)));
  }
}

TEST_CASE("architecture: every library has its door", "[architecture]") {
  for (const Include& include : all_includes()) {
    if (!include.angled) continue;
    const auto library = libraries.find(include.path.substr(0, include.path.find('/')));
    if (library == libraries.end()) continue;
    CAPTURE(include.file, include.path);
    CHECK((library->second.contains(include.file) ||
           library->second.contains(room_of(include.file))));
  }
}

TEST_CASE("architecture: trace.hpp and diff.hpp need the standard library alone",
          "[architecture]") {
  for (const Include& include : all_includes()) {
    if (include.file != "lib/attn/trace/trace.hpp" && include.file != "lib/attn/trace/diff.hpp") {
      continue;
    }
    CAPTURE(include.file, include.path);
    const bool standard = include.angled && include.path.find('/') == std::string::npos;
    CHECK((standard || include.path == "attn/trace/trace.hpp"));
  }
}
