#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/io/demo_schema.hpp"

namespace attn::io::test {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST_CASE("config: expect gives each tensor's numbers, tolerances, source and place", "[config]") {
  const Config config =
      load(demo_config +
           "expect:\n"
           "  weights: {values: [[0.25, .inf], [-.inf, .nan]], tolerance: 5.0e-4, "
           "relative: 1e-6, source: eq. 3}\n"
           "  t1.scores: [1, 2, 3]\n"
           "  loss: 0.5\n"
           "  mask: [[true, false]]\n");
  const auto& found = config.expectations();
  REQUIRE(found.size() == 4);

  CHECK(found[0].tensor == "weights");
  CHECK(found[0].shape == Shape{2, 2});
  CHECK(found[0].values[0] == 0.25);
  CHECK(found[0].values[1] == infinity);
  CHECK(found[0].values[2] == -infinity);
  CHECK(std::isnan(found[0].values[3]));
  CHECK(found[0].absolute == 5e-4);
  CHECK(found[0].relative == 1e-6);
  CHECK(found[0].source == "eq. 3");
  CHECK(found[0].place == "c.yaml:7:3");

  CHECK(found[1].tensor == "t1.scores");
  CHECK(found[1].shape == Shape{3});
  CHECK(found[1].absolute == 1e-9);
  CHECK(found[1].relative == 0.0);
  CHECK(found[1].source.empty());

  CHECK(found[2].shape.empty());
  CHECK(found[2].values == std::vector<double>{0.5});
  CHECK(found[3].values == std::vector<double>{1.0, 0.0});
}

TEST_CASE("config: a wrong expectation is reported where it stands", "[config][errors]") {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"{}", "13: expect.w: has neither values nor a file, expected one"},
      {"{values: 1, file: x.npy}", "13: expect.w: has both values and a file, expected one"},
      {"{values: [[1, 2], [3]]}", "31: expect.w: row 2 has 1 number, but row 1 has 2"},
      {"[1, x]", "17: expect.w: found text \"x\", expected a number"},
      {"abc", "13: expect.w: found text \"abc\", expected a number"},
      {"", "13: expect.w: found nothing, expected a number"},
      {"[]", "13: expect.w: found an empty list, expected a list of numbers such as [1, 2]"},
      {"[[1, 2], 3]",
       "22: expect.w: found the number 3 as row 2, expected rows of numbers such as "
       "[[1, 2], [3, 4]]"},
      {"[1, [2]]",
       "17: expect.w: found a list of 1 number as entry 2, expected a list of numbers "
       "such as [1, 2]"},
      {"{values: 1, tolerance: -1}",
       "36: expect.w.tolerance: found -1, expected a number of at least 0"},
      {"{values: 1, tolerance: .inf}",
       "36: expect.w.tolerance: found .inf, expected a finite number"},
      {"{values: 1, relative: x}", "35: expect.w.relative: found text \"x\", expected a number"},
      {"{values: 1, source: [x]}", "33: expect.w.source: found a list of 1 text, expected a text"},
      {"{values: 1, tol: 2}",
       "25: unknown key expect.w.tol; expected one of values, file, tolerance, "
       "relative or source"},
      {"{file: no.npy}", "20: expect.w: no.npy: no such file"},
  };
  for (const auto& [value, message] : cases) {
    CHECK(faults_of(demo_config + "expect: {w: " + value + "}\n") == "c.yaml:6:" + message);
  }
  CHECK(
      faults_of(demo_config + "expect: 3\n") ==
      "c.yaml:6:9: expect: found the number 3, expected names of tensors with their numbers, such "
      "as `weights: [[0.5, 0.5]]`");
}

}  // namespace
}  // namespace attn::io::test
