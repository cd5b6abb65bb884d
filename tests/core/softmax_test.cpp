#include "attn/core/softmax.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "attn/core/shape_error.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::test;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

double row_sum(const Mat& m, std::size_t i) {
  double sum = 0.0;
  for (std::size_t j = 0; j < cols(m); ++j) sum += m(i, j);
  return sum;
}

}  // namespace

TEST_CASE("softmax: each row sums to 1, and no weight is negative", "[softmax][law]") {
  for (const double spread : {1e-3, 1.0, 30.0, 1e4}) {
    const Mat weights = softmax(random_mat(7, 11, 3, spread));
    for (std::size_t i = 0; i < rows(weights); ++i) {
      CHECK(close(row_sum(weights, i), 1.0, 1e-15 * 11));
      for (std::size_t j = 0; j < cols(weights); ++j) CHECK(weights(i, j) >= 0.0);
    }
  }
}

TEST_CASE("softmax: equal scores give equal weights, however large they are", "[softmax][law]") {
  for (const double score : {0.0, -1e4, 1e4, 1e300, -1e300}) {
    const Mat scores(Mat::shape_type{2, 4}, score);
    CHECK(close(softmax(scores), Mat(Mat::shape_type{2, 4}, 0.25), 0.0));
  }
}

TEST_CASE("softmax: scores of ten thousand neither overflow nor vanish", "[softmax][law]") {
  const Mat weights = softmax(Mat{{1e4, -1e4, 1e4 - 1.0}, {-1e4, -1e4 - 1.0, -3e4}});
  const double larger = 1.0 / (1.0 + std::exp(-1.0));
  CHECK(close(weights, Mat{{larger, 0.0, 1.0 - larger}, {larger, 1.0 - larger, 0.0}}, 1e-15));
}

TEST_CASE("softmax: the same number added to a row's scores changes nothing", "[softmax][law]") {
  const Mat scores = random_mat(5, 6, 4);
  for (const double shift : {-1e4, -0.5, 8.0, 1e4}) {
    const Mat shifted = scores + shift;
    CHECK(close(softmax(shifted), softmax(scores), 1e-11));
  }
}

TEST_CASE("softmax: weights follow their scores when the keys are reordered", "[softmax][law]") {
  const Mat scores = random_mat(3, 5, 5);
  const std::vector<std::size_t> order{4, 2, 0, 3, 1};
  Mat reordered = scores;
  Mat expected = softmax(scores);
  const Mat weights = expected;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 5; ++j) {
      reordered(i, j) = scores(i, order[j]);
      expected(i, j) = weights(i, order[j]);
    }
  }
  CHECK(close(softmax(reordered), expected, 1e-15));
}

TEST_CASE("softmax: a key with score -inf has a weight of exactly 0", "[softmax][law]") {
  const Mat weights = softmax(Mat{{1.0, -inf, 2.0}});
  CHECK(weights(0, 1) == 0.0);
  CHECK(close(row_sum(weights, 0), 1.0, 1e-15));
}

TEST_CASE("softmax: a row without any key has weights of exactly 0", "[softmax][law]") {
  const Mat weights = softmax(Mat{{-inf, -inf, -inf}, {0.0, 0.0, -inf}});
  CHECK(close(weights, Mat{{0.0, 0.0, 0.0}, {0.5, 0.5, 0.0}}, 0.0));
  CHECK(softmax(zeros(2, 0)).size() == 0);
}

TEST_CASE("softmax: a score of NaN or +inf makes every weight of its row NaN, and of no other",
          "[softmax][law]") {
  // Rows of up to 20 keys, because several exponentials are taken at a time.
  for (const double bad : {std::numeric_limits<double>::quiet_NaN(), inf}) {
    for (std::size_t n = 1; n <= 20; ++n) {
      for (std::size_t j = 0; j < n; ++j) {
        Mat scores = zeros(2, n);
        scores(0, j) = bad;
        Mat expected = zeros(2, n);
        for (std::size_t k = 0; k < n; ++k) expected(0, k) = std::nan("");
        for (std::size_t k = 0; k < n; ++k) expected(1, k) = 1.0 / static_cast<double>(n);
        CHECK(close(softmax(scores), expected, 1e-15));
      }
    }
  }
}

TEST_CASE("softmax: -inf and -1e4 at any place of a row of any length weigh exactly 0",
          "[softmax][law]") {
  for (const double low : {-inf, -1e4}) {
    for (std::size_t n = 2; n <= 20; ++n) {
      for (std::size_t j = 0; j < n; ++j) {
        Mat scores = zeros(1, n);
        scores(0, j) = low;
        Mat expected(Mat::shape_type{1, n}, 1.0 / static_cast<double>(n - 1));
        expected(0, j) = 0.0;
        CHECK(close(softmax(scores), expected, 1e-15));
        CHECK(softmax(scores)(0, j) == 0.0);
      }
    }
  }
}

TEST_CASE("softmax: a score of NaN is not hidden by masked keys beside it", "[softmax][law]") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (std::size_t n = 2; n <= 20; ++n) {
    Mat scores(Mat::shape_type{1, n}, -inf);
    scores(0, n / 2) = nan;
    CHECK(close(softmax(scores), Mat(Mat::shape_type{1, n}, nan), 0.0));
  }
}

