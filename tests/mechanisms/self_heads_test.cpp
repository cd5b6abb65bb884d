#include "attn/mechanisms/self_heads.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/transformer_decoder.hpp"

namespace attn::self_heads {
using namespace attn::test;

TEST_CASE("self heads: permuted rows give the same rows, permuted", "[self_heads][law]") {
  const multi_head::Params params = random_self_heads(3, 6, 1);
  const Mat x = random_mat(5, 6, 2);
  const Order order{3, 0, 4, 1, 2};
  const Mat y = forward(params, x, mask::full(5, 5)).output;
  CHECK(close(forward(params, permute_rows(x, order), mask::full(5, 5)).output,
              permute_rows(y, order), 1e-14));
}

TEST_CASE("self heads: gradients agree with central differences", "[self_heads][gradient]") {
  const multi_head::Params params = random_self_heads(3, 6, 3);
  Mat x = random_mat(4, 6, 4);
  const Mask mask = random_mask(4, 4, 5);
  const Mat d = random_mat(4, 6, 6);
  const auto loss = [&] { return inner(forward(params, x, mask).output, d); };
  const Backward b = backward(params, x, forward(params, x, mask), d);
  CHECK(check_gradient(loss, x, b.d_x));
}

TEST_CASE("self heads: the gradient of x is PyTorch's", "[self_heads][reference]") {
  for (const Fixture& c : Fixture("self_heads")["cases"].items()) {
    INFO(c.path());
    const multi_head::Params params = heads_of({c["parameters"], ""}, c["heads"].integer());
    const Mat x = c["x"].mat();
    const multi_head::Forward f = forward(params, x, c["mask"].mask());
    CHECK(close(f.output, c["output"].mat(), 1e-12));
    CHECK(close(backward(params, x, f, c["d_output"].mat()).d_x, c["d_x"].mat(), 1e-12));
  }
}

TEST_CASE("self heads: a mask of other positions is refused", "[self_heads][errors]") {
  CHECK(message_of<ShapeError>(
            [] { forward(random_self_heads(2, 4, 1), random_mat(3, 4, 1), mask::full(3, 2)); }) ==
        "mask has shape (3, 2), expected (3, 3), that is (Tq, Tk): one entry for each query "
        "and key");
}

}  // namespace attn::self_heads
