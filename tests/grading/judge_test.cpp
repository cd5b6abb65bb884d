/// Verdicts from evidence, one finding after the other.
#include "attn/grading/judge.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace attn::grading;
using attn::trace::Difference;
using attn::trace::Tensor;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double inf = std::numeric_limits<double>::infinity();

Tensor row(std::vector<double> values) {
  Tensor t;
  t.name = "scores";
  t.axes = {"n"};
  t.shape = {values.size()};
  t.values = std::move(values);
  return t;
}

Tensor number(double value) {
  Tensor t;
  t.name = "scale";
  t.values = {value};
  return t;
}

const Tensor right = row({1, 2, 3});

/// A result; what it is by itself is that of a batch unless told otherwise.
Evidence result(const Tensor& got, const Tensor& alone_right, const std::string& in_case = "01") {
  Evidence e{"m.scores", in_case, "shows", right, got, std::nullopt};
  e.alone.emplace(got, alone_right);
  return e;
}

Evidence is_right() { return {"m.scores", "00", "shows", right, right, std::nullopt}; }

Evidence is_missing() { return {"m.scores", "09", "shows", right, row({}), std::nullopt}; }

Step step() {
  Step step;
  step.id = "m.scores";
  step.points = 2.0;
  return step;
}

JudgedStep judged(const std::vector<Evidence>& evidence) { return judge(step(), evidence); }

}  // namespace

TEST_CASE("judge: numbers agree up to rounding, NaN and nothing agree with nothing",
          "[grading][judge]") {
  CHECK(agree(row({1, 2, 3}), right));
  CHECK(agree(row({1 + 1e-10, 2, 3}), right));
  CHECK(agree(row({1e9 + 0.5}), row({1e9})));
  CHECK_FALSE(agree(row({1 + 1e-8, 2, 3}), right));
  CHECK_FALSE(agree(row({1, 2}), right));
  CHECK_FALSE(agree(row({1, 2, not_a_number}), row({1, 2, not_a_number})));
  CHECK_FALSE(agree(row({}), row({})));
  CHECK_FALSE(agree(right, row({})));
  CHECK(agree(row({-inf}), row({-inf})));
  CHECK_FALSE(agree(row({inf}), row({-inf})));
  Tensor column = right;
  column.shape = {3, 1};
  CHECK_FALSE(agree(column, right));
  // The name does not matter.
  Tensor called = right;
  called.name = "other";
  CHECK(agree(called, right));
}

TEST_CASE("judge: right in some case and wrong in none is done", "[grading][judge]") {
  const JudgedStep of = judged({is_right(), is_right()});
  CHECK(of.result.step == "m.scores");
  CHECK(of.result.verdict == Verdict::done);
  CHECK(of.result.points == 2.0);
  CHECK(of.result.possible == 2.0);
  CHECK_FALSE(of.result.carried);
  CHECK_FALSE(of.unclear);
  CHECK_FALSE(of.fault);
}

TEST_CASE("judge: without evidence a step is not written", "[grading][judge]") {
  Evidence other = is_right();
  other.step = "m.other";
  const JudgedStep of = judged({other});
  CHECK(of.result.verdict == Verdict::not_written);
  CHECK(of.result.points == 0.0);
  CHECK_FALSE(of.unclear);
}

TEST_CASE("judge: what the reference computes from the same wrong results is carried forward",
          "[grading][judge]") {
  const JudgedStep of = judged({is_right(), result(row({4, 5, 6}), row({4, 5, 6}))});
  CHECK(of.result.verdict == Verdict::done);
  CHECK(of.result.carried);
  CHECK(of.result.points == 2.0);
  CHECK(judged({result(row({4, 5, 6}), row({4, 5, 6}))}).result.verdict == Verdict::done);
}

TEST_CASE("judge: what differs by itself is wrong in spite of all other cases",
          "[grading][judge]") {
  const JudgedStep of = judged(
      {is_right(), result(row({4, 5, 6}), row({4, 5, 6})), result(row({7, 8, 9}), row({7, 8, 8}))});
  CHECK(of.result.verdict == Verdict::wrong);
  CHECK(of.result.points == 0.0);
  CHECK_FALSE(of.result.carried);
  CHECK(of.result.mistake.empty());
}

