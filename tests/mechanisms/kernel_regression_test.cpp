#include "attn/mechanisms/kernel_regression.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>

#include "attn/core/shape_error.hpp"
#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

using namespace attn;
using namespace attn::kernel_regression;
using namespace attn::test;

namespace {

const std::map<std::string, Kernel> kernels{{"gaussian", Kernel::gaussian},
                                            {"boxcar", Kernel::boxcar},
                                            {"epanechnikov", Kernel::epanechnikov},
                                            {"triangular", Kernel::triangular},
                                            {"constant", Kernel::constant}};

constexpr double inf = std::numeric_limits<double>::infinity();

/// Four queries, six keys of width 3, values of width 2: no two axes are equally long.
struct Inputs {
  Mat queries = random_mat(4, 3, 1);
  Mat keys = random_mat(6, 3, 2);
  Mat values = random_mat(6, 2, 3);
  Mask mask = random_mask(4, 6, 4);
  double bandwidth = 2.5;
  Forward forward(Kernel kernel) const {
    return kernel_regression::forward(queries, keys, values, mask, kernel, bandwidth);
  }
  Backward backward(Kernel kernel, const Mat& d_prediction) const {
    return kernel_regression::backward(queries, keys, values, kernel, bandwidth, forward(kernel),
                                       d_prediction);
  }
};

/// One-dimensional queries and keys, one value each, every key seen.
Forward on_a_line(const std::vector<double>& queries, const std::vector<double>& keys,
                  const std::vector<double>& values, Kernel kernel, double bandwidth) {
  const auto column = [](const std::vector<double>& entries) {
    Mat m = zeros(entries.size(), 1);
    std::copy(entries.begin(), entries.end(), m.begin());
    return m;
  };
  return forward(column(queries), column(keys), column(values),
                 mask::full(queries.size(), keys.size()), kernel, bandwidth);
}

void check_gradients(Inputs inputs, Kernel kernel) {
  const Mat d_prediction = random_mat(4, 2, 6);
  const Backward b = inputs.backward(kernel, d_prediction);
  const auto loss = [&] { return inner(inputs.forward(kernel).prediction, d_prediction); };
  CHECK(check_gradient(loss, inputs.queries, b.d_queries));
  CHECK(check_gradient(loss, inputs.keys, b.d_keys));
  CHECK(check_gradient(loss, inputs.values, b.d_values));
  CHECK(check_gradient(loss, inputs.bandwidth, b.d_bandwidth));
}

}  // namespace

TEST_CASE("kernel regression: the five kernels are what their formulas say",
          "[kernel_regression][reference]") {
  // Distances 0, 1, 2, 3, 4 in bandwidths of 2: u = 0, 0.5, 1, 1.5, 2.
  const auto kernel = [](Kernel which) {
    return on_a_line({0.0}, {0.0, 1.0, 2.0, -3.0, 4.0}, {1, 1, 1, 1, 1}, which, 2.0).kernel;
  };
  CHECK(close(kernel(Kernel::gaussian),
              Mat{{1.0, std::exp(-0.125), std::exp(-0.5), std::exp(-1.125), std::exp(-2.0)}},
              1e-15));
  CHECK(close(kernel(Kernel::boxcar), Mat{{1.0, 1.0, 0.0, 0.0, 0.0}}, 0.0));
  CHECK(close(kernel(Kernel::epanechnikov), Mat{{1.0, 0.75, 0.0, 0.0, 0.0}}, 0.0));
  CHECK(close(kernel(Kernel::triangular), Mat{{1.0, 0.5, 0.0, 0.0, 0.0}}, 0.0));
  CHECK(close(kernel(Kernel::constant), Mat{{1.0, 1.0, 1.0, 1.0, 1.0}}, 0.0));
}

