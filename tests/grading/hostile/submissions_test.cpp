/// Submissions that are odd before anything runs: as folders, and for the compiler.
#include <sys/stat.h>

#include "tests/grading/hostile/course.hpp"

using attn::test::Course;
using attn::test::each_sandbox;
using attn::test::Graded;
using attn::test::reference;
using attn::test::replaced;

namespace fs = std::filesystem;

namespace {

const std::string usual = "lib/attn/mechanisms/";

/// A source that the blank of scale.cpp cannot be told from but for `text`, which stands first.
std::string with(const std::string& text) {
  return text +
         "\n#include <cmath>\n#include \"attn/mechanisms/scale.hpp\"\n"
         "namespace attn::scale { double sqrt_dk(std::size_t dk) { return 2.0 / std::sqrt(dk); } "
         "}\n";
}

void expect_nothing_for(const Course& course, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const Graded graded = course.result(name);
    CAPTURE(name, graded.problem);
    CHECK(graded.points == 0);
    CHECK_FALSE(graded.problem.empty());
  }
}

}  // namespace

TEST_CASE("hostile: what is no plain source is not read", "[grading][hostile]") {
  Course course;
  course.add_honest();
  const fs::path all = course.submissions();
  const std::string mechanisms = std::string(ATTN_SOURCE_DIR) + "/lib/attn/mechanisms";
  const std::vector<std::string> names{"link",     "link-to-good", "linked-folder", "linked",
                                       "dangling", "circle",       "pipe",          "folder",
                                       "large",    "elsewhere"};
  for (const char* name : {"link", "link-to-good", "pipe", "folder", "large", "many", "deep"}) {
    fs::create_directories(all / name / usual);
  }
  for (const char* mechanism : {"scale.cpp", "scaled_dot.cpp"}) {
    fs::create_symlink(mechanisms + "/" + mechanism, all / "link" / usual / mechanism);
    fs::create_symlink(all / "good" / usual / mechanism, all / "link-to-good" / usual / mechanism);
    ::mkfifo((all / "pipe" / usual / mechanism).c_str(), 0666);
    fs::create_directory(all / "folder" / usual / mechanism);
    course.write("large", usual + mechanism,
                 reference(std::string(mechanism).substr(0, std::string(mechanism).size() - 4)));
    fs::resize_file(all / "large" / usual / mechanism, 100 << 20);
  }
  fs::create_directories(all / "linked-folder/lib/attn");
  fs::create_symlink(mechanisms, all / "linked-folder" / "lib/attn/mechanisms");
  fs::create_symlink(all / "good", all / "linked");
  fs::create_symlink("nowhere", all / "dangling");
  fs::create_symlink("circle", all / "circle");
  fs::create_directory(all / "elsewhere");
  fs::create_symlink(all / "good/lib", all / "elsewhere/lib");
  // A good one among very much else.
  for (int n = 0; n < 50000; ++n) std::ofstream(all / "many" / std::to_string(n));
  course.add("many", reference("scale"), reference("scaled_dot"));
  std::string path = "deep";
  for (int n = 0; n < 500; ++n) path += "/d";
  fs::create_directories(all / path);
  course.add("deep", reference("scale"), reference("scaled_dot"));
  std::ofstream(all / "README.txt") << "no submission\n";
  fs::create_directory(all / ".git");
  course.grade({});
  course.check_honest();
  expect_nothing_for(course, names);
  for (const char* name : {"many", "deep"}) CHECK(course.result(name).points == 20);
  CHECK_FALSE(fs::exists(course.results() / "records/.git.json"));
}

TEST_CASE("hostile: submissions may be called anything", "[grading][hostile]") {
  Course course;
  course.add_honest();
  std::vector<std::string> names{"with space",  "quote'\"",
                                 "new\nline",   "-rf",
                                 "--out",       "..x",
                                 "...",         "%s%n",
                                 "$(exit)",     "not\xff utf8",
                                 "\033[31mred", "=1+1",
                                 "records",     std::string(255, 'l')};
  for (const std::string& name : names) course.write(name, "scale.cpp", reference("scale"));
  for (int round = 0; round < 2; ++round) {  // the second time from the records
    course.grade({});
    course.check_honest();
    std::size_t long_ones = 0;
    for (const fs::directory_entry& record : fs::directory_iterator(course.results() / "records")) {
      if (record.path().filename().string().starts_with("llll")) ++long_ones;
    }
    CHECK(long_ones == 1);
    names.pop_back();
    for (const std::string& name : names) CHECK(course.result(name).points == 1);
    names.push_back("");
  }
  CHECK(course.ran.err.find("17 of 17 were graded before") != std::string::npos);
}

