#include "attn/mechanisms/transformer.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

#include "attn/core/vectors.hpp"
#include "attn/training/cross_entropy.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/transformer_decoder.hpp"

namespace attn::transformer {
using namespace attn::test;

namespace {

using Words = std::vector<std::size_t>;

Words words_of(const Fixture& list) {
  Words words;
  for (const std::uint64_t word : list.integers()) words.push_back(word);
  return words;
}

/// What stands before each word.
Words before(std::size_t start, Words words) {
  words.insert(words.begin(), start);
  words.pop_back();
  return words;
}

double loss_of(const Target& target, const Words& wanted) {
  double sum = 0.0;
  for (std::size_t t = 0; t < wanted.size(); ++t) {
    sum += cross_entropy::loss(row(target.next.logits, t), wanted[t]);
  }
  return sum;
}

Mat d_logits_of(const Target& target, const Words& wanted) {
  std::vector<Vec> rows;
  for (std::size_t t = 0; t < wanted.size(); ++t) {
    rows.push_back(cross_entropy::backward(row(target.next.probabilities, t), wanted[t]));
  }
  return stacked(rows);
}

const Words source_words{3, 0, 6, 3};
const Words wanted{2, 4, 2, 1};

}  // namespace

TEST_CASE("transformer: padding changes nothing, and gets no gradient", "[transformer][law]") {
  const Params params = random_transformer(NormOrder::pre, 1);
  const Source alone = encode(params, source_words, 4);
  const Source padded = encode(params, {3, 0, 6, 3, 5, 5}, 4);
  const Target target = decode(params, padded, before(0, wanted));
  CHECK(close(target.next.logits, decode(params, alone, before(0, wanted)).next.logits, 1e-13));
  const Backward b = backward(params, {3, 0, 6, 3, 5, 5}, padded, before(0, wanted), target,
                              d_logits_of(target, wanted));
  REQUIRE(b.complete());
  for (std::size_t d = 0; d < 4; ++d) CHECK(b.source.d_E(5, d) == 0.0);
}

TEST_CASE("transformer: with a cache each word is what it is without", "[transformer][law]") {
  for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
    const Params params = random_transformer(order, 2);
    const Source source = encode(params, source_words, 3);
    const Decoding forced{.start = 0, .stop = 1, .limit = 1, .target = {2, 4, 2, 2, 3, 0, 1}};
    const Decoded decoded = decode_word_by_word(params, source, forced);
    const Target whole = decode(params, source, before(0, forced.target));
    REQUIRE(decoded.steps.size() == 7);
    for (std::size_t t = 0; t < 7; ++t) {
      CHECK(close(row(decoded.steps[t].next.logits, 0), row(whole.next.logits, t), 1e-12));
    }
  }
}

TEST_CASE("transformer: the caches that are kept grow by a word a step", "[transformer][law]") {
  const Params params = random_transformer(NormOrder::post, 2);
  const Source source = encode(params, source_words, 4);
  const Decoding forced{.start = 0, .stop = 1, .limit = 1, .target = {2, 4, 2, 3, 1}};
  const Decoded decoded = decode_word_by_word(params, source, forced, 3);
  CHECK(decode_word_by_word(params, source, forced).caches.empty());
  REQUIRE(decoded.caches.size() == 3);
  for (std::size_t t = 0; t < 3; ++t) CHECK(decoded.caches[t].length() == t + 1);
  CHECK(decoded.cache.length() == 5);
  const Target whole = decode(params, source, before(0, forced.target));
  for (std::size_t n = 0; n < params.decoder.layers.size(); ++n) {
    CHECK(close(decoded.cache.layers[n].self.k_heads, whole.decoder.layers[n].self.inner.k_heads,
                1e-12));
    CHECK(close(decoded.cache.layers[n].self.v, whole.decoder.layers[n].self.inner.v, 1e-12));
  }
}

TEST_CASE("transformer: decoding ends with stop, or at the limit", "[transformer][law]") {
  Params params = random_transformer(NormOrder::post, 3);
  const Source source = encode(params, source_words, 4);
  const Decoding how{.start = 0, .stop = 1, .limit = 5};
  params.output.b(1) = 1e3;
  CHECK(decode_word_by_word(params, source, how).words == Words{1});
  CHECK(beam_decode(params, source, 0, {.width = 1, .stop = 1, .limit = 5}).size() == 1);
  params.output.b(1) = -1e3;
  CHECK(decode_word_by_word(params, source, how).words.size() == 5);
  CHECK(beam_decode(params, source, 0, {.width = 3, .stop = 1, .limit = 5}).size() == 5);
}