TEST_CASE("kernel regression: an example worked by hand", "[kernel_regression][reference]") {
  // Query 1 with keys 0, 1, 3: u = 0.5, 0, 1. Epanechnikov 0.75, 1, 0, whose sum is 1.75.
  const Forward f =
      on_a_line({1.0}, {0.0, 1.0, 3.0}, {7.0, 14.0, 100.0}, Kernel::epanechnikov, 2.0);
  CHECK(close(f.distances, Mat{{1.0, 0.0, 2.0}}, 0.0));
  CHECK(close(f.u, Mat{{0.5, 0.0, 1.0}}, 0.0));
  CHECK(close(f.scores, Mat{{std::log(0.75), 0.0, -inf}}, 1e-15));
  CHECK(close(f.weights, Mat{{3.0 / 7.0, 4.0 / 7.0, 0.0}}, 1e-15));
  CHECK(close(f.prediction, Mat{{11.0}}, 1e-15));
}

TEST_CASE("kernel regression: no weight is negative, and a row of them sums to 1",
          "[kernel_regression][law]") {
  for (const auto& [name, kernel] : kernels) {
    CAPTURE(name);
    Inputs inputs;
    inputs.bandwidth = 6.0;
    const Mat weights = inputs.forward(kernel).weights;
    for (std::size_t i = 0; i < 4; ++i) {
      double sum = 0.0;
      for (std::size_t j = 0; j < 6; ++j) {
        CHECK(weights(i, j) >= 0.0);
        sum += weights(i, j);
      }
      CHECK(close(sum, 1.0, 1e-15));
    }
  }
}

TEST_CASE("kernel regression: the constant kernel and an endless bandwidth give the mean",
          "[kernel_regression][law]") {
  const auto prediction = [](Kernel kernel, double bandwidth) {
    return on_a_line({0.0, 9.0}, {1.0, 2.0, 8.0}, {1.0, 0.0, 5.0}, kernel, bandwidth).prediction;
  };
  const Mat mean{{2.0}, {2.0}};
  CHECK(close(prediction(Kernel::constant, 1.0), mean, 1e-15));
  for (const auto& [name, kernel] : kernels) {
    CAPTURE(name);
    CHECK(close(prediction(kernel, 1e12), mean, 1e-10));
  }
}

TEST_CASE("kernel regression: a small bandwidth gives the value of the nearest key",
          "[kernel_regression][law]") {
  const Forward f = on_a_line({0.0, 2.6}, {0.1, 2.0, 3.0}, {5.0, 6.0, 7.0}, Kernel::gaussian, 1e-2);
  CHECK(close(f.prediction, Mat{{5.0}, {7.0}}, 1e-12));
}

TEST_CASE("kernel regression: a far query of the Gaussian kernel still attends to the nearest keys",
          "[kernel_regression][law]") {
  // The kernel itself has underflowed to 0; the ratio exp(-(1001^2 - 1000^2) / 2) has not.
  const Forward f = on_a_line({1000.0}, {0.0, -1e-3}, {2.0, 4.0}, Kernel::gaussian, 1.0);
  CHECK(f.kernel(0, 0) == 0.0);
  const double odds = std::exp(-(1000.001 * 1000.001 - 1000.0 * 1000.0) / 2.0);
  CHECK(close(f.weights(0, 0), 1.0 / (1.0 + odds), 1e-9));
}

TEST_CASE("kernel regression: without a key in reach, weights, prediction and gradients are 0",
          "[kernel_regression][law]") {
  const Mat queries{{0.0}, {50.0}};
  const Mat keys{{0.5}, {-0.5}};
  const Mat values{{1.0}, {3.0}};
  for (const Kernel kernel : {Kernel::boxcar, Kernel::epanechnikov, Kernel::triangular}) {
    const Forward f = forward(queries, keys, values, mask::full(2, 2), kernel, 1.0);
    CHECK(close(f.weights, Mat{{0.5, 0.5}, {0.0, 0.0}}, 0.0));
    CHECK(close(f.prediction, Mat{{2.0}, {0.0}}, 0.0));
    const Backward b = backward(queries, keys, values, kernel, 1.0, f, Mat{{0.0}, {1.0}});
    CHECK(close(b.d_values, zeros(2, 1), 0.0));
    CHECK(close(b.d_u, zeros(2, 2), 0.0));
    CHECK(close(b.d_queries, zeros(2, 1), 0.0));
    CHECK(b.d_bandwidth == 0.0);
  }
}

