#include "attn/mechanisms/rnnsearch.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/vectors.hpp"
#include "attn/training/cross_entropy.hpp"
#include "tests/support/bahdanau.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"

namespace attn::rnnsearch {
using namespace attn::test;

namespace {

Decoding forced(const std::vector<std::size_t>& words) {
  return {.start = 1, .stop = 2, .limit = 1, .target = words};
}

Mat d_logits_of(const Forward& f, const std::vector<std::size_t>& words) {
  std::vector<Vec> rows;
  for (std::size_t i = 0; i < words.size(); ++i) {
    rows.push_back(cross_entropy::backward(f.steps[i].output.probabilities, words[i]));
  }
  return stacked(rows);
}

double loss_of(const Forward& f, const std::vector<std::size_t>& words) {
  double sum = 0.0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    sum += cross_entropy::loss(f.steps[i].output.logits, words[i]);
  }
  return sum;
}

}  // namespace

TEST_CASE("rnnsearch: the weights of each step sum to 1", "[rnnsearch][law]") {
  const Mat annotations = random_mat(9, 6, 1);
  const Mat alignment = decode(random_bahdanau(2), annotations, forced({3, 0, 6, 3})).alignment();
  REQUIRE(shape_of(alignment) == Shape{4, 9});
  for (std::size_t i = 0; i < 4; ++i) {
    double sum = 0.0;
    for (std::size_t j = 0; j < 9; ++j) sum += alignment(i, j);
    CHECK(close(sum, 1.0, 1e-14));
  }
}

TEST_CASE("rnnsearch: the alignment follows the annotations when all but the first change places",
          "[rnnsearch][law]") {
  const Params params = random_bahdanau(3);
  const Mat annotations = random_mat(5, 6, 4);
  const Order order{0, 3, 1, 4, 2};
  const Forward f = decode(params, annotations, forced({3, 0, 6}));
  const Forward moved = decode(params, permute_rows(annotations, order), forced({3, 0, 6}));
  CHECK(close(moved.alignment(), permute_columns(f.alignment(), order), 1e-13));
  CHECK(close(moved.steps[2].output.probabilities, f.steps[2].output.probabilities, 1e-13));
}

TEST_CASE("rnnsearch: where all annotations are alike, each word gets the same weight",
          "[rnnsearch][law]") {
  Mat annotations = zeros(4, 6);
  for (std::size_t j = 0; j < 4; ++j) {
    for (std::size_t d = 0; d < 6; ++d) annotations(j, d) = 0.1 * static_cast<double>(d);
  }
  const Forward f = decode(random_bahdanau(5), annotations, forced({3, 0}));
  CHECK(close(f.alignment(), Mat(Mat::shape_type{2, 4}, 0.25), 1e-15));
}

TEST_CASE("rnnsearch: forced to its own words it does what it does by itself", "[rnnsearch][law]") {
  const Params params = random_bahdanau(6);
  const Mat annotations = random_mat(3, 6, 7);
  const Forward greedy = decode(params, annotations, {.start = 1, .stop = 2, .limit = 5});
  const Forward led = decode(params, annotations, forced(greedy.words()));
  CHECK(led.words() == greedy.words());
  CHECK(close(led.alignment(), greedy.alignment(), 0.0));
}

TEST_CASE("rnnsearch: it ends with stop, or at the limit", "[rnnsearch][law]") {
  Params params = random_bahdanau(8);
  const Mat annotations = random_mat(3, 6, 9);
  params.output.b_o(2) = 1e3;
  CHECK(decode(params, annotations, {.start = 1, .stop = 2, .limit = 5}).words() ==
        std::vector<std::size_t>{2});
  params.output.b_o(2) = -1e3;
  const Forward f = decode(params, annotations, {.start = 1, .stop = 2, .limit = 5});
  CHECK(f.words().size() == 5);
  CHECK(f.complete());
}

TEST_CASE("rnnsearch: the query is the state before the step", "[rnnsearch][law]") {
  const Params params = random_bahdanau(10);
  const Mat annotations = random_mat(3, 6, 11);
  const Forward f = decode(params, annotations, forced({3, 0}));
  CHECK(close(f.state_before(0), f.start.s_0, 0.0));
  CHECK(close(f.state_before(1), f.steps[0].cell.h, 0.0));
  for (std::size_t i = 0; i < 2; ++i) {
    const additive::Step alone =
        additive::step(params.alignment, as_row(f.state_before(i)), f.keys);
    CHECK(close(f.steps[i].alignment.scores, alone.scores, 0.0));
  }
}

