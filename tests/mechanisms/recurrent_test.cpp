#include "attn/mechanisms/recurrent.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/message.hpp"
#include "tests/support/recurrent.hpp"

namespace attn::recurrent {
using namespace attn::test;

TEST_CASE("recurrent: a sequence is the same whole and in two halves", "[recurrent][law]") {
  const lstm::Params params = random_lstm(2, 3, 1);
  const Mat X = random_mat(5, 2, 2);
  const auto whole = forward(params, X, zero_state(params));
  const auto first = forward(params, Mat(stacked({row(X, 0), row(X, 1)})), zero_state(params));
  const auto second =
      forward(params, Mat(stacked({row(X, 2), row(X, 3), row(X, 4)})), first.last());
  CHECK(close(second.last().h, whole.last().h, 1e-15));
  CHECK(close(second.last().c, whole.last().c, 1e-15));
  CHECK(
      close(second.states_before(),
            Mat(stacked({row(whole.states(), 1), row(whole.states(), 2), row(whole.states(), 3)})),
            1e-15));
}

TEST_CASE("recurrent: both directions of a palindrome mirror each other", "[recurrent][law]") {
  const rnn::Params params = random_rnn(2, 3, 1);
  const Vec a = random_vec(2, 3);
  const Vec b = random_vec(2, 4);
  const Mat annotations = forward_both(params, params, stacked({a, b, a})).annotations();
  CHECK(close(first_columns(annotations, 3), reversed_rows(last_columns(annotations, 3)), 0.0));
}

TEST_CASE("recurrent: a bidirectional GRU is PyTorch's", "[recurrent][reference]") {
  for (const Fixture& c : Fixture("bidirectional")["cases"].items()) {
    INFO(c.path());
    gru::Params ahead = gru_params(c["ahead"]);
    gru::Params back = gru_params(c["back"]);
    for (gru::Params* params : {&ahead, &back}) {
      params->reset = gru::Reset::after;
      params->update = gru::Update::keeps_old;
    }
    const Mat X = c["X"].mat();
    const auto f = forward_both(ahead, back, X);
    CHECK(close(f.annotations(), c["annotations"].mat(), 1e-12));
    const auto b = backward_both(ahead, back, X, f, c["d_annotations"].mat());
    CHECK(close(b.d_X(), c["d_X"].mat(), 1e-12));
    CHECK(close(b.ahead.gradients.d_U, c["d_ahead"]["d_U"].mat(), 1e-12));
    CHECK(close(b.ahead.gradients.d_W_z, c["d_ahead"]["d_W_z"].mat(), 1e-12));
    CHECK(close(b.back.gradients.d_U_r, c["d_back"]["d_U_r"].mat(), 1e-12));
    CHECK(close(b.back.gradients.d_W, c["d_back"]["d_W"].mat(), 1e-12));
    CHECK(close(b.back.gradients.d_b_u, c["d_back"]["d_b_u"].vec(), 1e-12));
  }
}

TEST_CASE("recurrent: errors name the tensor and what was expected", "[recurrent][errors]") {
  const rnn::Params params = random_rnn(2, 3, 1);
  const Mat X = random_mat(4, 2, 2);
  const auto f = forward(params, X, zero_state(params));
  CHECK(message_of<ShapeError>([&] { backward(params, X, f, zeros(3, 3)); }) ==
        "d_states has shape (3, 3), expected (4, 3), that is (T, dh): one row for each state");
  CHECK(message_of<ShapeError>([&] { forward(params, zeros(0, 2), zero_state(params)); }) ==
        "X has shape (0, 2): axis T is empty");
}

}  // namespace attn::recurrent
