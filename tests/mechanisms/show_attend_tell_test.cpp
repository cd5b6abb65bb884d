#include "attn/mechanisms/show_attend_tell.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <stdexcept>

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/doubly_stochastic.hpp"
#include "attn/mechanisms/show_attend_tell_backward.hpp"
#include "attn/training/cross_entropy.hpp"
#include "tests/mechanisms/captioner.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"

namespace attn::show_attend_tell {
using namespace attn::test;

namespace {

using How = Look::How;

const std::vector<std::size_t> target{3, 0, 6, 2};
const Decoding teacher{.start = 1, .stop = 2, .target = target};
const Look sampling{How::sample, Vec{0.9, 0.2, 0.5, 0.7}, {}};

double loss_of(const Caption& f) {
  double loss = 0.0;
  for (std::size_t t = 0; t < f.steps.size(); ++t) {
    loss += cross_entropy::loss(f.steps[t].output.logits, target[t]);
  }
  return loss;
}

Mat d_logits_of(const Caption& f) {
  std::vector<Vec> rows;
  for (std::size_t t = 0; t < f.steps.size(); ++t) {
    rows.push_back(cross_entropy::backward(f.steps[t].output.probabilities, target[t]));
  }
  return stacked(rows);
}

double penalty_of(const Caption& f, double lambda) {
  return doubly_stochastic::forward(f.weights(), lambda).penalty;
}

Mat d_weights_of(const Caption& f, double lambda) {
  const Mat weights = f.weights();
  return doubly_stochastic::backward(weights, lambda, doubly_stochastic::forward(weights, lambda))
      .d_weights;
}

Look look_of(const Fixture& c) {
  const std::string how = c["how"].text();
  if (how == "argmax") return {How::argmax, {}, {}};
  if (how == "sample") return {How::sample, c["draws"].vec(), {}};
  if (how == "given") {
    std::vector<std::size_t> places;
    for (const std::uint64_t place : c["places"].integers()) places.push_back(place);
    return {How::given, {}, places};
  }
  return {};
}

/// A step's tensors against those of PyTorch, as far as it has them.
void check_step(const Step& s, const Fixture& expected) {
  CHECK(close(s.y, expected["y"].vec(), 1e-12));
  CHECK(close(s.alignment.hidden, expected["hidden"].ten3(), 1e-12));
  CHECK(close(s.alignment.scores, expected["scores"].mat(), 1e-12));
  CHECK(close(s.soft.weights, expected["weights"].mat(), 1e-12));
  CHECK(close(as_row(s.context), expected["context"].mat(), 1e-12));
  if (expected.has("gated")) CHECK(close(s.z, expected["gated"].vec(), 1e-12));
  CHECK(close(s.cell.i, expected["i"].vec(), 1e-12));
  CHECK(close(s.cell.f, expected["f"].vec(), 1e-12));
  CHECK(close(s.cell.o, expected["o"].vec(), 1e-12));
  CHECK(close(s.cell.g, expected["g"].vec(), 1e-12));
  CHECK(close(s.cell.c, expected["c"].vec(), 1e-12));
  CHECK(close(s.cell.h, expected["h"].vec(), 1e-12));
  CHECK(close(s.output.logits, expected["logits"].vec(), 1e-12));
  CHECK(close(s.output.probabilities, expected["probabilities"].vec(), 1e-12));
}

}  // namespace

TEST_CASE("show_attend_tell: every word, loss and gradient is PyTorch's",
          "[show_attend_tell][reference]") {
  for (const Fixture& c : Fixture("show_attend_tell")["cases"].items()) {
    INFO(c["name"].text());
    const Params params = captioner(c);
    const Mat features = c["features"].mat();
    const Caption f = forward(params, features, teacher, look_of(c));
    REQUIRE(f.complete);
    CHECK(fields_close(f.start, c["start"], 1e-12));
    const std::vector<Fixture> steps = c["steps"].items();
    REQUIRE(f.steps.size() == steps.size());
    for (std::size_t t = 0; t < steps.size(); ++t) {
      INFO("word " << t);
      check_step(f.steps[t], steps[t]);
      CHECK(f.words[t] == c["words"].integers()[t]);
    }
    const double lambda = c["lambda"].number();
    CHECK(close(loss_of(f), c["loss"].number(), 1e-12));
    CHECK(close(penalty_of(f, lambda), c["penalty"].number(), 1e-12));

    const Backward b = backward(params, features, f, d_logits_of(f), d_weights_of(f, lambda));
    REQUIRE(b.complete);
    const Fixture d = c["backward"];
    CHECK(close(b.gradients.d_features, d["d_features"].mat(), 1e-12));
    CHECK(close(b.gradients.d_E, d["d_E"].mat(), 1e-12));
    CHECK(close(b.start.d_W_h, d["d_start.W_h"].mat(), 1e-12));
    CHECK(close(b.start.d_b_h, d["d_start.b_h"].vec(), 1e-12));
    CHECK(close(b.start.d_W_c, d["d_start.W_c"].mat(), 1e-12));
    CHECK(close(b.start.d_b_c, d["d_start.b_c"].vec(), 1e-12));
    CHECK(close(b.gradients.d_W_a, d["d_attention.W_a"].mat(), 1e-12));
    CHECK(close(b.gradients.d_U_a, d["d_attention.U_a"].mat(), 1e-12));
    CHECK(close(b.gradients.d_v_a, d["d_attention.v_a"].vec(), 1e-12));
    lstm::Gradients::each(b.cell, [&](const Field& field, const auto& value) {
      const std::string name(field.name);
      if (name == "d_X") return;
      INFO(name);
      using Value = std::remove_cvref_t<decltype(value)>;
      CHECK(close(value, d["d_lstm." + name.substr(2)].as<Value>(), 1e-12));
    });
    CHECK(close(b.gradients.d_L_o, d["d_output.L_o"].mat(), 1e-12));
    CHECK(close(b.gradients.d_L_h, d["d_output.L_h"].mat(), 1e-12));
    CHECK(close(b.gradients.d_L_z, d["d_output.L_z"].mat(), 1e-12));
    if (params.gate) {
      CHECK(close(b.gate.d_w_beta, d["d_gate.w_beta"].vec(), 1e-12));
      CHECK(close(b.gate.d_b_beta, d["d_gate.b_beta"].number(), 1e-12));
    }
    const Mat d_scores = c["d_scores"].mat();
    for (std::size_t t = 0; t < steps.size(); ++t) {
      CHECK(close(b.steps[t].d_scores, as_row(row(d_scores, t)), 1e-12));
    }

    const Caption greedy =
        forward(params, features, {.start = 1, .stop = 5, .limit = 4}, look_of(c));
    const std::vector<std::uint64_t> words = c["greedy"].integers();
    CHECK(greedy.words == std::vector<std::size_t>(words.begin(), words.end()));
  }
}

TEST_CASE("show_attend_tell: gradients agree with central differences",
          "[show_attend_tell][gradient]") {
  for (const bool gate : {true, false}) {
    Params p = random_captioner(100, gate);
    Mat features = random_mat(5, 6, 99);
    const auto loss = [&] {
      const Caption f = forward(p, features, teacher, {});
      return loss_of(f) + penalty_of(f, 0.6);
    };
    const Caption f = forward(p, features, teacher, {});
    const Backward b = backward(p, features, f, d_logits_of(f), d_weights_of(f, 0.6));
    CHECK(check_gradient(loss, features, b.gradients.d_features));
    CHECK(check_gradient(loss, p.E, b.gradients.d_E));
    CHECK(check_gradient(loss, p.attention.W_a, b.gradients.d_W_a));
    CHECK(check_gradient(loss, p.attention.U_a, b.gradients.d_U_a));
    CHECK(check_gradient(loss, p.attention.v_a, b.gradients.d_v_a));
    CHECK(check_gradient(loss, p.start.W_c, b.start.d_W_c));
    CHECK(check_gradient(loss, p.cell.W_f, b.cell.d_W_f));
    CHECK(check_gradient(loss, p.cell.U_o, b.cell.d_U_o));
    CHECK(check_gradient(loss, p.output.L_z, b.gradients.d_L_z));
    if (gate) CHECK(check_gradient(loss, p.gate->w_beta, b.gate.d_w_beta));
    if (gate) CHECK(check_gradient(loss, p.gate->b_beta, b.gate.d_b_beta));
  }
}

TEST_CASE("show_attend_tell: with a hard look the scores get no gradient from the words",
          "[show_attend_tell][gradient]") {
  Params p = random_captioner(200);
  Mat features = random_mat(5, 6, 98);
  for (const Look& look :
       {Look{How::argmax, {}, {}}, sampling, Look{How::given, {}, {4, 0, 2, 2}}}) {
    const auto loss = [&] { return loss_of(forward(p, features, teacher, look)); };
    const Caption f = forward(p, features, teacher, look);
    const Backward b = backward(p, features, f, d_logits_of(f));
    CHECK(close(b.gradients.d_v_a, zeros(2), 0.0));
    CHECK(close(b.gradients.d_W_a, zeros(2, 3), 0.0));
    CHECK(check_gradient(loss, features, b.gradients.d_features));
    CHECK(check_gradient(loss, p.start.W_h, b.start.d_W_h));
  }
}

TEST_CASE("show_attend_tell: the order of the locations does not matter to a soft look",
          "[show_attend_tell][law]") {
  const Params p = random_captioner(300);
  const Mat features = random_mat(5, 6, 97);
  const Caption f = forward(p, features, teacher, {});
  const Caption g = forward(p, permute_rows(features, {3, 0, 4, 1, 2}), teacher, {});
  CHECK(close(g.steps[3].output.logits, f.steps[3].output.logits, 1e-13));
  CHECK(close(g.weights(), permute_columns(f.weights(), {3, 0, 4, 1, 2}), 1e-13));
}

TEST_CASE("show_attend_tell: hard and soft are the same where all locations are",
          "[show_attend_tell][law]") {
  const Params p = random_captioner(400);
  Mat features = zeros(5, 6);
  const Vec feature = random_vec(6, 96);
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t d = 0; d < 6; ++d) features(i, d) = feature(d);
  }
  const Caption soft = forward(p, features, teacher, {});
  CHECK(close(forward(p, features, teacher, sampling).steps[3].output.logits,
              soft.steps[3].output.logits, 1e-13));
  CHECK(forward(p, features, teacher, {How::argmax, {}, {}}).steps[0].choice(0, 0) == 1.0);
}

