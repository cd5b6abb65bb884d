#include "attn/core/gradient_check.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "tests/support/close.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::test;

namespace {

/// L = sum of x^3 + y x over the entries of x, and its gradient 3 x^2 + y.
struct Cubic {
  Mat x = random_mat(2, 3, 1);
  double y = 0.7;
  double operator()() const {
    double sum = 0.0;
    for (const double entry : x) sum += entry * entry * entry + y * entry;
    return sum;
  }
  Mat d_x() const { return 3.0 * x * x + y; }
  double d_y() const {
    double sum = 0.0;
    for (const double entry : x) sum += entry;
    return sum;
  }
};

}  // namespace

TEST_CASE("gradient check: a right gradient passes", "[gradient_check]") {
  Cubic loss;
  CHECK(check_gradient(loss, loss.x, loss.d_x()));
  CHECK(check_gradient(loss, loss.y, loss.d_y()));
}

TEST_CASE("gradient check: the tensor is put back exactly", "[gradient_check]") {
  Cubic loss;
  const Mat before = loss.x;
  CHECK(check_gradient(loss, loss.x, loss.d_x()));
  CHECK(close(loss.x, before, 0.0));
}

TEST_CASE("gradient check: one wrong entry is found and named", "[gradient_check][errors]") {
  Cubic loss;
  loss.x = Mat{{1.0, 2.0, 3.0}, {4.0, 5.0, 6.0}};
  Mat wrong = loss.d_x();
  wrong(1, 0) += 1e-4;
  const GradientCheck check = check_gradient(loss, loss.x, wrong);
  CHECK_FALSE(check);
  CHECK(check.message.starts_with("entry (1, 0): analytic 48.7001"));
  CHECK(check.message.find("central difference 48.7") != std::string::npos);
}

TEST_CASE("gradient check: a relative slip of a millionth, a sign and a zero are found",
          "[gradient_check][errors]") {
  Cubic loss;
  const Mat right = loss.d_x();
  CHECK_FALSE(check_gradient(loss, loss.x, Mat(right * (1.0 + 1e-6))));
  CHECK_FALSE(check_gradient(loss, loss.x, Mat(-right)));
  CHECK_FALSE(check_gradient(loss, loss.x, zeros(2, 3)));
  CHECK_FALSE(check_gradient(loss, loss.y, -loss.d_y()));
}

TEST_CASE("gradient check: NaN and infinity never pass", "[gradient_check][errors]") {
  Cubic loss;
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    Mat wrong = loss.d_x();
    wrong(0, 1) = bad;
    CHECK_FALSE(check_gradient(loss, loss.x, wrong));
    const auto broken = [&] { return bad; };
    CHECK_FALSE(check_gradient(broken, loss.x, loss.d_x()));
  }
}

TEST_CASE("gradient check: a gradient of another shape is named", "[gradient_check][errors]") {
  Cubic loss;
  CHECK(check_gradient(loss, loss.x, zeros(3, 2)).message ==
        "the gradient has shape (3, 2), its tensor (2, 3)");
}
