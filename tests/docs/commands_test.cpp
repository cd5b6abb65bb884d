/// Every command block of README.md, CONTRIBUTING.md and docs/ is run.
///
/// A block marked `sh` must end with status 0. In a block marked `console` each line after "$ " is
/// a command, and what follows is what it prints, to the letter; a line "…" stands for any lines.
/// `./attn` is the program; for the words that only the launcher knows, and for cmake and ctest, it
/// is checked that the launcher and CMakePresets.json know the words.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <sstream>

#include "tests/support/program.hpp"

namespace {

namespace fs = std::filesystem;
using namespace attn::test;

const fs::path root = ATTN_SOURCE_DIR;

struct Block {
  std::string file;
  std::size_t line;
  std::string kind;
  std::vector<std::string> lines;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<Block> blocks_of(const fs::path& path) {
  std::vector<Block> blocks;
  bool inside = false;
  std::size_t number = 0;
  for (const std::string& line : lines_of(read_file(path))) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({fs::relative(path, root), number, line.substr(3), {}});
    } else if (inside) {
      blocks.back().lines.push_back(line);
    }
  }
  return blocks;
}

std::vector<Block> all_blocks() {
  std::vector<fs::path> pages{root / "README.md", root / "CONTRIBUTING.md"};
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  std::vector<Block> blocks;
  for (const fs::path& page : pages) {
    for (Block& block : blocks_of(page)) blocks.push_back(std::move(block));
  }
  return blocks;
}

/// A folder in which the blocks of a page can be run: it looks like the top of a checkout.
class Checkout {
 public:
  Checkout() {
    for (const char* name : {"configs", "docs", "lib", "chapters", "tests"}) {
      fs::create_directory_symlink(root / name, folder_.path() / name);
    }
    tool("attn", "case ${1-} in\n  test|bench|build|setup) grep -q -- \"$1\" '" +
                     (root / "attn").string() + "' ;;\n  *) exec '" + ATTN_PROGRAM +
                     "' \"$@\" ;;\nesac\n");
    const std::string preset =
        "for word; do case $previous in --preset) grep -q \"\\\"name\\\": "
        "\\\"$word\\\"\" '" +
        (root / "CMakePresets.json").string() + "' || exit 1;; esac; previous=$word; done\n";
    tool("cmake", preset);
    tool("ctest", preset);
  }

  Ran run(const std::string& commands) const {
    return shell("PATH=\"$PWD:$PATH\"\nunset -f attn\n" + commands, folder_.path());
  }

 private:
  void tool(const std::string& name, const std::string& script) const {
    const fs::path path = folder_.file(name, "#!/bin/sh\n" + script);
    fs::permissions(path, fs::perms::owner_all);
  }

  Folder folder_;
};

/// Does the output match the lines expected, where "…" stands for any lines?
bool matches(const std::vector<std::string>& got, std::size_t g,
             const std::vector<std::string>& expected, std::size_t e) {
  if (e == expected.size()) return g == got.size();
  if (expected[e] == "…") {
    for (std::size_t skip = g; skip <= got.size(); ++skip) {
      if (matches(got, skip, expected, e + 1)) return true;
    }
    return false;
  }
  return g < got.size() && got[g] == expected[e] && matches(got, g + 1, expected, e + 1);
}

}  // namespace

TEST_CASE("docs: every sh block runs", "[docs]") {
  std::size_t count = 0;
  std::string file;
  std::unique_ptr<Checkout> checkout;
  for (const Block& block : all_blocks()) {
    if (block.file != file) checkout = std::make_unique<Checkout>();  // a page builds on itself
    file = block.file;
    if (block.kind != "sh") continue;
    std::string commands = "set -e\n";
    for (const std::string& line : block.lines) commands += line + "\n";
    const Ran ran = checkout->run(commands);
    INFO(block.file << ":" << block.line << "\n" << commands << ran.err);
    CHECK(ran.status == 0);
    ++count;
  }
  CHECK(count > 5);
}

TEST_CASE("docs: every console block shows what the program prints", "[docs]") {
  std::size_t count = 0;
  for (const Block& block : all_blocks()) {
    if (block.kind != "console") continue;
    const Checkout checkout;
    for (std::size_t i = 0; i < block.lines.size();) {
      REQUIRE(block.lines[i].starts_with("$ "));
      const std::string command = block.lines[i++].substr(2);
      std::vector<std::string> expected;
      while (i < block.lines.size() && !block.lines[i].starts_with("$ ")) {
        expected.push_back(block.lines[i++]);
      }
      const Ran ran = checkout.run(command + " 2>&1");
      INFO(block.file << ":" << block.line << "\n$ " << command << "\n" << ran.out);
      CHECK(matches(lines_of(ran.out), 0, expected, 0));
      ++count;
    }
  }
  CHECK(count > 5);
}

TEST_CASE("docs: blocks say what they are", "[docs]") {
  for (const Block& block : all_blocks()) {
    CAPTURE(block.file, block.line, block.kind);
    for (const std::string& line : block.lines) {
      const bool command =
          line.starts_with("./attn ") || line.starts_with("attn ") || line.starts_with("$ ");
      if (command) CHECK((block.kind == "sh" || block.kind == "console"));
    }
  }
}

TEST_CASE("docs: links lead to files that exist", "[docs]") {
  std::vector<fs::path> pages{root / "README.md", root / "CONTRIBUTING.md", root / "CHANGELOG.md"};
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(root / "docs")) {
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  }
  for (const fs::path& page : pages) {
    const std::string text = read_file(page);
    for (std::size_t at = text.find("]("); at != std::string::npos; at = text.find("](", at + 1)) {
      std::string target = text.substr(at + 2, text.find(')', at) - at - 2);
      target = target.substr(0, target.find('#'));
      if (target.empty() || target.find("://") != std::string::npos) continue;
      CAPTURE(page, target);
      CHECK(fs::exists(page.parent_path() / target));
    }
  }
}

TEST_CASE("docs: the table of fields on each chapter's page is what the program declares",
          "[docs]") {
  for (const std::string& name : lines_of(run_attn({"list", "--names"}).out)) {
    CAPTURE(name);
    const std::string page = read_file(root / "docs" / "chapters" / (name + ".md"));
    CHECK(page.find(run_attn({name, "--show-fields"}).out) != std::string::npos);
    CHECK(read_file(root / "configs" / "schema" / (name + ".json")) ==
          run_attn({name, "--show-schema"}).out);
  }
}
