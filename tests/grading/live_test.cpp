/// The talk of a grader with a program.
#include "attn/grading/live.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <csignal>

#include "tests/grading/fake_program.hpp"

using namespace attn::grading;
using attn::test::ended_with;
using attn::test::number;
using attn::test::Talk;
using attn::trace::Tensor;

namespace {

const std::vector<Tensor> right{number("m.a#0", 1), number("m.b#0", 2), number("n.x#0", 9),
                                number("m.a#1", 3), number("m.c#0", 4)};

/// Runs it, the steps of `m` being asked.
LiveRun run(const std::function<int(Talk&)>& program, std::uint64_t most_bytes = 1 << 20) {
  const LiveAnswers answers{right,
                            [](const Tensor& result) { return result.name.starts_with("m."); }};
  return run_live({"program"}, "case.yaml", answers, {}, most_bytes, [&](const Command& command) {
    Talk talk(command);
    return ended_with(program(talk));
  });
}

bool nothing(double answer) { return std::isnan(answer); }

}  // namespace

TEST_CASE("live: a result is answered with the right one, and what was told is kept",
          "[grading][live]") {
  const LiveRun ran = run([](Talk& talk) {
    CHECK(talk.tell("m.a", 10) == 1);
    CHECK(talk.tell("m.b", 2) == 2);
    CHECK(nothing(talk.tell("n.x", 8)));  // not asked: it stays
    CHECK(talk.tell("m.a", std::numeric_limits<double>::quiet_NaN()) ==
          3);  // not written, and yet the next step has a number
    CHECK(talk.tell("m.c", 40) == 4);
    CHECK(nothing(talk.tell("m.c", 41)));  // a passage that the reference has not
    talk.ends();
    return 0;
  });
  CHECK(ran.finished);
  CHECK(ran.problem.empty());
  REQUIRE(ran.results.size() == 6);
  CHECK(ran.results[0].name == "m.a#0");
  CHECK(ran.results[0].values == std::vector<double>{10});
  CHECK(ran.results[3].name == "m.a#1");
  CHECK(ran.results[3].absent());
  CHECK(ran.results[5].name == "m.c#1");
}

TEST_CASE("live: nothing is learned before all that comes first has been told",
          "[grading][live][hostile]") {
  run([](Talk& talk) {
    CHECK(nothing(talk.tell("m.c", 0)));  // gives up c, to see what it was made of
    CHECK(nothing(talk.tell("m.b", 0)));
    CHECK(talk.tell("m.a", 0) == 1);
    CHECK(talk.tell("m.a", 0) == 3);  // b and c were told, late as it was
    CHECK(nothing(talk.tell("m.a", 0)));
    talk.ends();
    return 0;
  });
}

TEST_CASE("live: whatever ends a program, what it told before is kept", "[grading][live]") {
  const auto told = [](Talk& talk) { talk.tell("m.a", 5); };
  const LiveRun crashed = run([&](Talk& talk) {
    told(talk);
    talk.dies(SIGSEGV);
    return 2;
  });
  CHECK(crashed.problem.find("a segmentation fault") != std::string::npos);
  CHECK_FALSE(crashed.out_of_time);
  const LiveRun late = run([&](Talk& talk) {
    told(talk);
    talk.dies(SIGXCPU);
    return 124;
  });
  CHECK(late.out_of_time);
  const LiveRun threw = run([&](Talk& talk) {
    told(talk);
    talk.throws("the grading server is broken");
    return 2;
  });
  CHECK(threw.says == "the grading server is broken");
  CHECK(threw.problem == "an error ended it");
  const LiveRun left = run([&](Talk& talk) {
    told(talk);
    return 0;
  });
  CHECK(left.problem == "it ended with exit status 0 before it came to its end");
  const LiveRun killed = run([&](Talk& talk) {
    told(talk);
    return 137;
  });
  CHECK(killed.problem == "it ended with exit status 137 before it came to its end");
  for (const LiveRun* ran : {&crashed, &late, &threw, &left, &killed}) {
    CHECK_FALSE(ran->finished);
    REQUIRE(ran->results.size() == 1);
    CHECK(ran->results[0].values == std::vector<double>{5});
  }
}

TEST_CASE("live: whoever tells nonsense, or too much, is not listened to any longer",
          "[grading][live][hostile]") {
  const LiveRun nonsense = run([](Talk& talk) {
    talk.tell("m.a", 1);
    talk.send("100 of 100 points\n");
    talk.tell("m.b", 2);
    talk.ends();
    return 0;
  });
  CHECK(nonsense.problem.find("its results cannot be read") == 0);
  CHECK(nonsense.results.size() == 1);
  CHECK_FALSE(nonsense.finished);
  const LiveRun much = run(
      [](Talk& talk) {
        for (int n = 0; n < 1000; ++n) talk.tell("m.a", 1);
        return 0;
      },
      10000);
  CHECK(much.problem.find("more results than there can be") != std::string::npos);
  const LiveRun answer = run([](Talk& talk) {
    talk.send(encoded({.kind = Message::Kind::answer, .tensor = number("", 1)}));
    return 0;
  });
  CHECK_FALSE(answer.problem.empty());
}

TEST_CASE("live: what cannot be read as a trace at the end is a problem", "[grading][live]") {
  const LiveRun ran = run([](Talk& talk) {
    talk.send(encoded({.kind = Message::Kind::shown, .text = "{\"format\": 3}"}));
    return 0;
  });
  CHECK(ran.problem.find("its trace cannot be read") == 0);
}
