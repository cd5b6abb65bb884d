#include "attn/mechanisms/seq2seq.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

#include "attn/training/cross_entropy.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/recurrent.hpp"

namespace attn::seq2seq {
using namespace attn::test;

namespace {

constexpr std::size_t V = 6, dy = 2, dh = 4, ds = 3;

/// A decoder whose steps are given the context.
DecoderParams<rnn::Params> random_decoder(std::uint64_t seed) {
  return {random_mat(V, dy, seed),
          random_rnn(dy + dh, ds, seed + 1),
          {random_mat(V, ds, seed + 5), random_vec(V, seed + 6)}};
}

const Decoding teacher{.start = 0, .stop = 1, .target = {4, 2, 4, 1}};

}  // namespace

TEST_CASE("seq2seq: a step depends on the source through the context alone", "[seq2seq][law]") {
  DecoderParams<rnn::Params> params = random_decoder(1);
  const recurrent::State start{random_vec(ds, 20)};
  const Vec one = random_vec(dh, 21);
  const Vec other = random_vec(dh, 22);
  const auto probabilities = [&](const Vec& context) {
    return decode(params, context, start, teacher).steps.back().out.probabilities;
  };
  CHECK_FALSE(close(probabilities(one), probabilities(other), 1e-6));
  params.cell.W = first_columns(params.cell.W, dy);
  params.context_at_every_step = false;
  CHECK(close(probabilities(one), probabilities(other), 0.0));
}

TEST_CASE("seq2seq: greedy decoding gives each step the word that was said before",
          "[seq2seq][law]") {
  const DecoderParams<rnn::Params> params = random_decoder(2);
  const auto f = decode(params, random_vec(dh, 21), {random_vec(ds, 20)},
                        {.start = 0, .stop = V - 1, .limit = 5});
  REQUIRE_FALSE(f.steps.empty());
  CHECK(f.steps.front().previous == 0);
  for (std::size_t t = 1; t < f.steps.size(); ++t) CHECK(f.steps[t].previous == f.words()[t - 1]);
}

TEST_CASE("seq2seq: gradients agree with central differences", "[seq2seq][gradient]") {
  DecoderParams<rnn::Params> params = random_decoder(3);
  Vec context = random_vec(dh, 21);
  recurrent::State start{random_vec(ds, 20)};
  const auto loss = [&] {
    const auto f = decode(params, context, start, teacher);
    double sum = 0.0;
    for (std::size_t t = 0; t < teacher.target.size(); ++t) {
      sum += cross_entropy::loss(f.steps[t].out.logits, teacher.target[t]);
    }
    return sum;
  };
  const auto f = decode(params, context, start, teacher);
  std::vector<Vec> d_logits;
  for (std::size_t t = 0; t < teacher.target.size(); ++t) {
    d_logits.push_back(cross_entropy::backward(f.steps[t].out.probabilities, teacher.target[t]));
  }
  const auto b = decode_backward(params, context, f, stacked(d_logits));
  CHECK(check_gradient(loss, params.E, b.d_E));
  CHECK(check_gradient(loss, params.cell.W, b.cell.gradients.d_W));
  CHECK(check_gradient(loss, params.cell.U, b.cell.gradients.d_U));
  CHECK(check_gradient(loss, params.cell.b, b.cell.gradients.d_b));
  CHECK(check_gradient(loss, params.out.W_o, b.out.d_W_o));
  CHECK(check_gradient(loss, params.out.b_o, b.out.d_b_o));
  CHECK(check_gradient(loss, context, b.d_context));
  CHECK(check_gradient(loss, start.h, b.cell.d_start.h));
}

TEST_CASE("seq2seq: a word reaches the last state as far as the Jacobian says",
          "[seq2seq][reference]") {
  // h = tanh(x) with U = 0: only the last word reaches it, by 1 - h^2.
  const rnn::Params params{Mat{{1.0}}, Mat{{0.0}}, Vec{0.0}};
  const Mat X{{0.3}, {-0.7}};
  const auto f = recurrent::forward(params, X, recurrent::zero_state(params));
  const double h = f.last().h(0);
  CHECK(close(reach(params, X, f), Vec{0.0, 1.0 - h * h}, 1e-15));
}

TEST_CASE("seq2seq: errors name the tensor or the word", "[seq2seq][errors]") {
  const DecoderParams<rnn::Params> params = random_decoder(4);
  CHECK(message_of<ShapeError>([&] { decode(params, zeros(dh + 1), {zeros(ds)}, teacher); }) ==
        "W has shape (3, 6), expected (3, 7), that is (dh, dx): one row for each entry of "
        "the state, one column for each of the input");
  CHECK(message_of<std::invalid_argument>([&] {
          decode(params, zeros(dh), {zeros(ds)}, {.start = V, .stop = 1, .limit = 2});
        }) == "start is word 6 of a vocabulary of 6");
}

}  // namespace attn::seq2seq
