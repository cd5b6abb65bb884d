/// The hooks between the steps of an exercise, and what makes a result whole.
#include "attn/core/exercise.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace attn;
using exercise::Value;
using exercise::Watch;

namespace {

/// Watches for as long as it lives.
class Watching {
 public:
  explicit Watching(Watch& watch) { exercise::set_watch(&watch); }
  ~Watching() { exercise::set_watch(nullptr); }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;
};

Vec vector_of(std::size_t n, double first) {
  Vec v = zeros(n);
  for (std::size_t i = 0; i < n; ++i) v(i) = first + static_cast<double>(i);
  return v;
}

/// 0, 1, 2, … in row-major order.
template <class Tensor>
Tensor counted(Tensor t) {
  double next = 0.0;
  for (double& cell : t) cell = next++;
  return t;
}

std::vector<double> numbers(std::size_t n) {
  std::vector<double> list;
  for (std::size_t i = 0; i < n; ++i) list.push_back(10.0 + static_cast<double>(i));
  return list;
}

template <class Tensor>
std::vector<double> cells(const Tensor& t) {
  return {t.begin(), t.end()};
}

}  // namespace

TEST_CASE("exercise: a number is written unless it is NaN, a tensor if it has a cell",
          "[exercise]") {
  CHECK_FALSE(is_written(not_written));
  CHECK(is_written(0.0));
  CHECK(is_written(-std::numeric_limits<double>::infinity()));
  CHECK_FALSE(is_written(Vec{}));
  CHECK_FALSE(is_written(Mat{}));
  CHECK_FALSE(is_written(Ten3{}));
  CHECK_FALSE(is_written(zeros(3, 0)));
  CHECK(is_written(zeros(1)));
  CHECK(is_written(zeros(1, 1)));
}

TEST_CASE("exercise: unwatched, done tells whether the step is written and changes nothing",
          "[exercise]") {
  REQUIRE_FALSE(exercise::is_watched());
  Mat none{};
  Mat some = counted(zeros(2, 3));
  CHECK_FALSE(exercise::done("m.none", none));
  CHECK(exercise::done("m.some", some));
  CHECK(cells(some) == std::vector<double>{0, 1, 2, 3, 4, 5});
  double number = not_written;
  CHECK_FALSE(exercise::done("m.number", number));
  number = 2.5;
  CHECK(exercise::done("m.number", number));
  CHECK(number == 2.5);
  CHECK_FALSE(exercise::mistaken("m.some/1"));
}

TEST_CASE("exercise: a watch records each result in order with its shape", "[exercise]") {
  Watch watch;
  const Watching watching(watch);
  Vec v = vector_of(2, 1.0);
  Mat m = counted(zeros(2, 3));
  Ten3 t = counted(zeros(2, 3, 4));
  Mat none{};
  double number = 7.0;
  double nothing = not_written;
  CHECK(exercise::done("x.v", v));
  CHECK(exercise::done("x.m", m));
  CHECK(exercise::done("x.t", t));
  CHECK_FALSE(exercise::done("x.none", none));
  CHECK(exercise::done("x.number", number));
  CHECK_FALSE(exercise::done("x.nothing", nothing));
  REQUIRE(watch.events.size() == 6);
  CHECK(watch.events[0].step == "x.v");
  CHECK(watch.events[0].own.shape == Shape{2});
  CHECK(watch.events[0].own.values == std::vector<double>{1, 2});
  CHECK(watch.events[1].own.shape == Shape{2, 3});
  CHECK(watch.events[1].own.values == cells(m));
  CHECK(watch.events[2].own.shape == Shape{2, 3, 4});
  CHECK(watch.events[2].own.values == cells(t));
  CHECK(watch.events[3].own.values.empty());
  CHECK(watch.events[4].own.shape.empty());
  CHECK(watch.events[4].own.values == std::vector<double>{7});
  CHECK(watch.events[5].step == "x.nothing");
  CHECK(watch.events[5].own.values.empty());
}

