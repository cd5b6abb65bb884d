/// From a mechanism's result to the steps of a trace, whole or begun.
#include "attn/trace/build.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/message.hpp"

using namespace attn;

namespace {

struct Result {
  Mat first;
  double second = not_written;
  Vec third;

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"first", "n,m", "F = 1", "eq. (1)", Kind::weight}, self.first);
    visit(Field{"second", "", "s = 2"}, self.second);
    visit(Field{"third", "n"}, self.third);
  }
};

Result whole() {
  Result result;
  result.first = zeros(2, 3);
  result.second = 2.0;
  result.third = zeros(2);
  return result;
}

const std::vector<trace::Words> words{
    {"first", "One", "Prose."}, {"second", "Two", ""}, {"third", "Three", ""}};

trace::Builder builder() { return {"chapter", "Title", "Source"}; }

std::vector<std::string> names(const trace::Trace& trace) {
  std::vector<std::string> all;
  for (const trace::Step& step : trace.steps) {
    for (const trace::Tensor& tensor : step.tensors) {
      all.push_back(step.id + "/" + tensor.name + (tensor.absent() ? " absent" : ""));
    }
  }
  return all;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("build: walk makes a step of each field", "[trace][build]") {
  trace::Builder build = builder();
  build.walk(whole(), words, "x.");
  const trace::Trace trace = build.take();
  CHECK(names(trace) == Names{"x.first/x.first", "x.second/x.second", "x.third/x.third"});
  CHECK(trace.steps[0].title == "One");
  CHECK(trace.steps[0].prose == "Prose.");
  CHECK(trace.steps[0].formula == "F = 1");
  CHECK(trace.steps[0].source == "eq. (1)");
  CHECK(trace.steps[0].tensors[0].kind == "weight");
  CHECK(trace.steps[0].tensors[0].axes == Names{"n", "m"});
  CHECK(trace.steps[1].tensors[0].shape.empty());
  CHECK(trace.steps[1].tensors[0].values == std::vector<double>{2.0});
}

TEST_CASE("build: walk stops after the first field that is not computed", "[trace][build]") {
  Result result = whole();
  result.second = not_written;
  trace::Builder build = builder();
  CHECK_THROWS_AS(build.walk(result, words), Unfinished);
  CHECK(names(build.take()) == Names{"first/first", "second/second absent"});

  trace::Builder blank = builder();
  CHECK_THROWS_AS(blank.walk(Result{}, words), Unfinished);
  CHECK(names(blank.take()) == Names{"first/first absent"});

  // In the order of the words, which is that of the reader.
  result = whole();
  result.third = Vec{};
  trace::Builder turned = builder();
  const std::vector<trace::Words> backwards{words.rbegin(), words.rend()};
  CHECK_THROWS_AS(turned.walk(result, backwards), Unfinished);
  CHECK(names(turned.take()) == Names{"third/third absent"});
}

TEST_CASE("build: walk_rows puts the axis of time in front", "[trace][build]") {
  std::vector<Result> results{whole(), whole(), whole()};
  results[1].second = 5.0;
  results[2].third = zeros(2) + 7.0;
  trace::Builder build = builder();
  build.label("T", {"a", "b", "c"});
  build.walk_rows<Result>(results, words, "T", "x.");
  const trace::Trace trace = build.take();
  CHECK(names(trace) == Names{"x.first/x.first", "x.second/x.second", "x.third/x.third"});
  CHECK(trace.steps[0].formula == "F = 1");
  CHECK(trace.steps[0].tensors[0].axes == Names{"T", "n", "m"});
  CHECK(trace.steps[0].tensors[0].shape == Shape{3, 2, 3});
  CHECK(trace.steps[0].tensors[0].labels[0] == Names{"a", "b", "c"});
  CHECK(trace.steps[1].tensors[0].axes == Names{"T"});
  CHECK(trace.steps[1].tensors[0].values == std::vector<double>{2.0, 5.0, 2.0});
  CHECK(trace.steps[2].tensors[0].values == std::vector<double>{0.0, 0.0, 0.0, 0.0, 7.0, 7.0});
}

TEST_CASE("build: an axis may be shown under another name", "[trace][build]") {
  trace::Builder build = builder();
  build.label("k", {"a", "b"});
  build.step("s", "", "");
  build.rename("n", "k");
  build.tensor({"x", "n"}, zeros(2));
  build.rename("n", "n");
  build.tensor({"y", "n"}, zeros(2));
  const trace::Trace trace = build.take();
  CHECK(trace.steps[0].tensors[0].axes == Names{"k"});
  CHECK(trace.steps[0].tensors[0].labels[0] == Names{"a", "b"});
  CHECK(trace.steps[0].tensors[1].axes == Names{"n"});
}

TEST_CASE("build: walk_rows stops after a field that some time lacks", "[trace][build]") {
  std::vector<Result> results{whole(), whole()};
  results[1].second = not_written;
  results[1].third = Vec{};
  trace::Builder build = builder();
  CHECK_THROWS_AS(build.walk_rows<Result>(results, words, "T"), Unfinished);
  const trace::Trace trace = build.take();
  CHECK(names(trace) == Names{"first/first", "second/second"});
  CHECK(trace.steps[1].tensors[0].values == std::vector<double>{2.0});  // of the time that has it

  trace::Builder blank = builder();
  const std::vector<Result> unwritten(1);
  CHECK_THROWS_AS(blank.walk_rows<Result>(unwritten, words, "T"), Unfinished);
  CHECK(names(blank.take()) == Names{"first/first absent"});

  trace::Builder none = builder();
  CHECK_THROWS_AS(none.walk_rows<Result>({}, words, "T"), Unfinished);
}

TEST_CASE("build: rows of different shapes are a fault of the chapter", "[trace][build][errors]") {
  std::vector<Result> results{whole(), whole()};
  results[1].third = zeros(3);
  CHECK(test::message_of<std::logic_error>([&] {
          trace::Builder build = builder();
          build.walk_rows<Result>(results, words, "T");
        }) == "rows of different shapes");
}

TEST_CASE("build: tensors stops after the first field that is not computed", "[trace][build]") {
  Result result = whole();
  trace::Builder build = builder();
  build.step("all", "All", "");
  build.tensors(result, "x.");
  CHECK(names(build.take()) == Names{"all/x.first", "all/x.second", "all/x.third"});

  result.first = zeros(0, 3);
  trace::Builder begun = builder();
  begun.step("all", "All", "");
  CHECK_THROWS_AS(begun.tensors(result), Unfinished);
  const trace::Trace trace = begun.take();
  CHECK(names(trace) == Names{"all/first absent"});
  CHECK(trace.steps[0].tensors[0].shape == Shape{0, 3});
}

TEST_CASE("build: a number that is NaN is there but absent", "[trace][build]") {
  trace::Builder build = builder();
  build.step("s", "", "");
  build.tensor({"none", "", ""}, not_written);
  build.tensor({"zero", "", ""}, 0.0);
  const trace::Trace trace = build.take();
  CHECK(names(trace) == Names{"s/none absent", "s/zero"});
  CHECK(trace.steps[0].tensors[0].shape.empty());
}

TEST_CASE("build: fields and words must match", "[trace][build][errors]") {
  const auto said = [](const std::vector<trace::Words>& of) {
    return test::message_of<std::logic_error>([&] {
      trace::Builder build = builder();
      build.walk(whole(), of);
    });
  };
  CHECK(said({words[0], words[1]}) == "no words for the field third");
  CHECK(said({words[0], words[1], words[2], {"fourth", "", ""}}) == "no field is called fourth");
  CHECK(said({words[0], words[0], words[1], words[2]}) == "two steps are called first");
  CHECK(test::message_of<std::logic_error>([] {
          trace::Builder build = builder();
          build.step("s", "", "");
          build.tensor({"t", "n"}, zeros(1, 1));
        }) == "the axes of t do not fit its shape");
  CHECK(test::message_of<std::logic_error>([] {
          trace::Builder build = builder();
          build.step("s", "", "");
          build.tensor({"t", "n"}, zeros(1));
          build.tensor({"t", "n"}, zeros(1));
        }) == "two tensors are called t");
}
