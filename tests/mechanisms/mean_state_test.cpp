#include "attn/mechanisms/mean_state.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"

namespace attn::mean_state {
using namespace attn::test;

namespace {
Params random_params(std::uint64_t seed) {
  return {random_mat(2, 3, seed), random_vec(2, seed + 1), random_mat(2, 3, seed + 2),
          random_vec(2, seed + 3)};
}
}  // namespace

TEST_CASE("mean_state: the mean does not know where a feature is", "[mean_state][law]") {
  const Params params = random_params(1);
  const Mat features = random_mat(5, 3, 9);
  const Forward f = forward(params, features);
  const Forward g = forward(params, permute_rows(features, {3, 0, 4, 1, 2}));
  CHECK(close(g.h_0, f.h_0, 1e-15));
  CHECK(close(g.c_0, f.c_0, 1e-15));
}

TEST_CASE("mean_state: one location is its own mean", "[mean_state][law]") {
  CHECK(close(forward(random_params(2), Mat{{1.0, -2.0, 3.0}}).mean, Vec{1.0, -2.0, 3.0}, 0.0));
}

TEST_CASE("mean_state: gradients agree with central differences", "[mean_state][gradient]") {
  Params params = random_params(3);
  Mat features = random_mat(5, 3, 10);
  const Vec d_h = random_vec(2, 11);
  const Vec d_c = random_vec(2, 12);
  const auto loss = [&] {
    const Forward f = forward(params, features);
    return inner(f.h_0, d_h) + inner(f.c_0, d_c);
  };
  const Backward b = backward(params, features, forward(params, features), d_h, d_c);
  CHECK(check_gradient(loss, params.W_h, b.d_W_h));
  CHECK(check_gradient(loss, params.b_h, b.d_b_h));
  CHECK(check_gradient(loss, params.W_c, b.d_W_c));
  CHECK(check_gradient(loss, params.b_c, b.d_b_c));
  CHECK(check_gradient(loss, features, b.d_features));
}

TEST_CASE("mean_state: everything is as PyTorch computes it", "[mean_state][reference]") {
  for (const Fixture& c : Fixture("mean_state")["cases"].items()) {
    INFO(c.path());
    const Params params{c["W_h"].mat(), c["b_h"].vec(), c["W_c"].mat(), c["b_c"].vec()};
    const Mat features = c["features"].mat();
    const Forward f = forward(params, features);
    CHECK(fields_close(f, c["forward"], 1e-12));
    const Backward b = backward(params, features, f, c["d_h_0"].vec(), c["d_c_0"].vec());
    CHECK(fields_close(b, c["backward"], 1e-12));
  }
}

TEST_CASE("mean_state: errors name the tensor and what was expected", "[mean_state][errors]") {
  const Params params = random_params(4);
  const Mat features = zeros(5, 3);
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(0, 3)); }) ==
        "features has shape (0, 3): axis Tk is empty");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(5, 4)); }) ==
        "W_h has shape (2, 3), expected (2, 4), that is (dh, dv): one column for each entry of a "
        "feature");
  CHECK(message_of<ShapeError>([&] {
          forward({params.W_h, params.b_h, zeros(3, 3), params.b_c}, features);
        }) == "W_c has shape (3, 3), expected (2, 3), that is (dh, dv): the shape of W_h");
  CHECK(message_of<ShapeError>([&] {
          forward({params.W_h, params.b_h, params.W_c, zeros(1)}, features);
        }) == "b_c has shape (1), expected (2), that is (dh): one entry for each row of W_h");
  CHECK(message_of<ShapeError>([&] {
          backward(params, features, forward(params, features), zeros(2), zeros(3));
        }) == "d_c_0 has shape (3), expected (2), that is (dh): the shape of the state");
}

}  // namespace attn::mean_state