TEST_CASE("exercise: a given result replaces the step's own, whatever its extents", "[exercise]") {
  Watch watch;
  watch.given["x.v"] = {{{3}, numbers(3)}};
  watch.given["x.m"] = {{{3, 2}, numbers(6)}};
  watch.given["x.t"] = {{{1, 2, 3}, numbers(6)}};
  watch.given["x.number"] = {{{}, {4.5}}};
  const Watching watching(watch);
  Vec v = vector_of(3, 1.0);
  Mat m{};  // not written, and yet the next step has something to go on with
  Ten3 t = counted(zeros(2, 2, 2));
  double number = not_written;
  CHECK(exercise::done("x.v", v));
  CHECK(exercise::done("x.m", m));
  CHECK(exercise::done("x.t", t));
  CHECK(exercise::done("x.number", number));
  CHECK(cells(v) == numbers(3));
  CHECK(shape_of(m) == Shape{3, 2});
  CHECK(cells(m) == numbers(6));
  CHECK(m(1, 0) == 12.0);
  CHECK(shape_of(t) == Shape{1, 2, 3});
  CHECK(cells(t) == numbers(6));
  CHECK(number == 4.5);
  // What is recorded is the step's own result all the same.
  CHECK(watch.events[0].own.values == std::vector<double>{1, 2, 3});
  CHECK(watch.events[1].own.values.empty());
  CHECK(watch.events[3].own.values.empty());
}

TEST_CASE("exercise: what is given with another number of axes is ignored", "[exercise]") {
  Watch watch;
  watch.given["x.v"] = {{{1, 2}, numbers(2)}};
  watch.given["x.m"] = {{{4}, numbers(4)}};
  watch.given["x.t"] = {{{}, {1.0}}};
  watch.given["x.number"] = {{{1}, {1.0}}};
  const Watching watching(watch);
  Vec v = vector_of(2, 1.0);
  Mat m = counted(zeros(2, 2));
  Ten3 t = counted(zeros(1, 1, 1));
  double number = 3.0;
  CHECK(exercise::done("x.v", v));
  CHECK(exercise::done("x.m", m));
  CHECK(exercise::done("x.t", t));
  CHECK(exercise::done("x.number", number));
  CHECK(cells(v) == std::vector<double>{1, 2});
  CHECK(cells(m) == std::vector<double>{0, 1, 2, 3});
  CHECK(cells(t) == std::vector<double>{0});
  CHECK(number == 3.0);
}

TEST_CASE("exercise: each passage through a step gets what was given for it", "[exercise]") {
  Watch watch;
  watch.given["x.v"] = {{{1}, {10.0}}, {{1}, {}}, {{1}, {30.0}}};
  const Watching watching(watch);
  std::vector<double> after;
  for (double own = 1.0; own <= 4.0; ++own) {
    Vec v = vector_of(1, own);
    Vec other = vector_of(1, -own);
    CHECK(exercise::done("x.v", v));
    CHECK(exercise::done("x.other", other));
    CHECK(other(0) == -own);
    after.push_back(v(0));
  }
  // Empty values keep what was computed; so do passages after the last that is given.
  CHECK(after == std::vector<double>{10, 2, 30, 4});
  CHECK(watch.events.size() == 8);
}

TEST_CASE("exercise: no more passages are recorded than most_events", "[exercise]") {
  Watch watch;
  const Watching watching(watch);
  for (std::size_t n = 0; n < exercise::most_events + 5; ++n) {
    double number = static_cast<double>(n);
    CHECK(exercise::done("x.number", number));
    CHECK(number == static_cast<double>(n));
  }
  REQUIRE(watch.events.size() == exercise::most_events);
  CHECK(watch.events.back().own.values.front() == static_cast<double>(exercise::most_events - 1));
}

TEST_CASE("exercise: exactly the mistake that was asked for is run", "[exercise]") {
  Watch watch;
  watch.mistake = "x.v/1";
  const Watching watching(watch);
  CHECK(exercise::is_watched());
  CHECK(exercise::mistaken("x.v/1"));
  CHECK_FALSE(exercise::mistaken("x.v/11"));
  CHECK_FALSE(exercise::mistaken("x.v/2"));
  CHECK_FALSE(exercise::mistaken("x.v"));
  watch.mistake = "";
  CHECK_FALSE(exercise::mistaken("x.v/1"));
}

namespace {

struct Result {
  Mat first;
  double second = not_written;
  Vec third;

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"first", "n,m"}, self.first);
    visit(Field{"second", ""}, self.second);
    visit(Field{"third", "n"}, self.third);
  }
};

}  // namespace

TEST_CASE("complete: a result with any field missing is unfinished", "[exercise]") {
  Result result;
  CHECK_THROWS_AS(expect_complete(result), Unfinished);
  result.first = zeros(2, 2);
  result.third = zeros(1);
  CHECK_THROWS_AS(expect_complete(result), Unfinished);
  result.second = 0.0;
  CHECK_NOTHROW(expect_complete(result));
  result.third = Vec{};
  CHECK_THROWS_AS(expect_complete(result), Unfinished);
  CHECK(std::string(Unfinished().what()) == "a step has not been written yet");
}
