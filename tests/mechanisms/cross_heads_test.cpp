#include "attn/mechanisms/cross_heads.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/mechanisms/mask.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"
#include "tests/support/transformer_decoder.hpp"

namespace attn::cross_heads {
using namespace attn::test;

TEST_CASE("cross heads: the order of the memory does not matter", "[cross_heads][law]") {
  const multi_head::Params params = random_self_heads(3, 6, 1);
  const Mat x = random_mat(2, 6, 2), memory = random_mat(5, 6, 3);
  const Mat y = forward(params, x, memory, mask::full(2, 5)).output;
  const Mat moved = permute_rows(memory, {3, 0, 4, 1, 2});
  CHECK(close(forward(params, x, moved, mask::full(2, 5)).output, y, 1e-14));
}

TEST_CASE("cross heads: gradients agree with central differences", "[cross_heads][gradient]") {
  const multi_head::Params params = random_self_heads(3, 6, 3);
  Mat x = random_mat(4, 6, 4), memory = random_mat(3, 6, 7);
  const Mask mask = random_mask(4, 3, 5);
  const Mat d = random_mat(4, 6, 6);
  const auto loss = [&] { return inner(forward(params, x, memory, mask).output, d); };
  const Backward b = backward(params, x, memory, forward(params, x, memory, mask), d);
  CHECK(check_gradient(loss, x, b.d_queries));
  CHECK(check_gradient(loss, memory, b.d_memory));
}

TEST_CASE("cross heads: the gradients of both sides are PyTorch's", "[cross_heads][reference]") {
  for (const Fixture& c : Fixture("cross_heads")["cases"].items()) {
    INFO(c.path());
    const multi_head::Params params = heads_of({c["parameters"], ""}, c["heads"].integer());
    const Mat x = c["x"].mat(), memory = c["memory"].mat();
    const multi_head::Forward f = forward(params, x, memory, c["mask"].mask());
    CHECK(close(f.output, c["output"].mat(), 1e-12));
    const Backward b = backward(params, x, memory, f, c["d_output"].mat());
    CHECK(close(b.d_queries, c["d_x"].mat(), 1e-12));
    CHECK(close(b.d_memory, c["d_memory"].mat(), 1e-12));
  }
}

TEST_CASE("cross heads: a mask of other positions is refused", "[cross_heads][errors]") {
  CHECK(message_of<ShapeError>([] {
          forward(random_self_heads(2, 4, 1), random_mat(3, 4, 1), random_mat(5, 4, 2),
                  mask::full(3, 2));
        }) ==
        "mask has shape (3, 2), expected (3, 5), that is (Tq, Tk): one entry for each query "
        "and key");
}

}  // namespace attn::cross_heads
