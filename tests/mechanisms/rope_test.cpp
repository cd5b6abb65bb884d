#include "attn/mechanisms/rope.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::rope {
using namespace attn::test;

TEST_CASE("rope: the score of a query at m and a key at n depends on m - n alone", "[rope][law]") {
  const Mat q = random_mat(5, 6, 1), k = random_mat(5, 6, 2);
  for (const Layout layout : {Layout::interleaved, Layout::halves}) {
    const auto scores = [&](double first) {
      const Mat turn = angles({.layout = layout, .first = first}, 5, 6);
      return matmul_nt(turned(q, turn, layout), turned(k, turn, layout));
    };
    CHECK(close(scores(0), scores(1), 1e-14));
    CHECK(close(scores(0), scores(1000), 1e-12));
  }
}

TEST_CASE("rope: q = (1,0,1,0) and k = (0,1,1,0) score as calculated by hand", "[rope][law]") {
  // The first pair scores sin of the distance, the second cos of a hundredth of it.
  const Mat q{{1, 0, 1, 0}}, k{{0, 1, 1, 0}};
  const auto score = [&](double m, double n) {
    const Layout layout = Layout::interleaved;
    return matmul_nt(turned(q, angles({.first = m}, 1, 4), layout),
                     turned(k, angles({.first = n}, 1, 4), layout))(0, 0);
  };
  CHECK(close(score(2, 1), std::sin(1.0) + std::cos(0.01), 1e-15));
  CHECK(close(score(7, 6), std::sin(1.0) + std::cos(0.01), 1e-14));
  CHECK(close(score(1, 2), -std::sin(1.0) + std::cos(0.01), 1e-15));
  CHECK(score(3, 3) == 1.0);
}

TEST_CASE("rope: position 0 changes nothing, and lengths stay", "[rope][law]") {
  const Mat x = random_mat(4, 6, 3);
  for (const Layout layout : {Layout::interleaved, Layout::halves}) {
    const Mat y = turned(x, angles({.layout = layout}, 4, 6), layout);
    CHECK(close(first_rows(y, 1), first_rows(x, 1), 0.0));
    CHECK(close(row_norms(y), row_norms(x), 1e-14));
  }
}

TEST_CASE("rope: the two layouts differ by an order of the columns", "[rope][law]") {
  const Mat x = random_mat(4, 6, 4), turn = angles({.first = 3}, 4, 6);
  const Order pairs_apart{0, 2, 4, 1, 3, 5};
  CHECK(close(turned(permute_columns(x, pairs_apart), turn, Layout::halves),
              permute_columns(turned(x, turn, Layout::interleaved), pairs_apart), 0.0));
}

TEST_CASE("rope: every head turns alike, and turning back undoes it", "[rope][law]") {
  const Ten3 x = random_ten3(2, 3, 4, 5);
  const Mat turn = angles({.base = 50.0, .first = 9}, 3, 4);
  const Ten3 y = turned(x, turn, Layout::halves);
  CHECK(close(turned_back(y, turn, Layout::halves), x, 1e-15));
  Mat second = zeros(3, 4);
  std::copy_n(x.data() + 12, 12, second.data());
  const Mat alone = turned(second, turn, Layout::halves);
  for (std::size_t i = 0; i < 12; ++i) CHECK(alone.data()[i] == y.data()[12 + i]);
}

TEST_CASE("rope: the gradient agrees with central differences", "[rope][gradient]") {
  Mat x = random_mat(3, 4, 6);
  const Mat d = random_mat(3, 4, 7), turn = angles({.first = 2}, 3, 4);
  for (const Layout layout : {Layout::interleaved, Layout::halves}) {
    const auto loss = [&] { return inner(turned(x, turn, layout), d); };
    CHECK(check_gradient(loss, x, turned_back(d, turn, layout)));
  }
}

TEST_CASE("rope: errors say what was expected", "[rope][errors]") {
  CHECK(message_of<ShapeError>([] { angles({}, 2, 3); }) ==
        "dk is 3, expected an even number: rotary positions turn pairs");
  CHECK(message_of<ShapeError>([] { turned(zeros(3, 4), zeros(2, 2), Layout::halves); }) ==
        "angles have shape (2, 2), expected at least 3 rows and one column for each pair of a "
        "width of 4");
}

}  // namespace attn::rope
