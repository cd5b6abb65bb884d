/// Programs that stop, lie or leave things out, and what becomes of each of their steps.
#include "attn/grading/examine.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <csignal>

#include "tests/grading/fake_program.hpp"

using namespace attn::grading;
using attn::test::ended_with;
using attn::test::number;
using attn::test::Talk;

namespace {

constexpr double blank = std::numeric_limits<double>::quiet_NaN();

/// Steps a, b, c, d of a mechanism, a point each; b has a known mistake.
Assignment assignment() {
  Assignment all;
  all.chapter = "c";
  for (const char* id : {"m.a", "m.b", "m.c", "m.d"}) {
    Step step;
    step.id = id;
    step.points = 1.0;
    all.steps.push_back(step);
  }
  all.steps[1].mistakes = {{"forgotten", "", ""}, {"swapped", "", ""}};
  return all;
}

/// Each step is passed twice, but d.
Case a_case(const std::string& name) {
  Case of;
  of.name = of.config = name;
  of.key.steps.resize(1);
  of.key.steps[0].id = "events";
  for (const char* event : {"m.a#0", "m.b#0", "m.c#0", "m.a#1", "m.b#1", "m.c#1", "m.d#0"}) {
    of.key.steps[0].tensors.push_back(number(event, 1.0));
  }
  return of;
}

using Program = std::function<int(Talk&, const std::string& in_case)>;

struct Verdicts {
  std::string steps;  ///< a letter a step: d done, w wrong, s stopped, - not written
  std::string mistake, problem, its_words;
  std::map<std::string, Stop> stopped;
  std::map<std::string, std::string> told;  ///< by step, why it stopped, for the student
  int runs = 0;
};

Verdicts verdicts(const Program& program, bool can_skip = true,
                  const std::vector<std::string>& names = {"1", "2", "3"}) {
  std::vector<Case> cases;
  for (const std::string& name : names) cases.push_back(a_case(name));
  Verdicts found;
  std::string in_case;
  const Examinee examinee{
      .program = {"program"},
      .asked = {"m.a", "m.b", "m.c", "m.d"},
      .config = [&](const Case& of) { return in_case = of.name; },
      .start =
          [&](const Command& command, const Case&, bool) {
            ++found.runs;
            Talk talk(command);
            return ended_with(program(talk, in_case));
          },
      .skipping =
          [&](const std::set<std::string>&) { return std::string(can_skip ? "program" : ""); }};
  const MistakeNumbers mistakes = [](const Case&, const std::string& mistake,
                                     const std::string& event) {
    return std::optional(number(event, mistake == "m.b/1" ? 7.0 : 8.0));
  };
  const Assignment all = assignment();
  const Examined examined = examine(examinee, all, cases, mistakes);
  found.problem = examined.problem;
  found.its_words = examined.its_words;
  found.stopped = examined.stopped;
  for (const Step& step : all.steps) {
    const JudgedStep judged = judge(step, examined.evidence);
    found.steps += !judged.stopped.empty()                   ? 's'
                   : judged.result.verdict == Verdict::done  ? 'd'
                   : judged.result.verdict == Verdict::wrong ? 'w'
                                                             : '-';
    if (!judged.result.mistake.empty()) found.mistake = judged.result.mistake;
    if (!judged.stopped.empty()) found.told[step.id] = judged.stopped;
  }
  return found;
}

/// Runs the steps as a program does, with what `value` says for each passage.
int honest(Talk& talk, const std::function<double(const std::string&)>& value) {
  for (const char* step : {"m.a", "m.b", "m.c", "m.a", "m.b", "m.c", "m.d"}) {
    talk.tell(step, talk.skips(step) ? blank : value(step));
  }
  talk.ends();
  return 0;
}

struct Crash {};

/// As honest, but a step may throw Crash.
int crashing(Talk& talk, const std::function<double(const std::string&)>& value) {
  try {
    return honest(talk, value);
  } catch (const Crash&) {
    talk.dies(SIGSEGV);
    return 2;
  }
}

}  // namespace

