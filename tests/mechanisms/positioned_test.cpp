#include "attn/mechanisms/positioned.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/heads.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::positioned {
using namespace attn::test;

namespace {

const rope::Rope turns{.base = 50.0, .layout = rope::Layout::halves, .first = 4.0};

}  // namespace

TEST_CASE("positioned: several heads are what each of them is alone", "[positioned][law]") {
  const Ten3 q = random_ten3(4, 2, 6, 1), k = random_ten3(2, 3, 6, 2), v = random_ten3(2, 3, 5, 3);
  const How<Ten3> how{turns, random_ten3(2, 4, 6, 4), random_ten3(2, 4, 5, 5)};
  const Forward<Ten3> f = forward(q, k, v, how);
  for (std::size_t h = 0; h < 4; ++h) {
    const std::size_t g = h / 2;
    const How<Mat> own{turns, head(how.past_keys, g), head(how.past_values, g)};
    const Forward<Mat> one = forward(head(q, h), head(k, g), head(v, g), own);
    CHECK(close(head(f.q_rotated, h), one.q_rotated, 0.0));
    CHECK(close(head(f.all_keys, g), one.all_keys, 0.0));
    CHECK(close(head(f.all_values, g), one.all_values, 0.0));
  }
}

TEST_CASE("positioned: new positions are counted behind those of the past", "[positioned][law]") {
  const Mat q = random_mat(2, 4, 6), k = random_mat(3, 4, 7), v = random_mat(3, 5, 8);
  const Forward<Mat> f = forward(q, k, v, How<Mat>{turns, zeros(6, 4), zeros(6, 5)});
  CHECK(f.angles(0, 0) == 10.0);  // from 4 on, behind 6
  CHECK(rows(f.angles) == 3);
  CHECK(rows(f.all_keys) == 9);
}

TEST_CASE("positioned: what is not asked for is not there", "[positioned][law]") {
  const Mat q = random_mat(2, 3, 9), k = random_mat(3, 3, 10), v = random_mat(3, 5, 11);
  const Forward<Mat> f = forward(q, k, v, How<Mat>{});
  std::size_t count = 0;
  Forward<Mat>::each(f, [&](const Field&, const Mat&) { ++count; });
  CHECK(count == 0);
  const Backward<Mat> b = backward(How<Mat>{}, f, q, k, v);
  CHECK(close(b.d_q, q, 0.0));
  CHECK(close(b.d_k, k, 0.0));
  CHECK(close(b.d_v, v, 0.0));
}

TEST_CASE("positioned: gradients agree with central differences", "[positioned][gradient]") {
  Mat q = random_mat(2, 4, 12), k = random_mat(3, 4, 13), v = random_mat(3, 5, 14);
  How<Mat> how{turns, random_mat(2, 4, 15), random_mat(2, 5, 16)};
  const Mat d_q = random_mat(2, 4, 17), d_k = random_mat(5, 4, 18), d_v = random_mat(5, 5, 19);
  const auto loss = [&] {
    const Forward<Mat> f = forward(q, k, v, how);
    return inner(f.q_rotated, d_q) + inner(f.all_keys, d_k) + inner(f.all_values, d_v);
  };
  const Backward<Mat> b = backward(how, forward(q, k, v, how), d_q, d_k, d_v);
  CHECK(check_gradient(loss, q, b.d_q));
  CHECK(check_gradient(loss, k, b.d_k));
  CHECK(check_gradient(loss, v, b.d_v));
  CHECK(check_gradient(loss, how.past_keys, b.d_past_keys));
  CHECK(check_gradient(loss, how.past_values, b.d_past_values));
}

TEST_CASE("positioned: an odd width cannot be turned", "[positioned][errors]") {
  CHECK(message_of<ShapeError>([] {
          forward(zeros(2, 3), zeros(2, 3), zeros(2, 1), How<Mat>{.rope = turns});
        }) == "dk is 3, expected an even number: rotary positions turn pairs");
}

}  // namespace attn::positioned
