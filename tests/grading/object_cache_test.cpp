/// Objects are found again by the text of their sources.
#include "attn/grading/object_cache.hpp"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>

#include "tests/support/program.hpp"

using namespace attn::grading;
using attn::test::Folder;
using attn::test::read_file;

namespace fs = std::filesystem;

TEST_CASE("object cache: what was kept is found by its text and name", "[grading][harness]") {
  const Folder folder;
  const ObjectCache cache((folder.path() / "objects").string());
  CHECK_FALSE(cache.find("scale", "int x;"));
  const Compiled kept = cache.add("scale", "int x;", "bytes", "");
  CHECK(read_file(kept.object) == "bytes");
  CHECK(fs::path(kept.object).filename() == "scale.o");
  REQUIRE(cache.find("scale", "int x;"));
  CHECK(cache.find("scale", "int x;")->object == kept.object);
  CHECK_FALSE(cache.find("scale", "int y;"));
  CHECK_FALSE(cache.find("other", "int x;"));
  cache.add("scale", "int z", "", "expected ;");
  CHECK(cache.find("scale", "int z")->object.empty());
  CHECK(cache.find("scale", "int z")->said == "expected ;");
}

TEST_CASE("object cache: the first to come keeps its place", "[grading][harness]") {
  const Folder folder;
  const ObjectCache cache((folder.path() / "objects").string());
  const Compiled first = cache.add("scale", "int x;", "one", "");
  const Compiled second = cache.add("scale", "int x;", "two", "");
  CHECK(second.object == first.object);
  CHECK(read_file(first.object) == "one");
  // A text of the same hash is no reason to give one for the other.
  const fs::path entry = fs::path(first.object).parent_path();
  fs::remove(entry / "source");
  folder.file("objects/" + entry.filename().string() + "/source", "another");
  CHECK_FALSE(cache.find("scale", "int x;"));
  CHECK(read_file(cache.add("scale", "int x;", "three", "").object) == "three");
}

TEST_CASE("object cache: sources are closed to others, and cannot be listed",
          "[grading][harness]") {
  const Folder folder;
  const ObjectCache cache((folder.path() / "objects").string());
  const fs::path object = cache.add("scale", "int x;", "bytes", "").object;
  const auto open_to_others = [](const fs::path& path, fs::perms what) {
    return (fs::status(path).permissions() & what) != fs::perms::none;
  };
  CHECK_FALSE(open_to_others(folder.path() / "objects", fs::perms::others_read));
  CHECK_FALSE(open_to_others(object.parent_path(), fs::perms::others_read));
  CHECK_FALSE(open_to_others(object.parent_path() / "source", fs::perms::others_read));
  CHECK(open_to_others(object, fs::perms::others_read));
  CHECK_FALSE(open_to_others(object, fs::perms::others_write));
}
