#include "attn/mechanisms/positions.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <stdexcept>

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::positions {
using namespace attn::test;

namespace {

constexpr Sinusoid halves{.base = 10000.0, .layout = Layout::halves};

}  // namespace

TEST_CASE("positions: every entry is the paper's, and every shift the matrix that was solved for",
          "[positions][reference]") {
  for (const Fixture& c : Fixture("positions")["cases"].items()) {
    INFO(c.path());
    const Sinusoid sinusoid{c["base"].number(),
                            c["layout"].text() == "halves" ? Layout::halves : Layout::interleaved};
    const Vec at = from(c["first"].number(), c["T"].integer());
    const Forward f = forward(at, c["dm"].integer(), sinusoid);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(shift(c["k"].number(), f, sinusoid), c["shift"], 1e-12));
  }
}

TEST_CASE("positions: published tables", "[positions][reference]") {
  // Hugging Face, RoFormer, dm = 6: halves.
  CHECK(close(sinusoidal(2, 6, halves),
              Mat{{0.0, 0.0, 0.0, 1.0, 1.0, 1.0}, {0.8415, 0.0464, 0.0022, 0.5403, 0.9989, 1.0}},
              6e-5));
  // Alammar, "The Illustrated Transformer", dm = 4: halves, and the frequencies of Tensor2Tensor,
  // base^(-i/(dm/2-1)), which are the paper's with base^(dm/(dm-2)).
  CHECK(close(sinusoidal(3, 4, {.base = 1e8, .layout = Layout::halves}),
              Mat{{0.0, 0.0, 1.0, 1.0}, {0.84, 0.0001, 0.54, 1.0}, {0.91, 0.0002, -0.42, 1.0}},
              6e-3));
}

TEST_CASE("positions: the layouts have the same numbers in other columns", "[positions][law]") {
  const Mat by_turns = sinusoidal(5, 6), in_halves = sinusoidal(5, 6, halves);
  for (std::size_t p = 0; p < 5; ++p) {
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(by_turns(p, 2 * i) == in_halves(p, i));
      CHECK(by_turns(p, 2 * i + 1) == in_halves(p, 3 + i));
    }
  }
}

TEST_CASE("positions: each pair lies on a circle, so that every row has length sqrt(dm/2)",
          "[positions][law]") {
  for (const double length : row_norms(sinusoidal(50, 8))) CHECK(close(length, 2.0, 1e-15));
}

TEST_CASE("positions: one matrix moves every position, also back and by nothing",
          "[positions][law]") {
  for (const Sinusoid& sinusoid : {Sinusoid{}, halves, Sinusoid{.base = 20.0}}) {
    const Forward f = forward(from(0.0, 40), 8, sinusoid);
    for (const double k : {1.0, 3.0, -5.0, 0.0, 0.5}) {
      CHECK(close(shift(k, f, sinusoid).moved, forward(from(k, 40), 8, sinusoid).encoding, 1e-13));
    }
  }
}

TEST_CASE("positions: the shifts are rotations, and moving twice is moving by the sum",
          "[positions][law]") {
  const Mat R = rotation(3.0, 6);
  CHECK(close(matmul_nt(R, R), rotation(0.0, 6), 1e-15));
  CHECK(close(matmul(rotation(2.0, 6), rotation(1.0, 6)), R, 1e-15));
  CHECK(close(transpose(R), rotation(-3.0, 6), 1e-15));
  CHECK(close(matmul(rotation(2.0, 6, halves), rotation(1.0, 6, halves)), rotation(3.0, 6, halves),
              1e-15));
}

TEST_CASE("positions: the matrix stands on the left of a column", "[positions][law]") {
  const Mat PE = sinusoidal(5, 4);
  const Mat column = transpose(first_rows(PE, 1));
  const Mat moved = matmul(rotation(4.0, 4), column);
  for (std::size_t d = 0; d < 4; ++d) CHECK(close(moved(d, 0), PE(4, d), 1e-15));
}

TEST_CASE("positions: a learned table is read row by row", "[positions][law]") {
  const Mat P = random_mat(5, 3, 1);
  CHECK(close(learned(P, 5), P, 0.0));
  CHECK(close(learned(P, 2), first_rows(P, 2), 0.0));
}

TEST_CASE("positions: the gradient of a learned table agrees with central differences",
          "[positions][gradient]") {
  Mat P = random_mat(5, 3, 2);
  const Mat d_encoding = random_mat(4, 3, 3);
  const auto loss = [&] { return inner(learned(P, 4), d_encoding); };
  const Mat d_P = learned_backward(P, d_encoding).d_P;
  CHECK(check_gradient(loss, P, d_P));
  for (std::size_t d = 0; d < 3; ++d) CHECK(d_P(4, d) == 0.0);  // not read
}

TEST_CASE("positions: errors say what was found and what was expected", "[positions][errors]") {
  CHECK(message_of<ShapeError>([] { sinusoidal(3, 5); }) ==
        "dm is 5, expected an even number: sines and cosines come in pairs");
  CHECK(message_of<ShapeError>([] { rotation(1.0, 3); }) ==
        "dm is 3, expected an even number: sines and cosines come in pairs");
  CHECK(message_of<ShapeError>([] { sinusoidal(3, 0); }) ==
        "dm is 0, expected an even number: sines and cosines come in pairs");
  CHECK(message_of<ShapeError>([] { sinusoidal(0, 4); }) == "at has shape (0): axis T is empty");
  CHECK(message_of<std::invalid_argument>([] { sinusoidal(3, 4, {.base = 0.0}); }) ==
        "base is 0.000000, expected a number greater than 0");
  CHECK(message_of<std::out_of_range>([] { learned(zeros(5, 3), 8); }) ==
        "position 7 is beyond the learned table, whose last position is 4 (it has 5 rows, and "
        "positions count from 0)");
  CHECK(message_of<std::out_of_range>([] { learned_backward(zeros(2, 3), zeros(3, 3)); }) ==
        "position 2 is beyond the learned table, whose last position is 1 (it has 2 rows, and "
        "positions count from 0)");
  CHECK(message_of<ShapeError>([] { learned(zeros(0, 3), 1); }) ==
        "P has shape (0, 3): axis Tmax is empty");
  CHECK(message_of<ShapeError>([] { learned(zeros(2, 3), 0); }) ==
        "T is 0, expected at least one position");
  CHECK(message_of<ShapeError>([] { learned_backward(zeros(2, 3), zeros(2, 4)); }) ==
        "d_encoding has shape (2, 4), expected (2, 3), that is (T, dm): as wide as P");
}

}  // namespace attn::positions
