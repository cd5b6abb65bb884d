#include "attn/mechanisms/residual.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/activations.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::residual {
using namespace attn::test;

TEST_CASE("residual: a sublayer that gives nothing changes nothing", "[residual][law]") {
  const Mat x = random_mat(3, 4, 1);
  CHECK(close(forward(x, zeros(3, 4)).sum, x, 0.0));
}

TEST_CASE("residual: gradients agree with central differences", "[residual][gradient]") {
  Mat x = random_mat(3, 4, 2);
  const Mat d_sum = random_mat(3, 4, 3);
  const auto loss = [&] { return inner(forward(x, tanh(x)).sum, d_sum); };
  const Backward b = backward(d_sum, tanh_backward(tanh(x), d_sum));
  CHECK(check_gradient(loss, x, b.d_x));
}

TEST_CASE("residual: both are sums, entry by entry", "[residual][reference]") {
  const Mat x{{1, 2, 3}, {4, 5, 6}};
  const Mat y{{10, 0, -3}, {0.5, -5, 1}};
  const Mat sum{{11, 2, 0}, {4.5, 0, 7}};
  CHECK(close(forward(x, y).sum, sum, 0.0));
  CHECK(close(backward(x, y).d_x, sum, 0.0));
}

TEST_CASE("residual: errors name the tensor and what was expected", "[residual][errors]") {
  CHECK(message_of<ShapeError>([] { forward(zeros(3, 4), zeros(3, 5)); }) ==
        "y has shape (3, 5), expected (3, 4), that is (T, dm): the sublayer's output is added to "
        "its input");
  CHECK(message_of<ShapeError>([] { backward(zeros(3, 4), zeros(2, 4)); }) ==
        "d_through has shape (2, 4), expected (3, 4), that is (T, dm): the shape of d_sum");
}

}  // namespace attn::residual
