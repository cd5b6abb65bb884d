/// A folder of submissions that is out of the ordinary, and honest: through the program itself.
#include "tests/grading/hostile/course.hpp"
#include "tests/grading/inbox/zip.hpp"

using attn::test::Course;
using attn::test::read_file;
using attn::test::reference;

namespace fs = std::filesystem;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

const std::string usual = "lib/attn/mechanisms/";

}  // namespace

TEST_CASE("inbox: what platforms hand over is graded, and the rest is named",
          "[grading][hostile][inbox]") {
  Course course;
  course.add_honest();
  course.add("ada/ada/student", reference("scale"), reference("scaled_dot"));
  course.write("bob", "scale-1.cpp", reference("scale"));
  course.write("bob", "late_12345_67890_scaled_dot.cpp", reference("scaled_dot"));
  course.write("carol", "scale_final.cpp", reference("scale"));
  course.write("carol", "scaled_dto.cpp", reference("scaled_dot"));
  const std::string packed =
      attn::test::zip({{"student/" + usual + "scale.cpp", reference("scale")},
                       {"student/" + usual + "scaled_dot.cpp", reference("scaled_dot")}});
  course.write(".", "Müller, Jörg.zip", packed);
  course.write("dora", "my work.zip", packed);
  course.write(".", "evee_77_88_scale.cpp", reference("scale"));
  course.write(".", "evee_77_89_scaled_dot.cpp", reference("scaled_dot"));
  for (const char* file : {"README.txt", "frank.cpp", ".DS_Store", "Thumbs.db"}) {
    course.write(".", file, "");
  }
  fs::create_directories(course.results() / "records");
  std::ofstream(course.results() / "records/gone.json") << "old";
  course.grade({});
  course.check_honest();
  for (const char* name : {"ada", "bob", "Müller, Jörg", "dora", "evee_77"}) {
    CAPTURE(name, course.result(name).problem);
    CHECK(course.result(name).points == 20);
    CHECK(course.result(name).problem.empty());
  }
  CHECK(course.result("carol").points == 0);
  CHECK(has(course.result("carol").problem,
            "there is no scale.cpp; scale_final.cpp looks like it; there is no scaled_dot.cpp; "
            "scaled_dto.cpp looks like it"));
  CHECK(has(course.result("blank").problem, "it has no files"));
  // The student reads it as well.
  CHECK(has(read_file(course.results() / "gradescope/carol.json"), "scaled_dto.cpp looks like it"));
  CHECK(has(read_file(course.results() / "github/carol.json"), "scaled_dto.cpp looks like it"));
  CHECK(has(read_file(course.results() / "gradescope/bob.json"),
            "scale.cpp is taken from scale-1.cpp"));
  const std::string table = read_file(course.results() / "table.txt");
  CHECK(has(table, "scaled_dot.cpp is taken from late_12345_67890_scaled_dot.cpp"));
  CHECK(has(read_file(course.results() / "results.csv"), ",\"Müller, Jörg\",20,20,"));
  for (const char* told : {"README.txt is not graded", "frank.cpp is not graded",
                           "no submission gone any more", "answers.txt is not used"}) {
    CAPTURE(told);
    CHECK(has(course.ran.err, told));
  }
  CHECK_FALSE(has(course.ran.err, "DS_Store"));
  CHECK(read_file(course.results() / "withdrawn/records/gone.json") == "old");
}
