/// What is taken of a submission, and what is left where it lies.
#include "attn/grading/submission.hpp"

#include <sys/stat.h>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/program.hpp"

using namespace attn::grading;
using attn::test::Folder;

namespace {

namespace fs = std::filesystem;

const std::string usual = "lib/attn/mechanisms/";
const Sources known{{"dot", ""}, {"scale", ""}, {"pooling", ""}};

void put(const Folder& folder, const std::string& path, const std::string& text) {
  fs::create_directories((folder.path() / path).parent_path());
  folder.file(path, text);
}

Taken take(const Folder& folder, const std::vector<std::string>& wanted = {"dot"}) {
  return take_sources(folder.path(), wanted, known);
}

using Problems = std::vector<std::string>;

}  // namespace

TEST_CASE("submission: a source is taken from its usual place", "[grading][submission]") {
  const Folder folder;
  put(folder, usual + "dot.cpp", "usual");
  put(folder, "old/dot.cpp", "old");
  put(folder, usual + "scale.cpp", "not asked for");
  const Taken taken = take(folder);
  CHECK(taken.sources == Sources{{"dot", "usual"}});
  CHECK(taken.problems.empty());
}

TEST_CASE("submission: elsewhere a source is taken if there is just one", "[grading][submission]") {
  const Folder folder;
  put(folder, "my work/dot.cpp", "mine");
  CHECK(take(folder).sources == Sources{{"dot", "mine"}});
  put(folder, "copy/dot.cpp", "mine");
  CHECK(take(folder).sources.empty());
  CHECK(take(folder).problems == Problems{"there are 2 files dot.cpp"});
}

TEST_CASE("submission: what is not there is a problem", "[grading][submission]") {
  const Folder folder;
  put(folder, "Dot.cpp", "");
  put(folder, "dot.cpp.txt", "");
  const Taken taken = take(folder, {"dot", "scale"});
  CHECK(taken.sources.empty());
  CHECK(taken.problems == Problems{"there is no dot.cpp", "there is no scale.cpp"});
  CHECK(take_sources((folder.path() / "none").string(), {"dot"}, known).problems ==
        Problems{"there is no dot.cpp"});
}

TEST_CASE("submission: links are not followed", "[grading][submission]") {
  const Folder secret;
  secret.file("dot.cpp", "secret");
  {
    const Folder folder;
    fs::create_directories(folder.path() / usual);
    fs::create_symlink(secret.path() / "dot.cpp", folder.path() / (usual + "dot.cpp"));
    CHECK(take(folder).sources.empty());
    CHECK(take(folder).problems == Problems{usual + "dot.cpp is a symbolic link"});
  }
  {
    const Folder folder;  // a link to nowhere is a link all the same
    fs::create_directories(folder.path() / usual);
    fs::create_symlink("/nowhere", folder.path() / (usual + "dot.cpp"));
    CHECK(take(folder).problems == Problems{usual + "dot.cpp is a symbolic link"});
  }
  {
    const Folder folder;
    fs::create_directories(folder.path() / "lib/attn");
    fs::create_directory_symlink(secret.path(), folder.path() / "lib/attn/mechanisms");
    CHECK(take(folder).sources.empty());
    CHECK(take(folder).problems == Problems{usual + "dot.cpp is behind a symbolic link"});
  }
  {
    const Folder folder;  // nor looked for
    fs::create_symlink(secret.path() / "dot.cpp", folder.path() / "dot.cpp");
    fs::create_directory_symlink(secret.path(), folder.path() / "deep");
    CHECK(take(folder).problems == Problems{"there is no dot.cpp"});
  }
}

