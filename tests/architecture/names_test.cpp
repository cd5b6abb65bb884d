/// The names of tests are read by CMake, too, which takes some signs for its own.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <regex>

#include "tests/support/program.hpp"

TEST_CASE("architecture: the name of a test is a unit, a colon and a sentence that CMake can read",
          "[architecture]") {
  namespace fs = std::filesystem;
  static const std::regex name(R"re(TEST_CASE\(\s*"([^"]*)")re");
  static const std::regex good(R"re([A-Za-z0-9_. -]+: [^;\\]+)re");
  std::size_t count = 0;
  for (const fs::directory_entry& entry :
       fs::recursive_directory_iterator(fs::path(ATTN_SOURCE_DIR) / "tests")) {
    if (!entry.path().string().ends_with("_test.cpp")) continue;
    const std::string text = attn::test::read_file(entry.path());
    for (std::sregex_iterator match(text.begin(), text.end(), name), end; match != end; ++match) {
      const std::string found = (*match)[1];
      if (found == "([^") continue;  // the pattern of this file
      CAPTURE(entry.path(), found);
      CHECK(std::regex_match(found, good));
      CHECK(std::count(found.begin(), found.end(), '[') ==
            std::count(found.begin(), found.end(), ']'));
      ++count;
    }
  }
  CHECK(count > 100);
}
