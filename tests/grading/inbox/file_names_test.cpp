/// Names that platforms, browsers and systems make of the names of files.
#include "attn/grading/inbox/file_names.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

using namespace attn::grading;

namespace {

Likeness like(const std::string& file) { return name_likeness(file, "scaled_dot"); }

}  // namespace

TEST_CASE("file_names: what each platform makes of a name is explained", "[grading][file_names]") {
  for (const char* file : {"scaled_dot-1.cpp",
                           "scaled_dot (1).cpp",
                           "scaled_dot(12).cpp",
                           "scaled_dot 2.cpp",
                           "late_12345_67890_scaled_dot.cpp",
                           "lovelaceada_12345_67890_scaled_dot.cpp",
                           "lovelaceada_LATE_12345_67890_scaled_dot-3.cpp",
                           "Ada Lovelace_12345_assignsubmission_file_scaled_dot.cpp",
                           "Exercise 1_alovelace_attempt_2026-11-30-17-37-51_scaled_dot.cpp",
                           "20261130173751_scaled_dot.cpp",
                           "12345_scaled_dot.cpp",
                           "SCALED_DOT.CPP",
                           "Scaled_Dot.cc",
                           "scaled_dot.cxx",
                           "scaled_dot.C",
                           "scaled_dot.c++",
                           "scaled_dot.cpp.txt",
                           "scaled_dot.cpp.cpp",
                           "scaled_dot.cpp.download",
                           "Copy of scaled_dot.cpp",
                           "Kopie von scaled_dot.cpp",
                           "scaled_dot - Copy.cpp",
                           "scaled_dot - Kopie (2).cpp",
                           "scaled_dot copy.cpp",
                           "scaled_dot copy 2.cpp",
                           "ScaledDot.cpp",
                           "scaled-dot.cpp",
                           "scaled dot.cpp",
                           "scaleddot.cpp",
                           " scaled_dot.cpp",
                           "scaled_dot\u00A0(1).cpp",
                           "scaled\u2010dot.cpp",
                           "ｓｃａｌｅｄ＿ｄｏｔ.cpp",
                           "\uFEFFscaled_dot.cpp",
                           "Copy of late_12345_67890_SCALED_DOT-1 (2).CPP.txt",
                           "Müller Jörg_77_scaled_dot.cpp"}) {
    CAPTURE(file);
    CHECK(like(file) == Likeness::decorated);
  }
  CHECK(like("scaled_dot.cpp") == Likeness::exact);
}

TEST_CASE("file_names: what a person changed is near, and not taken", "[grading][file_names]") {
  for (const char* file : {"scaled_dto.cpp", "scaled_dot_final.cpp", "my_scaled_dot.cpp",
                           "scaled_dot_v2.cpp", "scaled_dot_2.cpp", "old scaled_dot.cpp",
                           "scaled_dots.cpp", "scald_dot.cpp", "scaled_dot.hpp", "scaled_dot.c",
                           "scaled_dot", "v2_scaled_dot.cpp", "scaled_dot-final (1).cpp"}) {
    CAPTURE(file);
    CHECK(like(file) == Likeness::near);
  }
}

TEST_CASE("file_names: anything else is unlike", "[grading][file_names]") {
  for (const char* file : {"", ".", ".cpp", "-1.cpp", "(1).cpp", "Copy of .cpp", "scale.cpp",
                           "pooling.cpp", "scaled_dot.o", "scaled_dot.zip", "scaled_dot.py",
                           "README.md", "12345_.cpp", "_.cpp", "dot.cpp", "....cpp"}) {
    CAPTURE(file);
    CHECK(like(file) == Likeness::unlike);
  }
  CHECK(like(std::string(5000, '(')) == Likeness::unlike);
  CHECK(like(std::string(300, '_') + ".cpp") == Likeness::unlike);
  CHECK(like(std::string("\xFF\xFE\xE2\x80") + ".cpp") == Likeness::unlike);
}

TEST_CASE("file_names: whatever platforms add in turn is taken off again",
          "[grading][file_names]") {
  // A name as it goes from hand to hand: each adds what it adds.
  const std::vector<std::string> before{"",         "late_123_45_", "ada_9_",
                                        "Copy of ", "Kopie von ",   "20261130173751_"};
  const std::vector<std::string> after{"", "-1", " (2)", "(3)", " copy", " - Copy", " 4"};
  const std::vector<std::string> ends{".cpp", ".CPP", ".cc", ".cpp.txt"};
  for (const std::string mechanism : {"dot", "scaled_dot", "location_scores"}) {
    for (const std::string& first : before) {
      for (const std::string& second : before) {
        for (const std::string& inner : after) {
          for (const std::string& outer : after) {
            for (const std::string& end : ends) {
              // "Copy of" before a platform's prefix was put there last.
              if (second.find(" ") != std::string::npos && first.find("_") != std::string::npos) {
                continue;
              }
              const std::string file = first + second + mechanism + inner + outer + end;
              CAPTURE(file);
              CHECK(name_likeness(file, mechanism) >= Likeness::decorated);
              CHECK(name_likeness(file, "pooling") == Likeness::unlike);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("file_names: whose a file is stands in its name", "[grading][file_names]") {
  const auto whose = [](const char* file) {
    const auto of = student_in(file);
    return of ? of->student + " | " + of->file : "nobody";
  };
  CHECK(whose("ada_12345_scaled_dot.cpp") == "ada_12345 | scaled_dot.cpp");
  CHECK(whose("lovelaceada_12345_67890_scaled_dot-1.cpp") ==
        "lovelaceada_12345 | scaled_dot-1.cpp");
  CHECK(whose("lovelaceada_LATE_12345_67890_x.zip") == "lovelaceada_12345 | x.zip");
  CHECK(whose("de_la_cruz_12345_67890_a_b.cpp") == "de_la_cruz_12345 | a_b.cpp");
  CHECK(whose("Ada Lovelace_12345_assignsubmission_file_work.zip") ==
        "Ada Lovelace_12345 | work.zip");
  CHECK(whose("Exercise 1_alovelace_attempt_2026-11-30-17-37-51_scaled_dot.cpp") ==
        "alovelace | scaled_dot.cpp");
  for (const char* file : {"ada.cpp", "scaled_dot.cpp", "scaled_dot_1.cpp", "README.txt",
                           "_12345_x.cpp", "ada_12345_", "ada_12345", "a_attempt_b", "x_1_2"}) {
    CAPTURE(file);
    CHECK(whose(file) == "nobody");
  }
}

TEST_CASE("file_names: names that some system takes for the same fold to the same",
          "[grading][file_names]") {
  CHECK(folded("Müller") == "muller");
  CHECK(folded("MU\u0308LLER") == "muller");
  CHECK(folded("Łukasz Żółć") == "lukasz zolc");
  CHECK(folded("ΑΔΑ") == folded("αδα"));
  CHECK(folded("АДА") == folded("ада"));
  CHECK(folded("ada") != folded("adam"));
  CHECK_FALSE(folded("\xFF\xFE").empty());
}

TEST_CASE("file_names: archives are known by their end", "[grading][file_names]") {
  CHECK(is_archive_name("ada.zip"));
  CHECK(is_archive_name("Ada.TAR.GZ"));
  CHECK_FALSE(is_archive_name(".zip"));
  CHECK_FALSE(is_archive_name("zip"));
  CHECK_FALSE(is_archive_name("ada.gz.cpp"));
  CHECK(without_archive_end("Ada.B.TAR.GZ") == "Ada.B");
  CHECK(base_name("a\\b/c\\d.cpp") == "d.cpp");
}
