/// Numbers that are chosen so that what comes after them would be right by itself, if it started
/// from them.
#include "tests/grading/hostile/course.hpp"

using attn::test::Course;
using attn::test::Graded;
using attn::test::reference;
using attn::test::replaced;

namespace {

/// The reference with other scores, and without the step that scales them.
std::string unscaled(const std::string& scores) {
  return replaced(replaced(reference("scaled_dot"), "f.scores = matmul_nt(queries, keys);",
                           "f.scores = matmul_nt(queries, keys); " + scores),
                  "f.scaled = scale * f.scores;", "f.scaled = f.scores;");
}

}  // namespace

TEST_CASE("hostile: nobody gains by wrong numbers that make the rest easy", "[grading][hostile]") {
  Course course;
  course.add_honest();
  const std::string scale = reference("scale");
  course.add("tiny", scale, unscaled("f.scores *= 1e-12;"));
  course.add("zero", scale, unscaled("f.scores *= 0.0;"));
  course.add("endless", scale, unscaled("for (double& s : f.scores) s = s > 0 ? 1.0 / 0.0 : 0.0;"));
  course.add("huge", scale,
             replaced(unscaled("f.scores *= 1e12;"), "f.weights = softmax(f.masked);",
                      "f.weights = f.masked; for (std::size_t i = 0; i < rows(f.masked); ++i) {"
                      " std::size_t best = 0; for (std::size_t j = 0; j < cols(f.masked); ++j)"
                      "  if (f.masked(i, j) > f.masked(i, best)) best = j;"
                      " for (std::size_t j = 0; j < cols(f.masked); ++j)"
                      "  f.weights(i, j) = j == best; }"));
  course.add("not-a-number", scale,
             replaced(reference("scaled_dot"), "f.scores = matmul_nt(queries, keys);",
                      "f.scores = matmul_nt(queries, keys) * std::nan(\"\");"));
  // Easy where nothing is scaled; everywhere else it spoils the scores instead.
  course.add("spoils", scale,
             unscaled("if (scale != 1.0) f.scores = zeros(rows(queries) + 1, rows(keys));"));
  course.grade({});
  course.check_honest();
  for (const char* name : {"tiny", "zero", "endless", "huge", "spoils"}) {
    const Graded graded = course.result(name);
    CAPTURE(name, graded.said);
    CHECK(graded.verdicts.at("scaled_dot.scores") == "wrong");
    CHECK(graded.verdicts.at("scaled_dot.scaled") != "done");
    CHECK(graded.points <= 17);
  }
  CHECK(course.result("huge").verdicts.at("scaled_dot.weights") != "done");
  // Whose other steps are right has them, whatever this one gave.
  const Graded nan = course.result("not-a-number");
  CHECK(nan.verdicts.at("scaled_dot.scores") == "wrong");
  CHECK(nan.points == 18);
}