TEST_CASE("hostile: a compiler gives nothing away and comes to an end", "[grading][hostile]") {
  const std::string sandbox = each_sandbox();
  Course course;
  course.add_honest();
  const std::string mechanisms = std::string(ATTN_SOURCE_DIR) + "/lib/attn/mechanisms/";
  const std::string secret = course.path().string() + "/secret";
  const std::map<std::string, std::string> sources{
      {"includes", "#include \"" + mechanisms + "scale.cpp\"\n"},
      {"includes-relative", "#include \"attn/mechanisms/scale.cpp\"\n"},
      {"includes-upwards", "#include \"../../../../../../.." + mechanisms + "scale.cpp\"\n"},
      {"includes-other", "#include \"" + course.path().string() +
                             "/submissions/good/lib/attn/mechanisms/scale.cpp\"\n"},
      {"includes-secret", "#include \"" + secret + "\"\n"},
      {"embeds", with("asm(\".incbin \\\"" + secret + "\\\"\");")},
      {"embeds-case", with("asm(\".incbin \\\"" + course.path().string() +
                           "/cases/scaled-dot-product-01.yaml\\\"\");")},
      {"embeds-key", with("asm(\".incbin \\\"" ATTN_PROGRAM "\\\"\");")},
      {"endless-source", "#include \"/dev/zero\"\n"},
      {"recursion",
       with(
           "template <int n> struct R { using A = typename R<2 * n>::A; using B = typename R<2 * n "
           "+ 1>::B; }; R<1>::A x;")},
      {"constant",
       with("constexpr unsigned f(unsigned n) { unsigned s = 0; for (unsigned i = 0; i < "
            "4000000000u; ++i) s += i * n; return s; } constexpr unsigned x = f(3);")},
      {"large-object", with("char x[1ull << 40] = {1};")},
      {"errors",
       [] {
         std::string text;
         for (int n = 0; n < 1000; ++n) text += "#error \033[31mline " + std::to_string(n) + "\n";
         return text;
       }()},
      {"binary", std::string("\0\1\2\xff\xfe", 5)},
      {"spaces", with("#" + std::string(500000, ' ') + "pragma once\n")},
      {"main", with("int main() { return 0; }")},
      {"prints-itself",
       with("#include <string>\nnamespace attn::cli { void print(const std::string&) "
            "{} }")},
      {"defines",
       "#define private public\n#define done(...) true\n#define main other\n"
       "#define namespace nothing\n" +
           with("")},
      {"empty", ""},
  };
  std::vector<std::string> names;
  for (const auto& [name, text] : sources) {
    course.write(name, "scale.cpp", text);
    names.push_back(name);
  }
  course.grade({"--sandbox", sandbox, "--seconds", "2", "--memory", "1024"});
  course.check_honest();
  for (const std::string& name : names) {
    const Graded graded = course.result(name);
    CAPTURE(name, graded.problem);
    CHECK(graded.points == 0);
    CHECK_FALSE(graded.problem.empty());
    CHECK(graded.problem.size() < 10000);
  }
}

TEST_CASE("hostile: who takes the calls out, and writes otherwise than ours, loses nothing by it",
          "[grading][hostile]") {
  // Where a step is not at its end when the next begins, no call can be put in.
  Course course;
  course.add_honest();
  course.add("tables-first", reference("scale"),
             replaced(replaced(reference("scaled_dot"), "f.scores = matmul_nt(queries, keys);",
                               "f.scores = zeros(rows(queries), rows(keys));"),
                      "f.scaled = scale * f.scores;",
                      "f.scaled = zeros(rows(queries), rows(keys));\n"
                      "  const Mat products = matmul_nt(queries, keys);\n"
                      "  for (std::size_t i = 0; i < rows(queries); ++i) {\n"
                      "    for (std::size_t j = 0; j < rows(keys); ++j) {\n"
                      "      f.scores(i, j) = products(i, j);\n"
                      "      f.scaled(i, j) = scale * products(i, j);\n"
                      "    }\n"
                      "  }\n"));
  course.grade({});
  course.check_honest();
  CHECK(course.result("tables-first").points == 20);
}