TEST_CASE("show_attend_tell: a gate that is wide open is none", "[show_attend_tell][law]") {
  Params p = random_captioner(500);
  const Mat features = random_mat(5, 6, 95);
  p.gate = context_gate::Params{zeros(3), 50.0};
  const Caption open = forward(p, features, teacher, {});
  p.gate.reset();
  const Caption none = forward(p, features, teacher, {});
  CHECK(close(open.steps[3].output.logits, none.steps[3].output.logits, 1e-12));
}

TEST_CASE("show_attend_tell: greedy decoding ends with stop or at the limit",
          "[show_attend_tell][law]") {
  const Params p = random_captioner(600);
  const Mat features = random_mat(5, 6, 94);
  const Caption long_one = forward(p, features, {.start = 0, .stop = 6, .limit = 9}, {});
  CHECK((long_one.words.size() == 9 || long_one.words.back() == 6));
  const std::size_t first = long_one.words.front();
  CHECK(forward(p, features, {.start = 0, .stop = first, .limit = 9}, {}).words.size() == 1);
  CHECK(forward(p, features, {.start = 0, .stop = 6, .limit = 1}, {}).words.size() == 1);
}

TEST_CASE("show_attend_tell: errors say what does not fit", "[show_attend_tell][errors]") {
  const Params good = random_captioner(700);
  const Mat features = random_mat(5, 6, 93);
  const auto message = [&](const Params& p, const Mat& a) {
    return message_of<ShapeError>([&] { forward(p, a, teacher, {}); });
  };
  CHECK(message(good, zeros(0, 6)) == "features has shape (0, 6): axis Tk is empty");
  CHECK(message(good, zeros(5, 4)) ==
        "W_i has shape (3, 10), expected (3, 8), that is (dh, dy+dv): the cell reads an embedding "
        "and a context");
  Params p = good;
  p.output.L_o = zeros(6, 4);
  CHECK(message(p, features) ==
        "L_o has shape (6, 4), expected (7, 4), that is (V, dy): the shape of E");
  p = good;
  p.start.W_h = zeros(2, 6);
  CHECK(message(p, features) ==
        "U_i has shape (3, 3), expected (2, 2), that is (dh, dh): the cell starts from a state as "
        "long as W_h has rows");
  const auto refused = [&](const Decoding& how, const Look& look) {
    return message_of<std::invalid_argument>([&] { forward(good, features, how, look); });
  };
  CHECK(refused({.start = 7}, {}) == "start is word 7 of a vocabulary of 7");
  CHECK(refused({.start = 0, .stop = 1, .limit = 0}, {}) == "the limit is 0 words");
  CHECK(refused(teacher, {How::sample, Vec{0.5}, {}}) == "there is no draw 1, only 1");
  CHECK(refused(teacher, {How::given, {}, {5}}) == "there is no location 5, only 5");
  const Caption f = forward(good, features, teacher, {});
  CHECK(message_of<ShapeError>([&] { backward(good, features, f, zeros(3, 7)); }) ==
        "d_logits has shape (3, 7), expected (4, 7), that is (Ty, V): the logits of each word");
  CHECK(message_of<ShapeError>([&] { backward(good, features, f, zeros(4, 7), zeros(4, 4)); }) ==
        "d_weights has shape (4, 4), expected (4, 5), that is (Ty, Tk): the weights of each word");
}

}  // namespace attn::show_attend_tell
