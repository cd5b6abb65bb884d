/// What is taken of a submission, and what is left where it lies.
#include "attn/grading/submission.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>

#include "tests/grading/inbox/zip.hpp"
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
  return take_sources(folder.path().string(), wanted, known, best_guard());
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
  CHECK(taken.notes == Problems{"for dot.cpp old/dot.cpp is not used"});
  put(folder, "old/dot.cpp", "usual");
  CHECK(take(folder).notes.empty());
}

TEST_CASE("submission: elsewhere a source is taken if there is just one", "[grading][submission]") {
  const Folder folder;
  put(folder, "my work/dot.cpp", "mine");
  CHECK(take(folder).sources == Sources{{"dot", "mine"}});
  CHECK(take(folder).notes.empty());
  put(folder, "copy/dot.cpp", "other");
  CHECK(take(folder).sources.empty());
  CHECK(take(folder).problems ==
        Problems{"there are 2 files that could be dot.cpp: copy/dot.cpp and “my work/dot.cpp”; "
                 "expected one"});
}

TEST_CASE("submission: of several that are alike to the byte one is taken",
          "[grading][submission]") {
  const Folder folder;
  put(folder, "a/dot.cpp", "mine");
  put(folder, "b/dot.cpp", "mine");
  CHECK(take(folder).sources == Sources{{"dot", "mine"}});
  CHECK(take(folder).notes.empty());
  const Folder other;
  put(other, "dot-1.cpp", "mine");
  put(other, "dot-2.cpp", "mine");
  CHECK(take(other).sources == Sources{{"dot", "mine"}});
  put(other, "dot-2.cpp", "newer");
  CHECK(take(other).problems ==
        Problems{"there are 2 files that could be dot.cpp: dot-1.cpp and dot-2.cpp; expected one"});
}

TEST_CASE("submission: a folder more does not matter, nor what systems leave",
          "[grading][submission]") {
  const Folder folder;
  put(folder, "ada/student/" + usual + "dot.cpp", "mine");
  put(folder, "ada/student/old/dot.cpp", "another");
  put(folder, "__MACOSX/ada/student/" + usual + "dot.cpp", "\5\26\7");
  put(folder, "ada/student/" + usual + "._dot.cpp", "\5\26\7");
  put(folder, "ada/.git/dot.cpp", "history");
  const Taken taken = take(folder);
  CHECK(taken.sources == Sources{{"dot", "mine"}});
  CHECK(taken.problems.empty());
  CHECK(taken.notes == Problems{"for dot.cpp ada/student/old/dot.cpp is not used",
                                "__MACOSX is left out", "ada/.git is left out"});
}

TEST_CASE("submission: a name that a platform made is taken, and said", "[grading][submission]") {
  for (const std::string file :
       {"dot-1.cpp", "dot (1).cpp", "late_12345_67890_dot.cpp", "DOT.CPP", "Dot.cc", "dot.C",
        "dot.cxx", "dot.cpp.txt", "Copy of dot.cpp", "ada_12345_dot-2.cpp"}) {
    const Folder folder;
    put(folder, file, "mine");
    CAPTURE(file);
    const Taken taken = take(folder);
    CHECK(taken.sources == Sources{{"dot", "mine"}});
    CHECK(taken.problems.empty());
    const bool plain = file.find_first_of(" (") == std::string::npos;
    CHECK(taken.notes == Problems{"dot.cpp is taken from " + (plain ? file : "“" + file + "”")});
  }
}

TEST_CASE("submission: an exact name goes before a platform's", "[grading][submission]") {
  const Folder folder;
  put(folder, "dot.cpp", "exact");
  put(folder, "dot-1.cpp", "decorated");
  CHECK(take(folder).sources == Sources{{"dot", "exact"}});
  CHECK(take(folder).notes == Problems{"for dot.cpp dot-1.cpp is not used"});
}

TEST_CASE("submission: what is not there is a problem, and what is near is named",
          "[grading][submission]") {
  const Folder folder;
  put(folder, "dot_final.cpp", "");
  put(folder, "scael.cpp", "");
  put(folder, usual + "scale.hpp", "");
  put(folder, usual + "rot.cpp", "");
  put(folder, usual + "rot.hpp", "");
  const Taken taken = take(folder, {"dot", "scale", "pooling"});
  CHECK(taken.sources.empty());
  CHECK(taken.problems == Problems{"there is no dot.cpp; dot_final.cpp looks like it",
                                   "there is no scale.cpp; scael.cpp looks like it",
                                   "there is no pooling.cpp"});
  const Folder empty;
  CHECK(take(empty, {"dot", "scale"}).problems == Problems{"it has no files"});
  const Folder slips;
  put(slips, "my_dot.cpp", "");
  put(slips, "dot v2.cpp", "");
  CHECK(take(slips).problems ==
        Problems{"there is no dot.cpp; “dot v2.cpp” and my_dot.cpp look like it"});
}