TEST_CASE("kernel regression: a masked key has no weight and gets no gradient",
          "[kernel_regression][law]") {
  Inputs inputs;
  for (std::size_t i = 0; i < 4; ++i) inputs.mask(i, 5) = false;  // hidden from all
  for (std::size_t j = 0; j < 6; ++j) inputs.mask(2, j) = false;  // sees nothing
  for (const auto& [name, kernel] : kernels) {
    CAPTURE(name);
    const Forward f = inputs.forward(kernel);
    const Backward b = inputs.backward(kernel, random_mat(4, 2, 5));
    for (std::size_t i = 0; i < 4; ++i) {
      for (std::size_t j = 0; j < 6; ++j) {
        if (inputs.mask(i, j)) continue;
        CHECK(f.weights(i, j) == 0.0);
        CHECK(b.d_scores(i, j) == 0.0);
        CHECK(b.d_distances(i, j) == 0.0);
      }
    }
    for (std::size_t c = 0; c < 2; ++c) CHECK(f.prediction(2, c) == 0.0);
    for (std::size_t c = 0; c < 2; ++c) CHECK(b.d_values(5, c) == 0.0);
    for (std::size_t c = 0; c < 3; ++c) CHECK(b.d_keys(5, c) == 0.0);
    for (std::size_t c = 0; c < 3; ++c) CHECK(b.d_queries(2, c) == 0.0);
  }
}

TEST_CASE("kernel regression: it does not matter in which order the keys come",
          "[kernel_regression][law]") {
  const Inputs inputs;
  Inputs reordered;
  const std::vector<std::size_t> order{3, 5, 0, 1, 4, 2};
  for (std::size_t j = 0; j < 6; ++j) {
    for (std::size_t c = 0; c < 3; ++c) reordered.keys(j, c) = inputs.keys(order[j], c);
    for (std::size_t c = 0; c < 2; ++c) reordered.values(j, c) = inputs.values(order[j], c);
    for (std::size_t i = 0; i < 4; ++i) reordered.mask(i, j) = inputs.mask(i, order[j]);
  }
  for (const auto& [name, kernel] : kernels) {
    CAPTURE(name);
    CHECK(close(reordered.forward(kernel).prediction, inputs.forward(kernel).prediction, 1e-14));
  }
}

TEST_CASE("kernel regression: only distances in bandwidths matter", "[kernel_regression][law]") {
  const Inputs inputs;
  Inputs moved;
  moved.queries = 4.0 * inputs.queries + 1.0;
  moved.keys = 4.0 * inputs.keys + 1.0;
  moved.bandwidth = 4.0 * inputs.bandwidth;
  for (const auto& [name, kernel] : kernels) {
    CAPTURE(name);
    CHECK(close(moved.forward(kernel).prediction, inputs.forward(kernel).prediction, 1e-13));
  }
}

TEST_CASE("kernel regression: all gradients agree with central differences",
          "[kernel_regression][gradient]") {
  for (const auto& [name, kernel] : kernels) {
    CAPTURE(name);
    check_gradients(Inputs{}, kernel);
  }
}

TEST_CASE("kernel regression: smooth kernels have the right gradient where a query meets its key",
          "[kernel_regression][gradient]") {
  for (const Kernel kernel : {Kernel::gaussian, Kernel::epanechnikov}) {
    Inputs inputs;
    for (std::size_t c = 0; c < 3; ++c) inputs.queries(1, c) = inputs.keys(0, c);
    CHECK(inputs.forward(kernel).weights(1, 0) > 0.0);
    CHECK(inputs.backward(kernel, random_mat(4, 2, 7)).d_distances(1, 0) == 0.0);
    check_gradients(inputs, kernel);
  }
}