TEST_CASE("examine: right, wrong and blank steps are judged one by one", "[grading][examine]") {
  CHECK(verdicts([](Talk& talk, auto&) { return honest(talk, [](auto&) { return 1.0; }); }).steps ==
        "dddd");
  CHECK(verdicts([](Talk& talk, auto&) {
          return honest(talk, [](auto&) { return blank; });
        }).steps == "----");
  const Verdicts one = verdicts([](Talk& talk, auto&) {
    return honest(talk, [](const std::string& step) { return step == "m.b" ? 8.0 : 1.0; });
  });
  CHECK(one.steps == "dwdd");
  CHECK(one.mistake == "swapped");
  // Blank in the middle: what follows is judged all the same.
  CHECK(verdicts([](Talk& talk, auto&) {
          return honest(talk, [](const std::string& step) { return step == "m.b" ? blank : 1.0; });
        }).steps == "d-dd");
}

TEST_CASE("examine: wrong once, in whatever case or passage, is wrong", "[grading][examine]") {
  for (const int bad : {0, 3, 7, 20}) {
    int passage = 0;
    const Verdicts of = verdicts([&](Talk& talk, auto&) {
      return honest(talk, [&](auto&) { return passage++ == bad ? 0.0 : 1.0; });
    });
    CHECK(std::count(of.steps.begin(), of.steps.end(), 'w') == 1);
    CHECK(std::count(of.steps.begin(), of.steps.end(), 'd') == 3);
  }
}

TEST_CASE("examine: a step that crashes is left out, and those after it are judged",
          "[grading][examine]") {
  for (const std::string bad : {"m.a", "m.b", "m.c", "m.d"}) {
    const Verdicts of = verdicts([&](Talk& talk, auto&) {
      return crashing(talk, [&](const std::string& step) -> double {
        if (step == bad) throw Crash();
        return 1.0;
      });
    });
    std::string expected = "dddd";
    expected[static_cast<std::size_t>(bad.back() - 'a')] = 's';
    CHECK(of.steps == expected);
    CHECK(of.problem.find("a segmentation fault") != std::string::npos);
    CHECK(of.runs == 4);  // once as it is, and then without the step
  }
  // Two of them, and one wrong.
  CHECK(verdicts([](Talk& talk, auto&) {
          return crashing(talk, [](const std::string& step) -> double {
            if (step == "m.a" || step == "m.c") throw Crash();
            return step == "m.d" ? 5.0 : 1.0;
          });
        }).steps == "sdsw");
}

TEST_CASE("examine: a step that crashes in its second passage, or in a later case, is wrong",
          "[grading][examine]") {
  int passages = 0;
  CHECK(verdicts([&](Talk& talk, auto&) {
          return crashing(talk, [&](const std::string& step) -> double {
            if (step == "m.b" && ++passages == 4) throw Crash();
            return 1.0;
          });
        }).steps == "dsdd");
}

TEST_CASE("examine: where a step cannot be left out, what it hides is not written",
          "[grading][examine]") {
  const Verdicts of = verdicts(
      [](Talk& talk, auto&) {
        return crashing(talk, [](const std::string& step) -> double {
          if (step == "m.b") throw Crash();
          return 1.0;
        });
      },
      false);
  CHECK(of.steps == "-s--");  // a has not told of its second passage
}

TEST_CASE("examine: whoever leaves before the hard part has nothing for the easy one",
          "[grading][examine][hostile]") {
  const Verdicts of = verdicts([](Talk& talk, auto&) {
    for (const char* step : {"m.a", "m.b", "m.c"}) talk.tell(step, 1.0);
    return 0;
  });
  CHECK(of.steps.find('d') == std::string::npos);
}

TEST_CASE("examine: a program that tells nothing in two cases is not waited for",
          "[grading][examine][hostile]") {
  const Verdicts of = verdicts([](Talk&, auto&) { return 0; }, true, {"1", "2", "3", "4", "5"});
  CHECK(of.runs <= 4);
  CHECK(of.steps.find('d') == std::string::npos);
}

TEST_CASE("examine: what is told first counts, also where a step is told again",
          "[grading][examine][hostile]") {
  const Verdicts of = verdicts([](Talk& talk, auto&) {
    // Tells rubbish, and then what it was answered.
    for (const char* step : {"m.a", "m.b", "m.c", "m.a", "m.b", "m.c", "m.d"}) {
      talk.tell(step, talk.tell(step, 0.0));
    }
    talk.ends();
    return 0;
  });
  CHECK(of.steps == "wwww");
}

TEST_CASE("examine: a step that is left out earns nothing by what is told in its place",
          "[grading][examine][hostile]") {
  const Verdicts of = verdicts([](Talk& talk, auto&) {
    for (const char* step : {"m.a", "m.b", "m.c", "m.a", "m.b", "m.c", "m.d"}) {
      if (std::string(step) == "m.b" && !talk.skips("m.b")) {
        talk.dies(SIGSEGV);
        return 2;
      }
      talk.tell(step, 1.0);  // also of b, whose code is not run
    }
    talk.ends();
    return 0;
  });
  CHECK(of.steps == "dsdd");
}

