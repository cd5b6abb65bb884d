/// The hooks between the steps of an exercise, and what makes a result whole.
#include "attn/core/exercise.hpp"

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <set>

using namespace attn;
using exercise::Value;
using exercise::Watch;

namespace {

/// Watches for as long as it lives, keeps what it is told, and gives what it is to give: by step,
/// for its first, second, … time; empty values: keep what was computed.
class Watching {
 public:
  explicit Watching(std::map<std::string, std::vector<Value>> given = {}, std::string mistake = "",
                    std::set<std::string, std::less<>> skipped = {}) {
    watch_.mistake = std::move(mistake);
    watch_.skipped = std::move(skipped);
    watch_.on_event = [this, given = std::move(given)](const exercise::Event& event) {
      events.push_back(event);
      const auto times = given.find(event.step);
      std::optional<Value> value;
      if (times == given.end() || event.time >= times->second.size()) return value;
      if (!times->second[event.time].values.empty()) value = times->second[event.time];
      return value;
    };
    exercise::set_watch(&watch_);
  }
  ~Watching() { exercise::set_watch(nullptr); }
  Watching(const Watching&) = delete;
  Watching& operator=(const Watching&) = delete;

  std::vector<exercise::Event> events;

 private:
  Watch watch_;
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
  const Watching watching;
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
  REQUIRE(watching.events.size() == 6);
  CHECK(watching.events[0].step == "x.v");
  CHECK(watching.events[0].own.shape == Shape{2});
  CHECK(watching.events[0].own.values == std::vector<double>{1, 2});
  CHECK(watching.events[1].own.shape == Shape{2, 3});
  CHECK(watching.events[1].own.values == cells(m));
  CHECK(watching.events[2].own.shape == Shape{2, 3, 4});
  CHECK(watching.events[2].own.values == cells(t));
  CHECK(watching.events[3].own.values.empty());
  CHECK(watching.events[4].own.shape.empty());
  CHECK(watching.events[4].own.values == std::vector<double>{7});
  CHECK(watching.events[5].step == "x.nothing");
  CHECK(watching.events[5].own.values.empty());
}

TEST_CASE("exercise: a given result replaces the step's own, whatever its extents", "[exercise]") {
  const Watching watching({{"x.v", {{{3}, numbers(3)}}},
                           {"x.m", {{{3, 2}, numbers(6)}}},
                           {"x.t", {{{1, 2, 3}, numbers(6)}}},
                           {"x.number", {{{}, {4.5}}}}});
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
  CHECK(watching.events[0].own.values == std::vector<double>{1, 2, 3});
  CHECK(watching.events[1].own.values.empty());
  CHECK(watching.events[3].own.values.empty());
}

TEST_CASE("exercise: what is given with another number of axes is ignored", "[exercise]") {
  const Watching watching({{"x.v", {{{1, 2}, numbers(2)}}},
                           {"x.m", {{{4}, numbers(4)}}},
                           {"x.t", {{{}, {1.0}}}},
                           {"x.number", {{{1}, {1.0}}}}});
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
  const Watching watching({{"x.v", {{{1}, {10.0}}, {{1}, {}}, {{1}, {30.0}}}}});
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
  CHECK(watching.events.size() == 8);
}

TEST_CASE("exercise: no more passages are recorded than most_events", "[exercise]") {
  const Watching watching;
  for (std::size_t n = 0; n < exercise::most_events + 5; ++n) {
    double number = static_cast<double>(n);
    CHECK(exercise::done("x.number", number));
    CHECK(number == static_cast<double>(n));
  }
  REQUIRE(watching.events.size() == exercise::most_events);
  CHECK(watching.events.back().own.values.front() ==
        static_cast<double>(exercise::most_events - 1));
}

TEST_CASE("exercise: exactly the mistake that was asked for is run", "[exercise]") {
  const Watching watching({}, "x.v/1");
  CHECK(exercise::is_watched());
  CHECK(exercise::mistaken("x.v/1"));
  CHECK_FALSE(exercise::mistaken("x.v/11"));
  CHECK_FALSE(exercise::mistaken("x.v/2"));
  CHECK_FALSE(exercise::mistaken("x.v"));
}

TEST_CASE("exercise: a step begins unless the watch leaves it out", "[exercise]") {
  CHECK(exercise::begins("x.v"));
  const Watching watching({}, "", {"x.v"});
  CHECK_FALSE(exercise::begins("x.v"));
  CHECK(exercise::begins("x.v2"));
  CHECK(exercise::begins("x"));
}

TEST_CASE("exercise: passages are counted for each step, and anew for each watch", "[exercise]") {
  for (int round = 0; round < 2; ++round) {
    const Watching watching;
    double number = 1.0;
    for (const char* step : {"x.a", "x.b", "x.a"}) exercise::done(step, number);
    REQUIRE(watching.events.size() == 3);
    CHECK(watching.events[0].time == 0);
    CHECK(watching.events[1].time == 0);
    CHECK(watching.events[2].time == 1);
  }
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