TEST_CASE("transformer: gradients agree with central differences", "[transformer][gradient]") {
  for (const NormOrder order : {NormOrder::post, NormOrder::pre}) {
    Params p = random_transformer(order, 4);
    for (auto& layer : p.encoder.layers)
      layer.feed_forward.activation = feed_forward::Activation::gelu;
    for (auto& layer : p.decoder.layers)
      layer.feed_forward.activation = feed_forward::Activation::gelu;
    const Words given = before(0, wanted);
    const auto loss = [&] { return loss_of(decode(p, encode(p, source_words, 4), given), wanted); };
    const Source source = encode(p, source_words, 4);
    const Target target = decode(p, source, given);
    const Backward b =
        backward(p, source_words, source, given, target, d_logits_of(target, wanted));
    REQUIRE(b.complete());
    const GradientTolerance tolerance{.relative = 1e-6, .absolute = 1e-7};  // through many norms
    CHECK(check_gradient(loss, p.E_source, b.source.d_E, tolerance));
    CHECK(check_gradient(loss, p.E_target, b.target.d_E, tolerance));
    CHECK(check_gradient(loss, p.output.W, b.next.d_W, tolerance));
    CHECK(check_gradient(loss, p.output.b, b.next.d_b, tolerance));
    CHECK(check_gradient(loss, p.encoder.layers[0].attention.W_q,
                         b.encoder.layers[1].attention.inner.d_W_q, tolerance));
    CHECK(check_gradient(loss, p.decoder.layers[0].cross.W_k, b.decoder.layers[2].cross.inner.d_W_k,
                         tolerance));
  }
}

namespace {

void check_attention(const multi_head::Backward& b, const Named& expected) {
  CHECK(close(b.d_W_q, expected.mat("W_q"), 1e-12));
  CHECK(close(b.d_b_q, expected.vec("b_q"), 1e-12));
  CHECK(close(b.d_W_k, expected.mat("W_k"), 1e-12));
  CHECK(close(b.d_W_v, expected.mat("W_v"), 1e-12));
  CHECK(close(b.d_W_o, expected.mat("W_o"), 1e-12));
}

void check_encoder(const encoder::Backward& b, const Named& expected) {
  for (std::size_t n = 0; n < b.layers.size(); ++n) {
    const encoder_block::Backward& layer = b.layers[b.layers.size() - 1 - n];
    const Named own = expected.below("encoder." + std::to_string(n + 1) + ".");
    check_attention(layer.attention.inner, own);
    CHECK(close(layer.attention.norm.d_gamma, own.vec("gamma_1"), 1e-12));
    CHECK(close(layer.feed_forward.norm.d_beta, own.vec("beta_2"), 1e-12));
    CHECK(close(layer.feed_forward.inner.d_W_1, own.mat("W_1"), 1e-12));
  }
  if (b.last_norm) CHECK(close(b.last_norm->d_gamma, expected.vec("encoder_norm.gamma"), 1e-12));
}

void check_decoder(const decoder::Backward& b, const Named& expected) {
  for (std::size_t n = 0; n < b.layers.size(); ++n) {
    const decoder_block::Backward& layer = b.layers[b.layers.size() - 1 - n];
    const Named own = expected.below("decoder." + std::to_string(n + 1) + ".");
    check_attention(layer.self.inner, own.below("self."));
    check_attention(layer.cross.inner, own.below("cross."));
    CHECK(close(layer.cross.norm.d_gamma, own.vec("gamma_2"), 1e-12));
    CHECK(close(layer.feed_forward.inner.d_W_2, own.mat("W_2"), 1e-12));
  }
  if (b.last_norm) CHECK(close(b.last_norm->d_beta, expected.vec("decoder_norm.beta"), 1e-12));
}

}  // namespace