TEST_CASE("softmax: the mask puts -inf where it is false, and changes nothing else",
          "[softmax][law]") {
  const Mask mask{{true, false, true}, {false, true, true}};
  CHECK(close(apply_mask(Mat{{1.0, 2.0, 3.0}, {std::nan(""), 5.0, 6.0}}, mask),
              Mat{{1.0, -inf, 3.0}, {-inf, 5.0, 6.0}}, 0.0));
}

TEST_CASE("softmax: the backward pass agrees with central differences", "[softmax][gradient]") {
  Mat scores = random_mat(4, 6, 6);
  scores(1, 2) = scores(2, 0) = -inf;
  const Mat d_weights = random_mat(4, 6, 7);
  const Mat d_scores = softmax_backward(softmax(scores), d_weights);
  CHECK(d_scores(1, 2) == 0.0);
  CHECK(d_scores(2, 0) == 0.0);
  // A finite number in place of -inf, so that the differences exist, and small enough to weigh 0.
  scores(1, 2) = scores(2, 0) = -1e3;
  const auto loss = [&] { return inner(softmax(scores), d_weights); };
  CHECK(check_gradient(loss, scores, d_scores));
}

TEST_CASE("softmax: the gradient of each row sums to 0", "[softmax][gradient]") {
  const Mat d_scores = softmax_backward(softmax(random_mat(4, 6, 8)), random_mat(4, 6, 9));
  for (std::size_t i = 0; i < rows(d_scores); ++i) CHECK(close(row_sum(d_scores, i), 0.0, 1e-15));
}

TEST_CASE("softmax: a row without any key gets a gradient of exactly 0", "[softmax][gradient]") {
  const Mat d_scores = softmax_backward(zeros(1, 3), random_mat(1, 3, 10));
  CHECK(close(d_scores, zeros(1, 3), 0.0));
}

TEST_CASE("softmax: weights and gradients are PyTorch's", "[softmax][reference]") {
  for (const Fixture& c : Fixture("softmax")["cases"].items()) {
    INFO(c["name"].text());
    const Mat masked = apply_mask(c["scores"].mat(), c["mask"].mask());
    CHECK(close(masked, c["masked"].mat(), 0.0));
    const Mat weights = softmax(masked);
    CHECK(close(weights, c["weights"].mat(), 1e-15));
    CHECK(close(softmax_backward(weights, c["d_weights"].mat()), c["d_scores"].mat(), 1e-14));
  }
}

TEST_CASE("softmax: a weight of almost 1 hides nothing: each gradient is right relative to itself",
          "[softmax][reference]") {
  for (const Fixture& c : Fixture("saturated")["rows"].items()) {
    INFO(c.path());
    const Vec scores = c["scores"].vec(), weights = softmax(scores);
    CHECK(relatively_close(weights, c["weights"].vec(), 1e-13));
    CHECK(relatively_close(complements(weights), c["complements"].vec(), 1e-13));
    CHECK(relatively_close(softmax_backward(weights, c["d_weights"].vec()), c["d_scores"].vec(),
                           1e-12));
  }
}

TEST_CASE("softmax: the logarithm of a sum of exponentials is above the largest, or NaN",
          "[softmax][law]") {
  CHECK(log_sum_exp_above_largest(Vec{3.0}) == 0.0);
  CHECK(close(log_sum_exp_above_largest(Vec{1e300, 1e300}), std::log(2.0), 1e-15));
  // log(1 + exp(-100)) = exp(-100) to the last bit
  CHECK(relatively_close(log_sum_exp_above_largest(Vec{-100.0, 0.0}), std::exp(-100.0), 1e-15));
  for (const double bad : {inf, std::nan("")}) {
    CHECK(std::isnan(log_sum_exp_above_largest(Vec{0.0, bad, -1.0})));
  }
}

TEST_CASE("softmax: gradients of the largest numbers of both signs do not overflow",
          "[softmax][law]") {
  // a_j (d_j - mean) with a = (1/2, 1/4, 1/4), d = (m, -m, -m), mean 0
  constexpr double most = 0x1.8p1023;
  CHECK(close(softmax_backward(Vec{0.5, 0.25, 0.25}, Vec{most, -most, -most}),
              Vec{0.5 * most, -0.25 * most, -0.25 * most}, 1e-15));
  CHECK(std::isnan(softmax_backward(Vec{0.5, 0.5}, Vec{1.0, std::nan("")})(0)));
}

TEST_CASE("softmax: a mask or gradient of another shape is named", "[softmax][errors]") {
  CHECK(message_of<ShapeError>([] {
          return apply_mask(zeros(2, 3), Mask(Mask::shape_type{3, 2}, true));
        }) == "mask has shape (3, 2), expected (2, 3), that is (Tq, Tk): the shape of the scores");
  CHECK(message_of<ShapeError>([] { return softmax_backward(zeros(2, 3), zeros(2, 2)); }) ==
        "d_weights has shape (2, 2), expected (2, 3), that is (Tq, Tk): the shape of the weights");
}
