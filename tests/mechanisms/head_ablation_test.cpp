#include "attn/mechanisms/head_ablation.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "attn/core/heads.hpp"
#include "attn/core/ops.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/multi_head.hpp"

namespace attn::head_ablation {
using namespace attn::test;

namespace {

const Widths three_heads{.heads = 3};

multi_head::Forward attended(const multi_head::Params& params) {
  return multi_head::forward(params, random_mat(4, 5, 1), random_mat(6, 7, 2), random_mat(6, 9, 3),
                             random_mask(4, 6, 4));
}

}  // namespace

TEST_CASE("head_ablation: the parts of all heads and b_o are the output", "[head_ablation][law]") {
  const multi_head::Params params = random_params(three_heads, 10);
  const multi_head::Forward f = attended(params);
  const Forward a = forward(params, f.heads, f.output, 0);
  const Mat sum = head(a.parts, 0) + head(a.parts, 1) + head(a.parts, 2);
  CHECK(close(add_to_rows(sum, params.b_o), f.output, 1e-14));
}

TEST_CASE("head_ablation: without a head the output is that of a W_o whose rows for it are 0",
          "[head_ablation][law]") {
  const multi_head::Params params = random_params(three_heads, 20);
  const multi_head::Forward f = attended(params);
  for (std::size_t h = 0; h < 3; ++h) {
    multi_head::Params cut = params;
    for (std::size_t i = h * 4; i < (h + 1) * 4; ++i) {
      for (std::size_t j = 0; j < 10; ++j) cut.W_o(i, j) = 0.0;
    }
    const Forward a = forward(params, f.heads, f.output, h);
    CHECK(close(a.without, attended(cut).output, 1e-14));
    CHECK(close(a.change, Mat(-head(a.parts, h)), 1e-14));
    CHECK(close(a.sizes(h), std::sqrt(inner(a.change, a.change)), 1e-14));
  }
}

TEST_CASE("head_ablation: the sizes of parts at either end of double precision",
          "[head_ablation][law]") {
  for (const double unit : {0x1p-600, 0x1p600}) {
    multi_head::Params params;
    params.W_o = Mat{{1.0, 0.0}, {0.0, 1.0}};
    params.b_o = zeros(2);
    const Ten3 heads{{{3.0 * unit}, {4.0 * unit}}, {{0.0}, {unit}}};
    const Forward f = forward(params, heads, zeros(2, 2), 0);
    CHECK(close(f.sizes, Vec{5.0 * unit, unit}, 0.0));
  }
}

TEST_CASE("head_ablation: errors name the tensor and what was expected",
          "[head_ablation][errors]") {
  const multi_head::Params params = random_params(three_heads, 30);
  const multi_head::Forward f = attended(params);
  CHECK(message_of<ShapeError>([&] { forward(params, f.heads, f.output, 3); }) ==
        "there are 3 heads, and so no head 3");
  CHECK(message_of<ShapeError>([&] { forward(params, f.heads, zeros(5, 10), 0); }) ==
        "output has shape (5, 10), expected (4, 10), that is (Tq, dm): one row for each query");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(2, 4, 4), f.output, 0); }) ==
        "W_o has shape (12, 10), expected (8, 10), that is (Hdv, dm): one row for each column of "
        "the heads");
}

}  // namespace attn::head_ablation