TEST_CASE("kernel regression: at its kink the triangular kernel counts as flat",
          "[kernel_regression][gradient]") {
  const Mat query{{1.0}};
  const Mat keys{{1.0}, {1.5}};
  const Mat values{{2.0}, {5.0}};
  const Forward f = forward(query, keys, values, mask::full(1, 2), Kernel::triangular, 1.0);
  const Backward b = backward(query, keys, values, Kernel::triangular, 1.0, f, Mat{{1.0}});
  // K = (1, 0.5), prediction 3. Only the second key pulls: dL/dK_2 = (5 - 3) / 1.5, dK_2/dq = 1.
  CHECK(b.d_u(0, 0) == 0.0);
  CHECK(close(b.d_queries, Mat{{4.0 / 3.0}}, 1e-15));
  CHECK(close(b.d_keys, Mat{{0.0}, {-4.0 / 3.0}}, 1e-15));
}

TEST_CASE("kernel regression: a key at the rim of the kernel counts as out of reach",
          "[kernel_regression][gradient]") {
  const Mat query{{0.0}};
  const Mat keys{{0.5}, {2.0}};
  const Mat values{{2.0}, {5.0}};
  for (const Kernel kernel : {Kernel::boxcar, Kernel::epanechnikov, Kernel::triangular}) {
    const Forward f = forward(query, keys, values, mask::full(1, 2), kernel, 2.0);
    const Backward b = backward(query, keys, values, kernel, 2.0, f, Mat{{1.0}});
    CHECK(close(f.weights, Mat{{1.0, 0.0}}, 0.0));
    CHECK(close(b.d_u, zeros(1, 2), 0.0));
  }
}

TEST_CASE("kernel regression: every intermediate and every gradient is PyTorch's",
          "[kernel_regression][reference]") {
  for (const Fixture& c : Fixture("kernel_regression")["cases"].items()) {
    INFO(c["name"].text());
    const Kernel kernel = kernels.at(c["kernel"].text());
    const double bandwidth = c["bandwidth"].number();
    const Mat queries = c["queries"].mat();
    const Mat keys = c["keys"].mat();
    const Mat values = c["values"].mat();
    const Forward f = forward(queries, keys, values, c["mask"].mask(), kernel, bandwidth);
    CHECK(fields_close(f, c["forward"], 1e-14));
    const Backward b =
        backward(queries, keys, values, kernel, bandwidth, f, c["d_prediction"].mat());
    CHECK(fields_close(b, c["backward"], 1e-13));
  }
}

TEST_CASE("kernel regression: at either end of double precision it is the same in another unit",
          "[kernel_regression][law]") {
  const Mat queries{{1.0, 0.0}, {0.5, 0.25}}, keys{{0.0, 0.0}, {1.0, 1.0}, {2.0, -0.5}};
  const Mat values = random_mat(3, 1, 41), d_prediction = random_mat(2, 1, 42);
  for (const Kernel kernel : {Kernel::gaussian, Kernel::epanechnikov, Kernel::triangular}) {
    const auto run = [&](double unit) {
      const Mat q = unit * queries, k = unit * keys;
      const Forward f = forward(q, k, values, mask::full(2, 3), kernel, 1.75 * unit);
      const Backward b = backward(q, k, values, kernel, 1.75 * unit, f, d_prediction);
      return std::pair{f.prediction, Vec{b.d_bandwidth * unit, b.d_queries(0, 0) * unit,
                                         b.d_queries(1, 1) * unit, b.d_keys(2, 0) * unit}};
    };
    const auto [prediction, gradients] = run(1.0);
    for (const double unit : {0x1p-1000, 0x1p-600, 0x1p600, 0x1p1000}) {
      CAPTURE(unit);
      const auto [scaled_prediction, scaled_gradients] = run(unit);
      CHECK(close(scaled_prediction, prediction, 0.0));
      CHECK(relatively_close(scaled_gradients, gradients, 1e-14));
    }
  }
}