TEST_CASE("rnnsearch: gradients agree with central differences", "[rnnsearch][gradient]") {
  const std::vector<std::size_t> words{3, 0, 6, 3};
  for (const auto reads : {bahdanau::ReadoutState::current, bahdanau::ReadoutState::previous}) {
    Params p = random_bahdanau(12);
    p.readout_state = reads;
    Mat annotations = random_mat(9, 6, 13);
    const auto loss = [&] { return loss_of(decode(p, annotations, forced(words)), words); };
    const Forward f = decode(p, annotations, forced(words));
    const Backward b = backward(p, annotations, f, d_logits_of(f, words));
    REQUIRE(b.complete());
    CHECK(check_gradient(loss, p.E, b.d_E));
    CHECK(check_gradient(loss, p.start.W_s, b.start.d_W_s));
    CHECK(check_gradient(loss, p.start.b_s, b.start.d_b_s));
    CHECK(check_gradient(loss, p.alignment.W_a, b.d_W_a));
    CHECK(check_gradient(loss, p.alignment.U_a, b.keys.d_U_a));
    CHECK(check_gradient(loss, p.alignment.v_a, b.d_v_a));
    CHECK(check_gradient(loss, p.cell.W_z, b.cell.d_W_z));
    CHECK(check_gradient(loss, p.cell.U_r, b.cell.d_U_r));
    CHECK(check_gradient(loss, p.cell.U, b.cell.d_U));
    CHECK(check_gradient(loss, p.cell.b_r, b.cell.d_b_r));
    CHECK(check_gradient(loss, p.C_z, b.contexts.d_C_z));
    CHECK(check_gradient(loss, p.C_r, b.contexts.d_C_r));
    CHECK(check_gradient(loss, p.C, b.contexts.d_C));
    CHECK(check_gradient(loss, p.deep.U_o, b.deep.d_U_o));
    CHECK(check_gradient(loss, p.deep.V_o, b.deep.d_V_o));
    CHECK(check_gradient(loss, p.deep.C_o, b.deep.d_C_o));
    CHECK(check_gradient(loss, p.deep.b_t, b.deep.d_b_t));
    CHECK(check_gradient(loss, p.output.W_o, b.output.d_W_o));
    CHECK(check_gradient(loss, p.output.b_o, b.output.d_b_o));
    CHECK(check_gradient(loss, annotations, b.d_annotations));
  }
}