TEST_CASE("judge: a result that differs and cannot be judged by itself is wrong",
          "[grading][judge]") {
  Evidence e = is_right();
  e.got = row({1, 2, 4});
  e.in_case = "05";
  const JudgedStep of = judged({is_right(), e});
  CHECK(of.result.verdict == Verdict::wrong);
  REQUIRE(of.fault);
  CHECK(of.fault->in_case == "05");
  CHECK(of.fault->difference.cell == std::vector<std::size_t>{2});
}

TEST_CASE("judge: a missing result leaves a step unwritten, unless it is wrong elsewhere",
          "[grading][judge]") {
  CHECK(judged({is_missing()}).result.verdict == Verdict::not_written);
  CHECK(judged({is_right(), is_missing()}).result.verdict == Verdict::not_written);
  CHECK(judged({is_right(), is_missing()}).result.points == 0.0);
  CHECK(judged({is_missing(), result(row({7, 8, 9}), right)}).result.verdict == Verdict::wrong);
  const JudgedStep carried = judged({result(row({4, 5, 6}), row({4, 5, 6})), is_missing()});
  CHECK(carried.result.verdict == Verdict::not_written);
  CHECK_FALSE(carried.result.carried);
}

TEST_CASE("judge: one missing result among right ones leaves a step unwritten",
          "[grading][judge]") {
  Evidence missing = is_missing();
  missing.in_case = "00";
  CHECK(judged({is_right(), missing}).result.verdict == Verdict::not_written);
  CHECK(judged({missing, is_right(), is_right()}).result.points == 0.0);
}

TEST_CASE("judge: zeros in some of the cases earn nothing", "[grading][judge]") {
  const Evidence zeros = result(row({0, 0, 0}), row({0, 0, 0}));
  for (std::size_t right_ones = 0; right_ones < 20; ++right_ones) {
    std::vector<Evidence> evidence(right_ones, is_right());
    evidence.push_back(zeros);
    CHECK(judged(evidence).result.points == 0.0);
    CHECK(judged(evidence).unclear);
  }
}

TEST_CASE("judge: a step that stops the program is wrong, however right it is elsewhere",
          "[grading][judge]") {
  Evidence stops = is_missing();
  stops.stopped = "it was stopped by a segmentation fault";
  const JudgedStep of = judged({is_right(), stops, is_right()});
  CHECK(of.result.verdict == Verdict::wrong);
  CHECK(of.result.points == 0.0);
  CHECK(of.stopped == "it was stopped by a segmentation fault");
  CHECK_FALSE(of.fault);
  // What was told before counts as what it is.
  stops.got = right;
  CHECK(judged({stops}).result.verdict == Verdict::done);
}

TEST_CASE("judge: numbers that are alike in every cell carry nothing", "[grading][judge]") {
  const JudgedStep zeros = judged({result(row({0, 0, 0}), row({0, 0, 0}))});
  CHECK(zeros.result.verdict == Verdict::not_written);
  CHECK(zeros.unclear);
  CHECK(zeros.result.points == 0.0);
  // A step that is flat when it is right is proved by flat numbers.
  Evidence flat = result(row({5, 5, 5}), row({5, 5, 5}));
  flat.right = row({1, 1, 1});
  CHECK(judged({flat}).result.verdict == Verdict::done);
  // So is one number, which says as much as a number can.
  Evidence single{"m.scores", "01", "shows", number(1.0), number(2.0), std::nullopt};
  single.alone.emplace(number(2.0), number(2.0));
  CHECK(judged({single}).result.carried);
  // Flat, but not what the reference makes of it: wrong.
  CHECK(judged({result(row({0, 0, 0}), row({1, 0, 0}))}).result.verdict == Verdict::wrong);
}

