#include "attn/mechanisms/show_attend_tell.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <stdexcept>

#include "attn/core/vectors.hpp"
#include "tests/mechanisms/captions.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/permute.hpp"

namespace attn::show_attend_tell {
using namespace attn::test;

namespace {

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

TEST_CASE("show_attend_tell: every word and loss is PyTorch's", "[show_attend_tell][reference]") {
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

    const Caption greedy =
        forward(params, features, {.start = 1, .stop = 5, .limit = 4}, look_of(c));
    const std::vector<std::uint64_t> words = c["greedy"].integers();
    CHECK(greedy.words == std::vector<std::size_t>(words.begin(), words.end()));
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
}

}  // namespace attn::show_attend_tell
