#include "attn/mechanisms/luong_score.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::luong_score {
using namespace attn::test;

namespace {

const Mat states = random_mat(2, 3, 1);
const Mat annotations = random_mat(4, 3, 2);
const general::Params bilinear{random_mat(3, 3, 3)};
const concat::Params network{random_mat(5, 6, 4), random_vec(5, 5)};
const location::Params places{random_mat(4, 3, 6)};

}  // namespace

TEST_CASE("luong score: each kind is the mechanism of its name", "[luong_score][law]") {
  CHECK(close(scores(forward(Dot{}, states, annotations)),
              dot::forward(states, annotations, 1.0).scores, 0.0));
  CHECK(close(scores(forward(bilinear, states, annotations)),
              general::forward(bilinear, states, annotations).scores, 0.0));
  CHECK(close(scores(forward(network, states, annotations)),
              concat::forward(network, states, annotations).scores, 0.0));
  CHECK(close(scores(forward(places, states, annotations)),
              location::forward(places, states).scores, 0.0));
}

TEST_CASE("luong score: what flows back agrees with central differences",
          "[luong_score][gradient]") {
  const Mat d_scores = random_mat(2, 4, 7);
  for (const Params& params : {Params{Dot{}}, Params{bilinear}, Params{network}, Params{places}}) {
    Mat h = states;
    Mat H = annotations;
    const auto loss = [&] { return inner(scores(forward(params, h, H)), d_scores); };
    const Backward b = backward(params, h, H, forward(params, h, H), d_scores);
    CHECK(check_gradient(loss, h, d_states(b)));
    const bool by_place = std::holds_alternative<location::Params>(params);
    CHECK((d_annotations(b) == nullptr) == by_place);
    if (!by_place) CHECK(check_gradient(loss, H, *d_annotations(b)));
  }
}

TEST_CASE("luong score: gradients of parameters add up", "[luong_score][law]") {
  const Mat d_scores = random_mat(2, 4, 7);
  const Backward b =
      backward(bilinear, states, annotations, forward(bilinear, states, annotations), d_scores);
  Params sum = zeros_like(bilinear);
  add(sum, b);
  add(sum, b);
  CHECK(close(std::get<general::Params>(sum).W_a, Mat(2.0 * std::get<general::Backward>(b).d_W_a),
              1e-15));
}

TEST_CASE("luong score: a location score fits one length only", "[luong_score][errors]") {
  CHECK(message_of<ShapeError>([] {
          forward(places, states, random_mat(5, 3, 2));
        }).starts_with("W_a has shape (4, 3), expected (5, 3)"));
}

}  // namespace attn::luong_score