TEST_CASE("submission: pipes and folders are not opened", "[grading][submission]") {
  const Folder folder;
  fs::create_directories(folder.path() / usual);
  REQUIRE(mkfifo((folder.path() / (usual + "dot.cpp")).c_str(), 0600) == 0);
  fs::create_directories(folder.path() / (usual + "scale.cpp"));
  const Taken taken = take(folder, {"dot", "scale"});  // and does not wait for anybody
  CHECK(taken.sources.empty());
  CHECK(taken.problems ==
        Problems{usual + "dot.cpp is not a plain file", usual + "scale.cpp is not a plain file"});
  const Folder other;
  REQUIRE(mkfifo((other.path() / "dot.cpp").c_str(), 0600) == 0);
  CHECK(take(other).problems == Problems{"there is no dot.cpp"});
}

TEST_CASE("submission: a source may have a mebibyte and no more", "[grading][submission]") {
  const Folder folder;
  put(folder, usual + "dot.cpp", std::string(largest_submitted_file, 'x'));
  CHECK(take(folder).sources.at("dot").size() == largest_submitted_file);
  put(folder, usual + "dot.cpp", std::string(largest_submitted_file + 1, 'x'));
  CHECK(take(folder).sources.empty());
  CHECK(take(folder).problems == Problems{usual + "dot.cpp has more than 1048576 bytes"});
}

TEST_CASE("submission: mechanisms that a source includes come with it", "[grading][submission]") {
  const Folder folder;
  put(folder, usual + "dot.cpp",
      "#include \"attn/mechanisms/dot.hpp\"\n"
      "  #  include\t\"attn/mechanisms/scale.hpp\"\n"
      "#include \"attn/mechanisms/inputs.hpp\"\n");
  put(folder, usual + "scale.cpp", "#include \"attn/mechanisms/pooling.hpp\"\n");
  put(folder, usual + "pooling.cpp", "#include \"attn/mechanisms/dot.hpp\"\n");
  put(folder, usual + "inputs.cpp", "no exercise");
  const Taken taken = take(folder);
  CHECK(taken.problems.empty());
  REQUIRE(taken.sources.size() == 3);
  CHECK(taken.sources.contains("scale"));
  CHECK(taken.sources.contains("pooling"));
}

TEST_CASE("submission: what is included and not handed in is no problem", "[grading][submission]") {
  const Folder folder;
  put(folder, "dot.cpp", "#include \"attn/mechanisms/scale.hpp\"\n");
  const Taken taken = take(folder);
  CHECK(taken.sources.size() == 1);
  CHECK(taken.problems.empty());
}

TEST_CASE("submission: a hostile include does no harm", "[grading][submission]") {
  const Folder folder;
  const std::string long_name(900000, 'a');
  put(folder, "dot.cpp", "#include \"attn/mechanisms/" + long_name + ".hpp\"\n");
  CHECK(take(folder).sources.size() == 1);
  put(folder, "dot.cpp", "#" + std::string(900000, ' ') + "include \"attn/mechanisms/");
  CHECK(take(folder).sources.size() == 1);
  put(folder, "dot.cpp", std::string(1000000, '#'));
  CHECK(take(folder).sources.size() == 1);
  put(folder, "dot.cpp", "#include \"attn/mechanisms/../../../etc/scale.hpp\"\n");
  CHECK(take(folder).sources.size() == 1);
}

TEST_CASE("submission: plain files are copied, and nothing else", "[grading][submission]") {
  const Folder from;
  const Folder to;
  put(from, "run.py", "print()");
  put(from, "deep/er/data.txt", "1 2 3");
  put(from, "large", std::string(largest_submitted_file + 1, 'x'));
  fs::create_symlink("/etc/passwd", from.path() / "link");
  fs::create_directory_symlink("/etc", from.path() / "folder");
  REQUIRE(mkfifo((from.path() / "pipe").c_str(), 0600) == 0);
  CHECK(copy_plain_files(from.path(), to.path()) == Problems{"large has more than 1048576 bytes"});
  CHECK(attn::test::read_file(to.path() / "run.py") == "print()");
  CHECK(attn::test::read_file(to.path() / "deep/er/data.txt") == "1 2 3");
  for (const char* name : {"large", "link", "folder", "pipe"}) {
    CHECK_FALSE(fs::exists(fs::symlink_status(to.path() / name)));
  }
}