TEST_CASE("submission: thousands of files that could be meant take no time",
          "[grading][submission]") {
  const Folder folder;
  for (int n = 0; n < 5000; ++n) folder.file("dot (" + std::to_string(n) + ").cpp", "");
  for (int n = 0; n < 5000; ++n) folder.file("scale_" + std::to_string(n) + ".cpp", "");
  std::vector<std::string> wanted{"dot", "scale"};
  for (int n = 0; n < 60; ++n) wanted.push_back("mechanism" + std::to_string(n));
  const auto start = std::chrono::steady_clock::now();
  const Taken taken = take(folder, wanted);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  REQUIRE(taken.problems.size() == 62);
  CHECK(taken.problems[0].starts_with("there are 5000 files that could be dot.cpp: "));
  CHECK(taken.problems[1].starts_with("there is no scale.cpp; scale_0.cpp, scale_1.cpp, "));
}

TEST_CASE("submission: another mechanism is never near", "[grading][submission]") {
  const Folder folder;
  put(folder, "scale.cpp", "");
  const Taken taken = take_sources(folder.path().string(), {"scales"},
                                   {{"scale", ""}, {"scales", ""}}, best_guard());
  CHECK(taken.problems == Problems{"there is no scales.cpp"});
}

TEST_CASE("submission: a chapter of the same name is no source", "[grading][submission]") {
  const Folder folder;
  put(folder, "chapters/dot.cpp", "a chapter");
  put(folder, "student/chapters/parts/dot.cpp", "a part of one");
  CHECK(take(folder).problems == Problems{"there is no dot.cpp"});
  put(folder, "student/" + usual + "dot.cpp", "mine");
  CHECK(take(folder).sources == Sources{{"dot", "mine"}});
  CHECK(take(folder).notes.empty());
}

TEST_CASE("submission: only what is asked for is taken", "[grading][submission]") {
  const Folder folder;
  put(folder, usual + "dot.cpp", "#include \"attn/mechanisms/scale.hpp\"\n");
  put(folder, usual + "scale.cpp", "mine as well");
  CHECK(take(folder).sources.size() == 1);
}

TEST_CASE("submission: a zip is opened, as the submission and in it",
          "[grading][submission][zip]") {
  const std::string packed = attn::test::zip({{"student/" + usual + "dot.cpp", "mine"},
                                              {"student/README.md", "read me"},
                                              {"__MACOSX/student/._dot.cpp", "\5"}});
  const Folder folder;
  folder.file("ada.zip", packed);
  const Submission ada((folder.path() / "ada.zip").string());
  CHECK(ada.name == "ada");
  for (const Guard guard : {best_guard(), Guard::kernel}) {
    const Taken taken = take_sources(ada, {"dot"}, known, guard);
    CHECK(taken.sources == Sources{{"dot", "mine"}});
    CHECK(taken.problems.empty());
    CHECK(taken.notes == Problems{"__MACOSX is left out"});
  }
  const Folder around;
  put(around, "sub/work.zip", packed);
  put(around, "scale.cpp", "beside it");
  Taken taken = take(around, {"dot", "scale"});
  CHECK(taken.sources == Sources{{"dot", "mine"}, {"scale", "beside it"}});
  CHECK(taken.problems.empty());
  // What is there already needs no archive, and of two nobody knows which.
  CHECK(take(around, {"scale"}).notes.empty());
  put(around, "other.zip", packed);
  taken = take(around, {"dot"});
  CHECK(taken.sources.empty());
  CHECK(taken.problems ==
        Problems{"there is no dot.cpp; other.zip and sub/work.zip were not opened, expected one "
                 "archive"});
}

TEST_CASE("submission: a tar.gz is opened as well", "[grading][submission][zip]") {
  const Folder folder;
  put(folder, "in/" + usual + "dot.cpp", "mine");
  REQUIRE(attn::test::shell("tar -czf ada.tar.gz in && rm -r in", folder.path()).status == 0);
  const Taken taken =
      take_sources((folder.path() / "ada.tar.gz").string(), {"dot"}, known, best_guard());
  CHECK(taken.sources == Sources{{"dot", "mine"}});
}