TEST_CASE("transformer: numbers and gradients are PyTorch's", "[transformer][reference]") {
  for (const Fixture& c : Fixture("transformer")["cases"].items()) {
    INFO(c["name"].text());
    const Params params = transformer_of(c);
    const Words words = words_of(c["source"]), right = words_of(c["wanted"]);
    const Words given = before(0, right);
    const Source source = encode(params, words, c["length"].integer());
    const Target target = decode(params, source, given);
    const Fixture& all = c["forward"];
    CHECK(close(source.input.x, all["source.x"].mat(), 1e-12));
    CHECK(close(source.memory(), all["memory"].mat(), 1e-12));
    for (std::size_t n = 0; n < params.decoder.layers.size(); ++n) {
      const std::string at = "decoder.layer" + std::to_string(n + 1) + ".";
      const decoder_block::Forward& layer = target.decoder.layers[n];
      CHECK(close(layer.self.inner.weights, all[at + "self.weights"].ten3(), 1e-12));
      CHECK(close(layer.cross.inner.weights, all[at + "cross.weights"].ten3(), 1e-12));
    }
    CHECK(fields_close(target.next, all, 1e-12));
    CHECK(close(loss_of(target, right), c["loss"].number(), 1e-12));
    const Backward b = backward(params, words, source, given, target, d_logits_of(target, right));
    REQUIRE(b.complete());
    const Named expected(c["backward"], "");
    CHECK(close(b.source.d_E, expected.mat("source.E"), 1e-12));
    CHECK(close(b.target.d_E, expected.mat("target.E"), 1e-12));
    CHECK(close(b.next.d_W, expected.mat("output.W"), 1e-12));
    CHECK(close(b.next.d_b, expected.vec("output.b"), 1e-12));
    check_encoder(b.encoder, expected);
    check_decoder(b.decoder, expected);
  }
}

TEST_CASE("transformer: greedy and beam decoding are those of a program without a cache",
          "[transformer][reference]") {
  for (const Fixture& c : Fixture("transformer")["cases"].items()) {
    INFO(c["name"].text());
    const Params params = transformer_of(c);
    const Source source = encode(params, words_of(c["source"]), c["length"].integer());
    CHECK(decode_word_by_word(params, source, {.start = 0, .stop = 1, .limit = 6}).words ==
          words_of(c["greedy"]));
    for (const Fixture& beam : c["beams"].items()) {
      const beam_search::Options how{
          .width = beam["width"].integer(), .alpha = beam["alpha"].number(), .stop = 1, .limit = 4};
      const auto rounds = beam_decode(params, source, 0, how);
      REQUIRE(rounds.size() == beam["rounds"].items().size());
      for (std::size_t round = 0; round < rounds.size(); ++round) {
        const std::vector<Fixture> expected = beam["rounds"][round].items();
        REQUIRE(rounds[round].size() == expected.size());
        for (std::size_t place = 0; place < expected.size(); ++place) {
          const beam_search::Hypothesis& found = rounds[round][place];
          CHECK(found.words == words_of(expected[place]["words"]));
          CHECK(close(found.score, expected[place]["score"].number(), 1e-12));
          CHECK(close(found.log_probability, expected[place]["log_probability"].number(), 1e-12));
        }
      }
    }
  }
}

TEST_CASE("transformer: errors name what does not fit", "[transformer][errors]") {
  const Params params = random_transformer(NormOrder::post, 5);
  const Source source = encode(params, source_words, 4);
  CHECK_THROWS_AS(encode(params, {7}, 1), std::out_of_range);
  CHECK(message_of<std::out_of_range>([&] {
          encode(params, {0, 1, 2, 3, 4, 5, 6}, 7);
        }) ==
        "position 6 is beyond the learned table, whose last position is 5 (it has 6 rows, and "
        "positions count from 0)");
  CHECK(message_of<ShapeError>([&] {
          encode(params, {0, 1}, 3);
        }) == "valid length 3 is beyond the last of the 2 keys");
  CHECK(message_of<std::invalid_argument>([&] {
          decode_word_by_word(params, source, {.start = 0, .stop = 5, .limit = 1});
        }) == "stop is word 5 of a vocabulary of 5");
  CHECK(message_of<std::invalid_argument>([&] {
          beam_decode(params, source, 0, {.width = 0, .stop = 1, .limit = 1});
        }) == "the beam has a width of 0");
  CHECK(message_of<std::out_of_range>(
            [&] { beam_decode(params, source, 0, {.width = 2, .stop = 1, .limit = 99}); }) ==
        "position 8 is beyond the learned table, whose last position is 7 (it has 8 rows, "
        "and positions count from 0)");
}

}  // namespace attn::transformer
