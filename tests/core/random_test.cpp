#include "attn/core/random.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>

#include "tests/support/close.hpp"

using namespace attn;
using namespace attn::test;

namespace {

const std::map<std::string, Init> inits{
    {"uniform", Init::uniform},
    {"normal", Init::normal},
    {"xavier_uniform", Init::xavier_uniform},
    {"xavier_normal", Init::xavier_normal},
    {"he_uniform", Init::he_uniform},
    {"he_normal", Init::he_normal},
};

/// The mean of f(x) over n draws.
template <class Draw, class Function>
double mean(int n, Draw&& draw, Function&& f) {
  double sum = 0.0;
  for (int i = 0; i < n; ++i) sum += f(draw());
  return sum / n;
}

}  // namespace

TEST_CASE("random: the generator is the one that the C++ standard fixes", "[random][reference]") {
  std::mt19937_64 engine;
  engine.discard(9999);
  CHECK(engine() == 9981545732273789042ULL);
}

TEST_CASE("random: a seed gives the numbers of an independent program, to the last bit",
          "[random][reference]") {
  for (const Fixture& stream : Fixture("random")["streams"].items()) {
    CAPTURE(stream["seed"].integer());
    Random uniform(stream["seed"].integer());
    for (const double expected : stream["uniform"].numbers()) CHECK(uniform.uniform() == expected);
    Random late(stream["seed"].integer());
    for (int i = 0; i < 1000; ++i) late.uniform();
    for (const double expected : stream["uniform_from_1000"].numbers()) {
      CHECK(late.uniform() == expected);
    }
    Random normal(stream["seed"].integer());
    for (const double expected : stream["normal"].numbers()) CHECK(normal.normal() == expected);
  }
}

TEST_CASE("random: every initialiser gives the tensor of an independent program",
          "[random][reference]") {
  for (const Fixture& c : Fixture("random")["tensors"].items()) {
    INFO(c["init"].text());
    Shape shape;
    for (const std::uint64_t extent : c["shape"].integers()) shape.push_back(extent);
    const Distribution how{inits.at(c["init"].text()), c["first"].number(), c["second"].number()};
    CHECK(close(random_values(shape, how, c["seed"].integer()), c["values"].numbers(), 0.0));
  }
}

TEST_CASE("random: the same seed gives the same numbers, another seed others", "[random][law]") {
  const Distribution how{Init::uniform, 0.0, 1.0};
  CHECK(random_values({3, 4}, how, 7) == random_values({3, 4}, how, 7));
  CHECK(random_values({3, 4}, how, 7) != random_values({3, 4}, how, 8));
  CHECK(random_values({}, how, 7).size() == 1);
  CHECK(random_values({3, 0}, how, 7).empty());
}

TEST_CASE(
    "random: uniform numbers lie from 0 to 1, without 1, and have the moments of the uniform law",
    "[random][law]") {
  const int n = 100000;
  Random random(11);
  double least = 1.0;
  double largest = 0.0;
  const auto draw = [&] {
    const double x = random.uniform();
    least = std::min(least, x);
    largest = std::max(largest, x);
    return x;
  };
  // Five standard errors: sqrt(1/12 / n) and sqrt(4/45 / n).
  CHECK(std::abs(mean(n, draw, [](double x) { return x; }) - 0.5) < 5 * std::sqrt(1.0 / 12 / n));
  CHECK(std::abs(mean(n, draw, [](double x) { return x * x; }) - 1.0 / 3) <
        5 * std::sqrt(4.0 / 45 / n));
  CHECK(least >= 0.0);
  CHECK(least < 1e-3);
  CHECK(largest < 1.0);
  CHECK(largest > 1.0 - 1e-3);
}

TEST_CASE("random: normal numbers have the moments and the tails of the normal law",
          "[random][law]") {
  const int n = 200000;
  Random random(12);
  const auto draw = [&] { return random.normal(); };
  const auto power = [](int p) { return [p](double x) { return std::pow(x, p); }; };
  // Five standard errors; E x^(2p) is 1, 3, 15, 105.
  CHECK(std::abs(mean(n, draw, power(1))) < 5 * std::sqrt(1.0 / n));
  CHECK(std::abs(mean(n, draw, power(2)) - 1.0) < 5 * std::sqrt(2.0 / n));
  CHECK(std::abs(mean(n, draw, power(3))) < 5 * std::sqrt(15.0 / n));
  CHECK(std::abs(mean(n, draw, power(4)) - 3.0) < 5 * std::sqrt(96.0 / n));
  for (const double limit : {0.5, 1.0, 2.0, 3.0}) {
    const double expected = std::erf(limit / std::sqrt(2.0));
    const double inside = mean(n, draw, [&](double x) { return std::abs(x) < limit ? 1.0 : 0.0; });
    CHECK(std::abs(inside - expected) < 5 * std::sqrt(expected * (1.0 - expected) / n));
  }
}

TEST_CASE("random: Glorot's and He's initialisers have the variance that they promise",
          "[random][law]") {
  const Shape shape{40, 120};  // fan_out 40, fan_in 120
  const double n = 40 * 120;
  struct Promise {
    Init init;
    double variance;
  };
  for (const Promise p :
       {Promise{Init::xavier_uniform, 2.0 / 160}, Promise{Init::xavier_normal, 2.0 / 160},
        Promise{Init::he_uniform, 2.0 / 120}, Promise{Init::he_normal, 2.0 / 120}}) {
    double sum = 0.0;
    for (const double x : random_values(shape, {p.init, 0.0, 1.0}, 13)) sum += x * x;
    CHECK(std::abs(sum / n / p.variance - 1.0) < 5 * std::sqrt(2.0 / n));
  }
}

TEST_CASE("random: fan_in is the width of what the matrix multiplies", "[random][law]") {
  const auto largest = [](bool rows_in) {
    double most = 0.0;
    for (const double x : random_values({4, 64}, {Init::he_uniform, 0.0, 1.0, rows_in}, 1))
      most = std::max(most, std::abs(x));
    return most;
  };
  // sqrt(6 / 4) for X W with 4 columns of X; sqrt(6 / 64) for W x with x of 64. 256 draws come
  // near.
  CHECK(largest(true) <= std::sqrt(6.0 / 4));
  CHECK(largest(true) > 0.9 * std::sqrt(6.0 / 4));
  CHECK(largest(false) <= std::sqrt(6.0 / 64));
  CHECK(largest(false) > 0.9 * std::sqrt(6.0 / 64));
}
