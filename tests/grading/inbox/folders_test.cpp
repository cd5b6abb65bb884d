/// The folders of submissions, of cases and of old results, as people leave them.
#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <set>

#include "attn/grading/inbox/case_files.hpp"
#include "attn/grading/inbox/submissions.hpp"
#include "attn/grading/inbox/withdrawn.hpp"
#include "attn/io/fault.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using attn::test::Folder;

namespace {

namespace fs = std::filesystem;
using Names = std::vector<std::string>;

void put(const Folder& folder, const std::string& path, const std::string& text = "") {
  fs::create_directories((folder.path() / path).parent_path());
  folder.file(path, text);
}

Names names_of(const Inbox& inbox) {
  Names names;
  for (const Submission& submission : inbox.submissions) names.push_back(submission.name);
  return names;
}

template <class Act>
std::string refusal(Act&& act) {
  try {
    act();
  } catch (const attn::io::InputError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("submissions_in: folders and archives are submissions, and the rest is told",
          "[grading][inbox]") {
  const Folder folder;
  put(folder, "ada/dot.cpp");
  put(folder, "bob.zip");
  put(folder, "carol.tar.gz");
  fs::create_directory(folder.path() / "dora");
  fs::create_symlink("nowhere", folder.path() / "eve");
  for (const char* file : {"README.txt", "frank.cpp", ".DS_Store", "Thumbs.db", "._ada",
                           ".git/config", "__MACOSX/x"}) {
    put(folder, file);
  }
  const Inbox inbox = submissions_in(folder.path().string());
  CHECK(names_of(inbox) == Names{"ada", "bob", "carol", "dora", "eve"});
  REQUIRE(inbox.told.size() == 3);
  CHECK(inbox.told[0] == ".git is hidden, and not graded");
  CHECK(inbox.told[1].starts_with("README.txt is not graded: a loose file "));
  CHECK(inbox.told[2].starts_with("frank.cpp is not graded: a loose file "));
}

TEST_CASE("submissions_in: loose files belong together by student", "[grading][inbox]") {
  const Folder folder;
  put(folder, "lovelaceada_12345_67890_dot.cpp", "1");
  put(folder, "lovelaceada_12345_67891_scale-1.cpp", "2");
  put(folder, "lovelaceada_99999_67892_dot.cpp", "a namesake");
  put(folder, "bobb_LATE_222_333_work.zip");
  const Inbox inbox = submissions_in(folder.path().string());
  CHECK(names_of(inbox) == Names{"bobb_222", "lovelaceada_12345", "lovelaceada_99999"});
  CHECK(inbox.told.empty());
  CHECK(inbox.submissions[0].loose.empty());
  CHECK(inbox.submissions[0].path.ends_with("work.zip"));
  const Taken taken = take_sources(inbox.submissions[1], {"dot", "scale"}, {}, best_guard());
  CHECK(taken.sources == Sources{{"dot", "1"}, {"scale", "2"}});
  CHECK(taken.notes == Names{"scale.cpp is taken from scale-1.cpp"});
  put(folder, "lovelaceada_12345_77777_dot.cpp", "3");
  const Inbox twice = submissions_in(folder.path().string());
  CHECK(take_sources(twice.submissions[1], {"dot"}, {}, best_guard()).problems ==
        Names{"there are 2 files that could be dot.cpp: lovelaceada_12345_67890_dot.cpp and "
              "lovelaceada_12345_77777_dot.cpp; expected one"});
}

TEST_CASE("submissions_in: no two submissions have one name", "[grading][inbox]") {
  const Folder folder;
  put(folder, "ada/dot.cpp");
  put(folder, "ada.zip");
  put(folder, "ada.tar.gz");
  put(folder, "ada.zip.zip");
  put(folder, "bob_12/dot.cpp");
  put(folder, "bob_12_dot.cpp");
  const Names names = names_of(submissions_in(folder.path().string()));
  CHECK(names.size() == 6);
  CHECK(std::set<std::string>(names.begin(), names.end()).size() == 6);
  CHECK(names[0] == "ada");
}

TEST_CASE("submissions_in: a folder without submissions is refused with a reason",
          "[grading][inbox]") {
  const Folder folder;
  CHECK(refusal([&] { submissions_in(folder.path() / "none"); }).find("cannot be read") !=
        std::string::npos);
  put(folder, "ada.cpp");
  const std::string said = refusal([&] { submissions_in(folder.path().string()); });
  CHECK(said.find("has no submissions") != std::string::npos);
  CHECK(said.find("ada.cpp is not graded") != std::string::npos);
}

TEST_CASE("submissions_in: of many loose files ten are named", "[grading][inbox]") {
  const Folder folder;
  put(folder, "ada/dot.cpp");
  for (int n = 0; n < 200; ++n) put(folder, "student" + std::to_string(n) + ".cpp");
  const Inbox inbox = submissions_in(folder.path().string());
  CHECK(inbox.told.size() == 11);
  CHECK(inbox.told.back() == "and 190 more loose files are not graded");
}

TEST_CASE("submissions: files of results never collide, whatever the names", "[grading][inbox]") {
  Names names{"ada",
              "Ada",
              "ADA",
              "bob",
              "Müller",
              "Mu\u0308ller",
              "MÜLLER",
              "muller",
              "a b",
              "new\nline",
              "=1+1",
              std::string(255, 'l'),
              std::string(254, 'l') + "m",
              std::string(201, 'x')};
  std::string long_umlauts;
  for (int n = 0; n < 120; ++n) long_umlauts += "ü";
  names.push_back("a" + long_umlauts);
  const Names files = file_names_of(names);
  REQUIRE(files.size() == names.size());
  std::set<std::string> folds;
  for (const std::string& file : files) {
    CHECK(file.size() <= 230);
    CHECK(folds.insert(file).second);
  }
  CHECK(files[0] != "ada");
  CHECK(files[3] == "bob");
  CHECK(files[8] == "a b");
  CHECK(file_names_of({"ada"}) == Names{"ada"});
}

TEST_CASE("case_files_in: configs are cases, and the rest is told", "[grading][inbox][cases]") {
  const Folder folder;
  for (const char* file : {"b.yaml", "a.yml", "b.yml", ".x.yaml", "._a.yaml", "answers.txt",
                           "c.json", "d.yaml/e.yaml"}) {
    put(folder, file, "chapter: scoring\n");
  }
  const CaseFiles cases = case_files_in(folder.path().string());
  Names names;
  for (const CaseFile& file : cases.files) names.push_back(file.name);
  CHECK(names == Names{"a", "b", "b.yml"});
  CHECK(cases.told == Names{"._a.yaml is hidden, and not used as a case",
                            ".x.yaml is hidden, and not used as a case",
                            "answers.txt is not used: a case is called NAME.yaml",
                            "c.json is not used: a case is called NAME.yaml",
                            "d.yaml is no file, and not used as a case"});
}

TEST_CASE("case_files_in: answers in a case are found wherever YAML allows them",
          "[grading][inbox][cases]") {
  for (const char* text :
       {"chapter: x\nexpect:\n  scores: 1\n", "{chapter: x, expect: {}}", "? expect\n: 1\n",
        "\"expect\": {}\n", "'expect' : 1\n", "{chapter: x,\n  \"expect\" : {}}\n",
        "chapter: x\n\"\\x65xpect\": 1\n", "--- # a comment\nchapter: x\nexpect : 1\n"}) {
    const Folder folder;
    put(folder, "a.yaml", text);
    CAPTURE(text);
    CHECK(refusal([&] { case_files_in(folder.path().string()); }).find("found `expect:`") !=
          std::string::npos);
  }
  for (const char* text : {"chapter: x\ntitle: |\n  first\n  expect:\n",
                           "chapter: x\n# expect: 1\n", "chapter: x\ntitle: expect\n",
                           "chapter: x\ninputs:\n  expect: 1\n", "title: \"a\n\n  expect: b\"\n"}) {
    const Folder folder;
    put(folder, "a.yaml", text);
    CAPTURE(text);
    CHECK(refusal([&] { case_files_in(folder.path().string()); }) == "accepted");
  }
}

TEST_CASE("case_files_in: a folder without cases says what is there", "[grading][inbox][cases]") {
  const Folder folder;
  CHECK(refusal([&] { case_files_in((folder.path() / "none").string()); }).find("cannot be read") !=
        std::string::npos);
  put(folder, "answers.txt");
  const std::string said = refusal([&] { case_files_in(folder.path().string()); });
  CHECK(said.find("has no cases") != std::string::npos);
  CHECK(said.find("answers.txt is not used") != std::string::npos);
}

TEST_CASE("withdrawn: old results are moved away and kept", "[grading][inbox]") {
  const Folder results;
  for (const char* kind : {"records/", "gradescope/", "github/"}) {
    for (const char* name : {"anna.json", "bob.json", "readme.txt"}) {
      put(results, kind + std::string(name), "first");
    }
  }
  CHECK(move_withdrawn(results.path().string(), {"bob", "new"}) == Names{"anna"});
  CHECK(move_withdrawn(results.path().string(), {"bob", "new"}).empty());
  CHECK(fs::exists(results.path() / "records/bob.json"));
  CHECK(fs::exists(results.path() / "records/readme.txt"));
  put(results, "students/anna.txt", "page");
  put(results, "students/bob.txt", "page");
  CHECK(move_withdrawn(results.path().string(), {"bob", "new"}) == Names{"anna"});
  CHECK(fs::exists(results.path() / "withdrawn/students/anna.txt"));
  CHECK(fs::exists(results.path() / "students/bob.txt"));
  for (const char* kind : {"records", "gradescope", "github"}) {
    CHECK_FALSE(fs::exists(results.path() / kind / "anna.json"));
    CHECK(attn::test::read_file(results.path() / "withdrawn" / kind / "anna.json") == "first");
  }
  put(results, "records/anna.json", "second");  // came back, and went again
  CHECK(move_withdrawn(results.path().string(), {"bob"}) == Names{"anna"});
  CHECK(attn::test::read_file(results.path() / "withdrawn/records/anna.json") == "first");
  CHECK(attn::test::read_file(results.path() / "withdrawn/records/anna.2.json") == "second");
  const Folder fresh;
  CHECK(move_withdrawn(fresh.path().string(), {"bob"}).empty());
}
