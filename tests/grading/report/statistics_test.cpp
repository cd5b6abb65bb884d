#include "attn/grading/report/statistics.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/grading/report/samples.hpp"

using namespace attn::grading;

TEST_CASE("statistics: a small class", "[grading][reports]") {
  const Statistics all = statistics_of(test::small_class());
  CHECK(all.submissions == 3);
  CHECK(all.problems == 1);
  CHECK(all.mean == 10.0);  // 10, 20, 0
  CHECK(all.median == 10.0);
  CHECK(all.possible == 20.0);
  REQUIRE(all.steps.size() == 4);
  CHECK(all.steps[1].step == "dot.weights");
  CHECK(all.steps[1].marks == std::array<std::size_t, 4>{1, 0, 1, 0});
  CHECK(all.steps[1].mistake == "no root");
  CHECK(all.steps[1].mistaken == 1);
  CHECK(all.steps[2].marks == std::array<std::size_t, 4>{1, 1, 0, 0});
  CHECK(all.steps[3].marks == std::array<std::size_t, 4>{1, 0, 0, 1});
  REQUIRE(all.hardest() != nullptr);
  CHECK(all.hardest()->step == "dot.weights");
}

TEST_CASE("statistics: nothing to count", "[grading][reports]") {
  CHECK(statistics_of({}).submissions == 0);
  CHECK(statistics_of({}).hardest() == nullptr);
  const std::vector<SubmissionResult> right{test::bob()};
  CHECK(statistics_of(right).hardest() == nullptr);
}

TEST_CASE("statistics: the median of an even number, and points that differ",
          "[grading][reports]") {
  std::vector<SubmissionResult> two{test::ada(), test::bob()};
  CHECK(statistics_of(two).median == 15.0);
  two[0].steps.pop_back();
  CHECK(statistics_of(two).possible == 0.0);
}

TEST_CASE("statistics: a step that is not written was not carried", "[grading][reports]") {
  CHECK(mark_of({.verdict = Verdict::not_written, .carried = true}) == Mark::not_written);
  CHECK(mark_of({.verdict = Verdict::wrong, .carried = true}) == Mark::carried);
  CHECK(mark_of({.verdict = Verdict::done, .carried = true}) == Mark::carried);
}