TEST_CASE("rnnsearch: everything is as PyTorch computes it", "[rnnsearch][reference]") {
  for (const Fixture& c : Fixture("rnnsearch")["cases"].items()) {
    INFO(c.path());
    const Params p = bahdanau_params(c);
    const Mat annotations = c["annotations"].mat();
    std::vector<std::size_t> words, chosen, greedy;
    for (const Fixture& word : c["words"].items()) words.push_back(word.integer());
    for (const Fixture& word : c["chosen"].items()) chosen.push_back(word.integer());
    for (const Fixture& word : c["greedy"].items()) greedy.push_back(word.integer());
    const Forward f = decode(p, annotations, forced(words));
    const Fixture& expected = c["forward"];
    CHECK(f.words() == chosen);
    CHECK(decode(p, annotations, {.start = 1, .stop = 2, .limit = 6}).words() == greedy);
    CHECK(close(f.start.s_0, expected["s_0"].vec(), 1e-12));
    CHECK(close(f.keys.k, expected["k"].mat(), 1e-12));
    CHECK(close(f.alignment(), c["alignment"].mat(), 1e-12));
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string at = "t" + std::to_string(i + 1) + ".";
      const bahdanau::Step& step = f.steps[i];
      CHECK(close(step.embedding, expected[at + "embedded"].vec(), 1e-12));
      CHECK(close(step.context(), row(expected[at + "context"].mat(), 0), 1e-12));
      CHECK(close(step.outside.x_z, expected[at + "x_z"].vec(), 1e-12));
      CHECK(close(step.outside.x_r, expected[at + "x_r"].vec(), 1e-12));
      CHECK(close(step.outside.x, expected[at + "x"].vec(), 1e-12));
      CHECK(close(step.cell.h, expected[at + "s"].vec(), 1e-12));
      CHECK(close(step.deep.t, expected[at + "t"].vec(), 1e-12));
      CHECK(close(step.output.probabilities, expected[at + "probabilities"].vec(), 1e-12));
    }
    const Fixture& back = c["backward"];
    const Mat d_logits = d_logits_of(f, words);
    CHECK(close(d_logits, back["d_logits"].mat(), 1e-12));
    const Backward b = backward(p, annotations, f, d_logits);
    REQUIRE(b.complete());
    for (std::size_t i = 0; i < words.size(); ++i) {
      CHECK(close(b.steps[i].d_s, row(back["d_s"].mat(), i), 1e-12));
      CHECK(close(b.steps[i].context.d_context, row(back["d_context"].mat(), i), 1e-12));
      CHECK(close(b.steps[i].previous.d_s_previous, row(back["d_s_previous"].mat(), i), 1e-12));
      CHECK(close(row(b.steps[i].attention.d_scores, 0), row(back["d_scores"].mat(), i), 1e-12));
    }
    CHECK(close(b.d_E, back["decoder.d_E"].mat(), 1e-12));
    CHECK(close(b.d_W_a, back["alignment.d_W_a"].mat(), 1e-12));
    CHECK(close(b.d_v_a, back["alignment.d_v_a"].vec(), 1e-12));
    CHECK(close(b.keys.d_U_a, back["alignment.d_U_a"].mat(), 1e-12));
    CHECK(close(b.start.d_W_s, back["decoder.d_W_s"].mat(), 1e-12));
    CHECK(close(b.cell.d_U, back["decoder.d_U"].mat(), 1e-12));
    CHECK(close(b.cell.d_b_u, back["decoder.d_b_u"].vec(), 1e-12));
    CHECK(close(b.contexts.d_C_r, back["decoder.d_C_r"].mat(), 1e-12));
    CHECK(close(b.deep.d_V_o, back["output.d_V_o"].mat(), 1e-12));
    CHECK(close(b.output.d_W_o, back["output.d_W_o"].mat(), 1e-12));
    CHECK(close(b.d_annotations, back["d_annotations"].mat(), 1e-12));
  }
}

TEST_CASE("rnnsearch: errors name the tensor and what was expected", "[rnnsearch][errors]") {
  Params params = random_bahdanau(14);
  const Mat annotations = zeros(3, 6);
  CHECK(message_of<ShapeError>([&] { decode(params, zeros(0, 6), forced({1})); }) ==
        "annotations has shape (0, 6): axis Tx is empty");
  CHECK(message_of<ShapeError>([&] { decode(params, zeros(3, 4), forced({1})); }) ==
        "annotations has shape (3, 4), expected (3, 6), that is (Tx, dh+dh): two states of the "
        "encoder, each as wide as W_s");
  CHECK(message_of<std::invalid_argument>([&] {
          decode(params, annotations, {.start = 1, .stop = 2, .limit = 0});
        }) == "the limit is 0 words");
  CHECK(message_of<std::invalid_argument>([&] { decode(params, annotations, forced({7})); }) ==
        "a target is word 7 of a vocabulary of 7");
  const Forward f = decode(params, annotations, forced({1, 2}));
  CHECK(message_of<ShapeError>([&] { backward(params, annotations, f, zeros(1, 7)); }) ==
        "d_logits has shape (1, 7), expected (2, 7), that is (Ty, Vy): one row for each step");
  params.C_r = zeros(5, 4);
  CHECK(message_of<ShapeError>([&] { decode(params, annotations, forced({1})); }) ==
        "C_r has shape (5, 4), expected (5, 6), that is (ds, dh+dh): one row for each entry of the "
        "state, one column for each of the context");
  params.C_r = zeros(5, 6);
  params.cell.W_z = zeros(5, 3);
  CHECK(message_of<ShapeError>([&] { decode(params, annotations, forced({1})); }) ==
        "W_z has shape (5, 3), expected (5, 4), that is (ds, dy): one row for each entry of the "
        "state, one column for each of the embedding");
}

}  // namespace attn::rnnsearch