TEST_CASE("submission: a hostile zip gives nothing and writes nowhere",
          "[grading][submission][zip]") {
  const Folder place;
  put(place, "secret/dot.cpp", "secret");
  const std::string secret = (place.path() / "secret").string();
  const std::string out = (place.path() / "out").string();
  fs::create_directory(out);
  const auto taken = [&](const std::vector<attn::test::ZipEntry>& entries) {
    put(place, "x.zip", attn::test::zip(entries));
    const Taken all = take_sources((place.path() / "x.zip").string(), {"dot"}, known, best_guard());
    CAPTURE(all.problems, all.notes);
    if (!all.sources.empty()) CHECK(all.sources.at("dot") != "secret");
    CHECK(fs::is_empty(out));
    CHECK(attn::test::read_file(secret + "/dot.cpp") == "secret");
    return all;
  };
  CHECK(taken({{"../../../../../../.." + out + "/dot.cpp", "out"}}).sources.empty());
  // An absolute path counts from where it is unpacked.
  CHECK(taken({{out + "/dot.cpp", "mine"}}).sources == Sources{{"dot", "mine"}});
  CHECK(taken({{"dot.cpp", secret + "/dot.cpp", 0120777}}).sources.empty());
  CHECK(taken({{"deep", secret, 0120777}, {"deep/dot.cpp", "through"}}).sources.empty());
  CHECK(taken({{"deep", out, 0120777}, {"deep/x/dot.cpp", "through"}}).sources.empty());
  CHECK(taken({{"dot.cpp", "mine"}, {"../dot.cpp", "out"}}).sources.size() == 1);
  CHECK(taken({{"closed/", "", 0040000}, {"closed/dot.cpp", "mine", 0100000}}).sources.size() == 1);
  put(place, "x.zip", "PK\3\4 not a zip");
  CHECK(take(place).sources == Sources{{"dot", "secret"}});  // it is not even opened
  fs::remove_all(secret);
  const Taken damaged = take(place);
  REQUIRE(damaged.problems.size() == 2);
  CHECK(damaged.problems[0].starts_with(
      "x.zip could not be unpacked: it is damaged, or is no archive: “"));
  CHECK(damaged.problems[1] == "there is no dot.cpp");
}

TEST_CASE("submission: thousands of entries and a bomb come to an end",
          "[grading][submission][zip]") {
  const Folder place;
  std::vector<attn::test::ZipEntry> many;
  for (int n = 0; n < 30000; ++n)
    many.push_back({"d" + std::to_string(n % 100) + "/" + std::to_string(n), ""});
  put(place, "many.zip", attn::test::zip(many));
  CHECK(take(place).sources.empty());
  fs::remove(place.path() / "many.zip");
  REQUIRE(attn::test::shell("truncate -s 300M zeros && tar -czf bomb.tar.gz zeros && rm zeros",
                            place.path())
              .status == 0);
  const Taken taken = take(place);
  REQUIRE(taken.problems.size() == 1);
  REQUIRE(taken.notes.size() == 1);
  CHECK(taken.notes[0].starts_with("bomb.tar.gz could not be unpacked whole: "));
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
    CHECK(take(folder).problems == Problems{"it has no files"});
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
  CHECK(take(other).problems == Problems{"it has no files"});
}

TEST_CASE("submission: a source may have a mebibyte and no more", "[grading][submission]") {
  const Folder folder;
  put(folder, usual + "dot.cpp", std::string(largest_submitted_file, 'x'));
  CHECK(take(folder).sources.at("dot").size() == largest_submitted_file);
  put(folder, usual + "dot.cpp", std::string(largest_submitted_file + 1, 'x'));
  CHECK(take(folder).sources.empty());
  CHECK(take(folder).problems == Problems{usual + "dot.cpp has more than 1048576 bytes"});
}

TEST_CASE("submission: plain files are copied, and nothing else", "[grading][submission]") {
  const Folder from;
  const Folder to;
  put(from, "run.py", "print()");
  fs::permissions(from.path() / "run.py", fs::perms::owner_all);
  put(from, "deep/er/data.txt", "1 2 3");
  put(from, "large", std::string(3 << 20, 'x'));
  put(from, ".git/config", "");
  fs::create_symlink("/etc/passwd", from.path() / "link");
  fs::create_directory_symlink("/etc", from.path() / "folder");
  REQUIRE(mkfifo((from.path() / "pipe").c_str(), 0600) == 0);
  CHECK(copy_plain_files(from.path().string(), to.path(), best_guard()) ==
        Problems{".git is left out"});
  CHECK(attn::test::read_file(to.path() / "run.py") == "print()");
  CHECK((fs::status(to.path() / "run.py").permissions() & fs::perms::owner_exec) !=
        fs::perms::none);
  CHECK(attn::test::read_file(to.path() / "deep/er/data.txt") == "1 2 3");
  CHECK(fs::file_size(to.path() / "large") == 3 << 20);
  for (const char* name : {"link", "folder", "pipe", ".git"}) {
    CHECK_FALSE(fs::exists(fs::symlink_status(to.path() / name)));
  }
}