TEST_CASE("kernel regression: the gradient of a tiny bandwidth does not vanish on the way",
          "[kernel_regression][law]") {
  // Two keys at u and 2 u, with u = 2^-530 and h = 2^-540: weights of 1/2, values of -+1, so that
  // d_scores = -+1/2 (1 + u^2 and more), d_u = +-u/2 and -+u, and sum d_u u = u^2/2 - 2 u^2.
  const double h = 0x1p-540, u = 0x1p-530;
  const Mat queries{{0.0}}, keys{{u * h}, {2.0 * u * h}};
  const Forward f =
      forward(queries, keys, Mat{{-1.0}, {1.0}}, mask::full(1, 2), Kernel::gaussian, h);
  const Backward b =
      backward(queries, keys, Mat{{-1.0}, {1.0}}, Kernel::gaussian, h, f, Mat{{1.0}});
  CHECK(relatively_close(b.d_bandwidth, 1.5 * u / h * u, 1e-14));
}

TEST_CASE("kernel regression: a bandwidth that is tiny beside the distances reaches nothing else",
          "[kernel_regression][law]") {
  const auto predict = [](Kernel kernel, double bandwidth) {
    return forward(Mat{{0.0}}, Mat{{1.0}, {0.0}}, Mat{{2.0}, {3.0}}, mask::full(1, 2), kernel,
                   bandwidth);
  };
  for (const Kernel kernel : {Kernel::boxcar, Kernel::epanechnikov, Kernel::triangular}) {
    CHECK(predict(kernel, 1e-200).prediction(0, 0) == 3.0);
  }
  CHECK(predict(Kernel::constant, 1e-200).prediction(0, 0) == 2.5);
  // The Gaussian's limit is where -u^2 / 2 overflows.
  const Forward f = predict(Kernel::gaussian, 0x1p-511);
  CHECK(f.scores(0, 0) == -0x1p1021);
  CHECK(f.prediction(0, 0) == 3.0);
}

TEST_CASE("kernel regression: arguments that do not fit are named", "[kernel_regression][errors]") {
  const auto message = [](const Mat& q, const Mat& k, const Mat& v, const Mask& mask) {
    return message_of<ShapeError>([&] { forward(q, k, v, mask, Kernel::gaussian, 1.0); });
  };
  CHECK(message(zeros(2, 3), zeros(4, 2), zeros(4, 1), mask::full(2, 4)) ==
        "keys has shape (4, 2), expected (4, 3), that is (Tk, dk): keys are as wide as queries");
  CHECK(message(zeros(2, 3), zeros(4, 3), zeros(5, 1), mask::full(2, 4)) ==
        "values has shape (5, 1), expected (4, 1), that is (Tk, dv): each key has one value");
  CHECK(message(zeros(2, 3), zeros(4, 3), zeros(4, 1), mask::full(4, 2)) ==
        "mask has shape (4, 2), expected (2, 4), that is (Tq, Tk): one entry for each query and "
        "key");
  CHECK(message(zeros(2, 3), zeros(0, 3), zeros(0, 1), mask::full(2, 0)) ==
        "keys has shape (0, 3): axis Tk is empty");
  CHECK(message_of<ShapeError>([] { Inputs{}.backward(Kernel::gaussian, zeros(2, 4)); }) ==
        "d_prediction has shape (2, 4), expected (4, 2), that is (Tq, dv): the shape of the "
        "prediction");
}

TEST_CASE("kernel regression: a bandwidth that is not a positive number is refused",
          "[kernel_regression][errors]") {
  const auto message = [](double bandwidth) {
    return message_of<std::invalid_argument>(
        [&] { on_a_line({0.0}, {1.0}, {1.0}, Kernel::gaussian, bandwidth); });
  };
  CHECK(message(0.0) == "the bandwidth is 0, expected a positive number");
  CHECK(message(-1.5) == "the bandwidth is -1.5, expected a positive number");
  CHECK(message(std::nan("")) == "the bandwidth is nan, expected a positive number");
  CHECK(message(inf) == "the bandwidth is inf, expected a positive number");
  CHECK(message(1e-200) == "the bandwidth is 1e-200, too small for the distances");
}
