#include "attn/mechanisms/feed_forward.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/random.hpp"
#include "tests/support/transformer.hpp"

namespace attn::feed_forward {
using namespace attn::test;

TEST_CASE("feed_forward: permuting the rows permutes the result: positions do not see each other",
          "[feed_forward][law]") {
  const Params params = random_feed_forward(4, 6, 1);
  const Mat x = random_mat(5, 4, 6);
  const Order order{3, 0, 4, 1, 2};
  CHECK(close(forward(params, permute_rows(x, order)).y, permute_rows(forward(params, x).y, order),
              1e-14));
}

TEST_CASE("feed_forward: the widths go up and come down again", "[feed_forward][reference]") {
  const Params params{Mat{{1.0, -1.0, 2.0}}, Vec{0.0, 1.0, -3.0}, Mat{{1.0}, {10.0}, {100.0}},
                      Vec{0.5}};
  const Forward f = forward(params, Mat{{2.0}, {-1.0}});
  CHECK(close(f.hidden, Mat{{2.0, -1.0, 1.0}, {-1.0, 2.0, -5.0}}, 0.0));
  CHECK(close(f.activated, Mat{{2.0, 0.0, 1.0}, {0.0, 2.0, 0.0}}, 0.0));
  CHECK(close(f.y, Mat{{102.5}, {20.5}}, 0.0));
}

TEST_CASE("feed_forward: with relu a cell that is off lets nothing back", "[feed_forward][law]") {
  const Params params = random_feed_forward(3, 5, 10);
  const Mat x = random_mat(4, 3, 15);
  const Forward f = forward(params, x);
  const Backward b = backward(params, x, f, random_mat(4, 3, 16));
  std::size_t off = 0;
  for (std::size_t i = 0; i < f.hidden.size(); ++i) {
    if (f.hidden.data()[i] > 0.0) continue;
    ++off;
    CHECK(f.activated.data()[i] == 0.0);
    CHECK(b.d_hidden.data()[i] == 0.0);
  }
  CHECK(off > 0);
  CHECK(off < f.hidden.size());
}

TEST_CASE("feed_forward: gradients agree with central differences", "[feed_forward][gradient]") {
  for (const Activation activation : {Activation::relu, Activation::gelu, Activation::gelu_tanh}) {
    Params params = random_feed_forward(4, 6, 20);
    params.activation = activation;
    Mat x = random_mat(3, 4, 25);
    const Mat d_y = random_mat(3, 4, 26);
    const auto loss = [&] { return inner(forward(params, x).y, d_y); };
    const Backward b = backward(params, x, forward(params, x), d_y);
    CAPTURE(static_cast<int>(activation));
    CHECK(check_gradient(loss, params.W_1, b.d_W_1));
    CHECK(check_gradient(loss, params.b_1, b.d_b_1));
    CHECK(check_gradient(loss, params.W_2, b.d_W_2));
    CHECK(check_gradient(loss, params.b_2, b.d_b_2));
    CHECK(check_gradient(loss, x, b.d_x));
  }
}

TEST_CASE("feed_forward: everything is as PyTorch computes it", "[feed_forward][reference]") {
  for (const Fixture& c : Fixture("feed_forward")["cases"].items()) {
    INFO(c.path() << ", " << c["activation"].text());
    const Params params{c["W_1"].mat(), c["b_1"].vec(), c["W_2"].mat(), c["b_2"].vec(),
                        activation_of(c["activation"].text())};
    const Mat x = c["x"].mat();
    const Forward f = forward(params, x);
    CHECK(fields_close(f, c["forward"], 1e-12));
    CHECK(fields_close(backward(params, x, f, c["d_y"].mat()), c["backward"], 1e-12));
  }
}

TEST_CASE("feed_forward: errors name the tensor and what was expected", "[feed_forward][errors]") {
  const Params params = random_feed_forward(4, 6, 30);
  const auto with = [&](auto&& change) {
    Params other = params;
    change(other);
    return message_of<ShapeError>([&] { forward(other, zeros(2, 4)); });
  };
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(2, 3)); }) ==
        "W_1 has shape (4, 6), expected (3, 6), that is (dm, dff): one row for each column of x");
  CHECK(with([](Params& p) { p.b_1 = zeros(4); }) ==
        "b_1 has shape (4), expected (6), that is (dff): one entry for each column of W_1");
  CHECK(with([](Params& p) { p.W_2 = zeros(4, 6); }) ==
        "W_2 has shape (4, 6), expected (6, 4), that is (dff, dm): it goes back from the width of "
        "W_1 to that of x");
  CHECK(with([](Params& p) { p.b_2 = zeros(6); }) ==
        "b_2 has shape (6), expected (4), that is (dm): one entry for each column of W_2");
  CHECK(with([](Params& p) { p.W_1 = zeros(4, 0); }) == "W_1 has shape (4, 0): axis dff is empty");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(0, 4)); }) ==
        "x has shape (0, 4): axis T is empty");
  const Mat x = zeros(2, 4);
  CHECK(message_of<ShapeError>([&] { backward(params, x, forward(params, x), zeros(4, 2)); }) ==
        "d_y has shape (4, 2), expected (2, 4), that is (T, dm): the shape of y");
  CHECK(message_of<ShapeError>([&] {
          activate_backward(Activation::gelu, zeros(2, 4), zeros(4, 2));
        }) == "d_y has shape (4, 2), expected (2, 4): the shape of x");
}

}  // namespace attn::feed_forward