TEST_CASE("judge: where nobody can tell what would be right nothing is wrong", "[grading][judge]") {
  // NaN before it.
  const JudgedStep after_nan =
      judged({result(row({not_a_number, 1, 2}), row({not_a_number, 1, 3}))});
  CHECK(after_nan.result.verdict == Verdict::not_written);
  CHECK(after_nan.unclear);
  // But a NaN of its own is wrong.
  CHECK(judged({result(row({not_a_number, 1, 2}), row({0, 1, 3}))}).result.verdict ==
        Verdict::wrong);
  // A wrong shape before it.
  Evidence shape = result(row({7, 8}), row({7, 9}));
  shape.after_useless = true;
  CHECK(judged({shape}).unclear);
  CHECK(judged({shape}).result.verdict == Verdict::not_written);
  CHECK(judged({shape, is_right()}).unclear);
  CHECK(judged({shape, result(row({4, 5, 6}), right)}).result.verdict == Verdict::wrong);
  // What is right is right whatever came before it.
  shape.got = right;
  CHECK(judged({shape}).result.verdict == Verdict::done);
  // And what is not there is not there.
  shape.got = row({});
  CHECK(judged({shape}).result.verdict == Verdict::not_written);
  CHECK_FALSE(judged({shape}).unclear);
}

TEST_CASE("judge: a known mistake is named only if all that was tried matches",
          "[grading][judge]") {
  Evidence first = result(row({7, 8, 9}), right, "01");
  Evidence second = result(row({4, 5, 6}), right, "02");
  first.mistakes = {{"no root", row({7, 8, 9})}, {"swapped", row({7, 8, 9})}};
  CHECK(judged({first}).result.mistake == "no root");  // the first in the table
  // Tried in one case only: what was not tried says nothing.
  CHECK(judged({first, second}).result.mistake == "no root");
  second.mistakes = {{"no root", row({0, 5, 6})}, {"swapped", row({4, 5, 6})}};
  CHECK(judged({first, second}).result.mistake == "swapped");
  second.mistakes = {{"no root", row({0, 5, 6})}, {"swapped", row({4, 0, 6})}};
  CHECK(judged({first, second}).result.mistake.empty());
  // In cases where the step is right nothing was to be matched.
  Evidence fine = is_right();
  fine.mistakes = {{"no root", row({0, 0, 1})}};
  CHECK(judged({fine, first}).result.mistake == "no root");
  CHECK(judged({fine}).result.mistake.empty());
}

TEST_CASE("judge: a mistake is looked for where the step starts from right results",
          "[grading][judge]") {
  Evidence e = result(row({7, 8, 9}), right);
  e.alone->first = row({3, 2, 1});
  e.mistakes = {{"from its own", row({7, 8, 9})}, {"from right ones", row({3, 2, 1})}};
  CHECK(judged({e}).result.mistake == "from right ones");
  e.alone.reset();
  CHECK(judged({e}).result.mistake == "from its own");
}

TEST_CASE("judge: the fault is the first wrong case, with its cell", "[grading][judge]") {
  const JudgedStep of = judged({is_right(), result(row({4, 5, 6}), row({4, 5, 7}), "03"),
                                result(row({0, 5, 6}), row({4, 5, 7}), "04")});
  REQUIRE(of.fault);
  CHECK(of.fault->in_case == "03");
  const Difference& differs = of.fault->difference;
  CHECK(differs.what == Difference::What::value);
  CHECK(differs.step == "shows");
  CHECK(differs.tensor == "scores");
  CHECK(differs.cell == std::vector<std::size_t>{2});
  CHECK(differs.expected == 7.0);
  CHECK(differs.got == 6.0);
}

TEST_CASE("judge: a fault of shape tells both shapes", "[grading][judge]") {
  const JudgedStep of = judged({result(row({4, 5}), row({4, 5, 7}))});
  REQUIRE(of.fault);
  CHECK(of.fault->difference.what == Difference::What::shape);
  CHECK(of.fault->difference.got_shape == std::vector<std::size_t>{2});
  CHECK(of.fault->difference.expected_shape == std::vector<std::size_t>{3});
}
