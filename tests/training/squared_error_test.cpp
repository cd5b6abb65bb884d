#include "attn/training/squared_error.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::squared_error;
using namespace attn::test;

TEST_CASE("squared error: loss and gradient are PyTorch's", "[squared_error][reference]") {
  for (const Fixture& c : Fixture("squared_error")["cases"].items()) {
    const Reduction reduction = c["reduction"].text() == "sum" ? Reduction::sum : Reduction::mean;
    const Mat prediction = c["prediction"].mat();
    const Mat target = c["target"].mat();
    CHECK(close(loss(prediction, target, reduction), c["loss"].number(), 1e-15));
    CHECK(close(backward(prediction, target, reduction), c["gradient"].mat(), 1e-15));
  }
}

TEST_CASE("squared error: the sum is the mean times the number of entries",
          "[squared_error][law]") {
  const Mat prediction{{1.0, 4.0}, {2.0, 2.0}, {0.0, 0.0}};
  const Mat target{{1.0, 2.0}, {5.0, 2.0}, {0.0, 1.0}};
  CHECK(loss(prediction, target, Reduction::sum) == 14.0);
  CHECK(close(loss(prediction, target, Reduction::mean), 14.0 / 6.0, 1e-15));
  CHECK(loss(target, target, Reduction::sum) == 0.0);
}

TEST_CASE("squared error: the gradient agrees with central differences",
          "[squared_error][gradient]") {
  for (const Reduction reduction : {Reduction::sum, Reduction::mean}) {
    Mat prediction = random_mat(4, 3, 1);
    const Mat target = random_mat(4, 3, 2);
    CHECK(check_gradient([&] { return loss(prediction, target, reduction); }, prediction,
                         backward(prediction, target, reduction)));
  }
}

TEST_CASE("squared error: the mean of squares whose sum overflows", "[squared_error][law]") {
  // 4 errors of 2^511: squares of 2^1022, whose sum of 2^1024 no double is
  const Mat prediction{{0x1p511, -0x1p511}, {0x1p511, 0.0}}, target{{0.0, 0.0}, {0.0, 0x1p511}};
  CHECK(loss(prediction, target, Reduction::mean) == 0x1p1022);
  const Mat small_prediction = 0x1p-1030 * prediction, small_target = 0x1p-1030 * target;
  CHECK(loss(small_prediction, small_target, Reduction::mean) == 0x1p-1038);
}

TEST_CASE("squared error: shapes that differ, and nothing at all, are named",
          "[squared_error][errors]") {
  CHECK(message_of<ShapeError>([] { return loss(zeros(2, 3), zeros(3, 2), Reduction::sum); }) ==
        "target has shape (3, 2), expected (2, 3), that is (n, dv): the shape of the prediction");
  CHECK(message_of<ShapeError>([] { return backward(zeros(2, 1), zeros(3, 1), Reduction::sum); }) ==
        "target has shape (3, 1), expected (2, 1), that is (n, dv): the shape of the prediction");
  CHECK(message_of<ShapeError>([] { return loss(zeros(0, 1), zeros(0, 1), Reduction::mean); }) ==
        "prediction has shape (0, 1): axis n is empty");
}