TEST_CASE("submission: what is too much to copy is named, and is never the code",
          "[grading][submission]") {
  const Folder from;
  const Folder to;
  put(from, "solve.py", "print()");
  put(from, "a.npy", "");
  fs::resize_file(from.path() / "a.npy", most_copied_bytes);  // a hole: it takes no place
  CHECK(copy_plain_files(from.path().string(), to.path(), best_guard()) ==
        Problems{"a.npy is left out: with it there are more than 256 MiB"});
  CHECK(attn::test::read_file(to.path() / "solve.py") == "print()");
  Hash before, after;
  add_plain_files(from.path().string(), before);
  put(from, "solve.py", "printf");
  add_plain_files(from.path().string(), after);
  CHECK(before.text() != after.text());
}

TEST_CASE("submission: a program comes in a zip, or in files that a platform named",
          "[grading][submission][zip]") {
  const Folder from;
  const Folder to;
  put(from, "work.zip", attn::test::zip({{"solve.py", "packed"}, {"deep/x", "1"}}));
  CHECK(copy_plain_files(from.path().string(), to.path(), best_guard()).empty());
  CHECK(attn::test::read_file(to.path() / "solve.py") == "packed");
  CHECK(attn::test::read_file(to.path() / "deep/x") == "1");
  const Folder other;
  put(from, "ada_12345_solve.py", "loose");
  const Submission ada("ada_12345", {{(from.path() / "ada_12345_solve.py").string(), "solve.py"}});
  CHECK(copy_plain_files(ada, other.path(), best_guard()).empty());
  CHECK(attn::test::read_file(other.path() / "solve.py") == "loose");
}

TEST_CASE("submission: the files of a command get the names that it has for them",
          "[grading][submission]") {
  const std::vector<std::string> command{"python3", "./solve.py", "{config}"};
  const auto copied = [&](const std::vector<std::string>& files) {
    const Folder from;
    const Folder to;
    for (const std::string& file : files) put(from, file, file);
    std::string said;
    for (const std::string& note :
         copy_plain_files(from.path().string(), to.path(), best_guard(), command)) {
      said += note + "\n";
    }
    const bool there = fs::exists(to.path() / "solve.py");
    return (there ? attn::test::read_file(to.path() / "solve.py") : "none") + " | " + said;
  };
  CHECK(copied({"solve.py"}) == "solve.py | ");
  CHECK(copied({"solve.py", "solve-1.py"}) == "solve.py | ");
  CHECK(copied({"ada/work/solve.py", "ada/work/x/data.txt"}) == "ada/work/solve.py | ");
  CHECK(copied({"ada/solve.py", "README"}) == "none | ");
  CHECK(copied({"solve-1.py"}) == "solve-1.py | solve.py is taken from solve-1.py\n");
  CHECK(copied({"ada/ada_12_34_SOLVE (1).PY", "ada/x"}) ==
        "ada/ada_12_34_SOLVE (1).PY | solve.py is taken from “ada_12_34_SOLVE (1).PY”\n");
  CHECK(copied({"solve-1.py", "solve-2.py"}) ==
        "none | there are 2 files that could be solve.py: expected one\n");
  CHECK(copied({"solve_final.py"}) == "none | ");
  CHECK(copied({}) == "none | ");
}

TEST_CASE("submission: what may not be read is not the fault of the submission",
          "[grading][submission]") {
  if (::geteuid() == 0) SKIP("root may read everything");
  const Folder folder;
  put(folder, "lib/dot.cpp", "mine");
  put(folder, "scale.cpp", "mine");
  fs::permissions(folder.path() / "lib", fs::perms::none);
  CHECK_THROWS(take(folder));
  CHECK(take(folder, {"scale"}).sources.size() == 1);
  fs::permissions(folder.path() / "lib", fs::perms::owner_all);
  fs::permissions(folder.path() / "lib/dot.cpp", fs::perms::none);
  CHECK_THROWS(take(folder));
}