TEST_CASE("examine: whoever tells of a step where it is easy has to tell of it everywhere",
          "[grading][examine][hostile]") {
  const Verdicts of = verdicts([](Talk& talk, const std::string& in_case) {
    for (const char* step : {"m.a", "m.b", "m.c", "m.a", "m.b", "m.c", "m.d"}) {
      const bool hard = std::string(step) == "m.b" && in_case == "2";
      if (!hard) talk.tell(step, 1.0);
    }
    talk.ends();
    return 0;
  });
  CHECK(of.steps == "d-dd");
}

TEST_CASE(
    "examine: of what is neither told nor shown nothing is known, but by its effect in practice",
    "[grading][examine]") {
  Case of = a_case("1");
  attn::trace::Step shown;
  shown.id = "result";
  shown.tensors = {number("result", 5.0)};
  of.key.steps.insert(of.key.steps.begin(), shown);
  for (const bool by_effect : {false, true}) {
    for (const double result : {5.0, 6.0}) {
      CAPTURE(by_effect, result);
      const Examinee examinee{
          .program = {"program"},
          .asked = {"m.a"},
          .config = [](const Case& c) { return c.name; },
          .start =
              [&](const Command& command, const Case&, bool) {
                Talk(command).send(encoded(
                    {.kind = Message::Kind::shown,
                     .text = "{\"format\": \"attn-trace\", \"version\": 1, \"chapter\": \"c\", "
                             "\"steps\": [{\"id\": \"result\", \"tensors\": [{\"name\": "
                             "\"result\", \"axes\": [], \"shape\": [], \"values\": " +
                             std::to_string(result) + "}]}]}"}));
                return ended_with(0);
              },
          .skipping = {},
          .by_effect = by_effect};
      const Assignment all = assignment();
      const Examined examined = examine(examinee, all, {of}, {});
      CHECK((judge(all.steps[0], examined.evidence).result.verdict == Verdict::done) ==
            (by_effect && result == 5.0));
    }
  }
}

TEST_CASE("examine: a machine at fault ends the examination", "[grading][examine][errors]") {
  const Assignment all = assignment();
  const std::vector<Case> cases{a_case("1")};
  const Examinee examinee{.program = {"program"},
                          .asked = {"m.a"},
                          .config = [](const Case& of) { return of.name; },
                          .start =
                              [](const Command&, const Case&, bool) {
                                Ended ended;
                                ended.reason = "no space is left";
                                return ended;
                              },
                          .skipping = {}};
  CHECK_THROWS_AS(examine(examinee, all, cases, {}), MachineFault);
}

TEST_CASE("examine: the steps that some case reaches", "[grading][examine]") {
  Case of = a_case("1");
  std::erase_if(of.key.steps[0].tensors, [](const auto& event) { return event.name == "m.d#0"; });
  CHECK(steps_reached(assignment(), {of}) == std::set<std::string>{"m.a", "m.b", "m.c"});
  CHECK(steps_reached(assignment(), {}).empty());
}

TEST_CASE("examine: of each step that stops the program is known how, and in which case",
          "[grading][examine]") {
  const std::string index = "index (6, 0) in a tensor of shape (6, 4): the row must be from 0 to 5";
  struct Thrown {};
  const Verdicts of = verdicts([&](Talk& talk, const std::string& in_case) {
    try {
      return crashing(talk, [&](const std::string& step) -> double {
        if (step == "m.c") throw Crash();
        if (step == "m.b" && in_case == "2") throw Thrown();
        return 1.0;
      });
    } catch (const Thrown&) {
      talk.throws(index);
      return 2;
    }
  });
  CHECK(of.steps == "dssd");
  REQUIRE(of.stopped.size() == 2);
  CHECK(of.stopped.at("m.c").in_case == "1");
  CHECK(of.stopped.at("m.c").says.empty());
  CHECK(of.stopped.at("m.b").in_case == "2");
  CHECK(of.stopped.at("m.b").says == index);
  CHECK(of.problem == of.stopped.at("m.c").problem);
  CHECK(of.its_words.empty());
  CHECK(of.told.at("m.b") ==
        "an error ended it: the row of an index lies beyond the end of a tensor");
}
