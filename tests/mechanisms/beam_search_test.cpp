#include "attn/mechanisms/beam_search.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <stdexcept>

#include "attn/mechanisms/next_word.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"

namespace attn::beam_search {
using namespace attn::test;

namespace {

using Words = std::vector<std::size_t>;

/// A language of 4 words, of which 0 is stop, in which the next depends on all before: the state is
/// the number of what has been said.
struct Language {
  std::uint64_t seed;
  Vec operator()(std::uint64_t& state, const Hypothesis& hypothesis) const {
    if (!hypothesis.words.empty()) state = state * 5 + hypothesis.words.back() + 1;
    return next_word::log_probabilities(random_vec(4, seed + state, 2.0));
  }
};

/// The most likely sentence of all, by trying each.
Hypothesis exhaustive(const Language& language, const Options& options, std::uint64_t state = 0,
                      const Hypothesis& so_far = {}) {
  if (so_far.ended || so_far.words.size() == options.limit) return so_far;
  const Vec log_p = language(state, so_far);
  Hypothesis best;
  best.score = -1e300;
  for (std::size_t word = 0; word < 4; ++word) {
    Hypothesis longer = so_far;
    longer.words.push_back(word);
    longer.log_probability += log_p(word);
    longer.ended = word == options.stop;
    longer.score = longer.log_probability /
                   std::pow((5.0 + static_cast<double>(longer.words.size())) / 6.0, options.alpha);
    const Hypothesis whole = exhaustive(language, options, state, longer);
    if (whole.score > best.score) best = whole;
  }
  return best;
}

}  // namespace

TEST_CASE("beam search: a beam that is wide enough finds the best of all sentences",
          "[beam_search][law]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const double alpha : {0.0, 0.6}) {
      const Options options{.width = 256, .alpha = alpha, .stop = 0, .limit = 4};
      const auto rounds = search(std::uint64_t{0}, Language{1000 * seed}, options);
      const Hypothesis best = exhaustive(Language{1000 * seed}, options);
      CHECK(rounds.back().front().words == best.words);
      CHECK(close(rounds.back().front().log_probability, best.log_probability, 1e-14));
    }
  }
}

TEST_CASE("beam search: of width 1 it takes the most likely word each time", "[beam_search][law]") {
  const Language language{77};
  const auto rounds = search(std::uint64_t{0}, language, {.width = 1, .stop = 0, .limit = 6});
  std::uint64_t state = 0;
  Hypothesis greedy;
  for (const std::vector<Hypothesis>& beam : rounds) {
    const Vec log_p = language(state, greedy);
    std::size_t best = 0;
    for (std::size_t word = 1; word < 4; ++word) best = log_p(word) > log_p(best) ? word : best;
    greedy.words.push_back(best);
    CHECK(beam.front().words == greedy.words);
  }
}

TEST_CASE("beam search: what is kept is sorted, and grows out of its parent",
          "[beam_search][law]") {
  const auto rounds =
      search(std::uint64_t{0}, Language{5}, {.width = 5, .alpha = 0.6, .stop = 0, .limit = 6});
  for (std::size_t round = 0; round < rounds.size(); ++round) {
    REQUIRE(rounds[round].size() <= 5);
    for (std::size_t place = 0; place < rounds[round].size(); ++place) {
      const Hypothesis& now = rounds[round][place];
      if (place > 0) CHECK(now.score <= rounds[round][place - 1].score);
      CHECK(now.ended == (now.words.back() == 0));
      if (round == 0) continue;
      const Hypothesis& parent = rounds[round - 1].at(now.parent);
      CHECK(parent.words.size() <= now.words.size());
      CHECK(std::equal(parent.words.begin(), parent.words.end(), now.words.begin()));
      CHECK(parent.ended == (parent.words == now.words));
    }
  }
}

TEST_CASE("beam search: of equals the one whose parent, then whose word comes first is kept",
          "[beam_search][law]") {
  const std::vector<Hypothesis> beam(2);
  const std::vector<Vec> log_p(2, Vec(Vec::shape_type{3}, -1.0));
  const std::vector<Hypothesis> kept = extend(beam, log_p, {.width = 4, .stop = 2, .limit = 9});
  REQUIRE(kept.size() == 4);
  CHECK(kept[0].parent == 0);
  CHECK(kept[2].words == Words{2});
  CHECK(kept[2].ended);
  CHECK(kept[3].parent == 1);
  CHECK(kept[3].words == Words{0});
}

TEST_CASE("beam search: a length penalty lets a longer sentence win", "[beam_search][law]") {
  Hypothesis ended;
  ended.words = {1, 0};
  ended.log_probability = ended.score = -2.0;
  ended.ended = true;
  Hypothesis open;
  open.words = {1, 2};
  open.log_probability = open.score = -1.9;
  const std::vector<Vec> log_p{Vec(), Vec{-0.3, -9.0}};
  CHECK(extend({ended, open}, log_p, {.width = 1, .alpha = 0.0, .limit = 9})[0].words ==
        Words{1, 0});
  ended.score = -2.0 / length_penalty(2, 1.0);
  CHECK(extend({ended, open}, log_p, {.width = 1, .alpha = 1.0, .limit = 9})[0].words ==
        Words{1, 2, 0});
}

TEST_CASE("beam search: the length penalty is that of equation 14", "[beam_search][reference]") {
  // (5 + 1) / 6 = 1;  (5 + 7) / 6 = 2;  (5 + 4) / 6 = 1.5, and 1.5^2 = 2.25
  CHECK(length_penalty(1, 0.6) == 1.0);
  CHECK(close(length_penalty(7, 0.5), std::sqrt(2.0), 1e-15));
  CHECK(length_penalty(4, 2.0) == 2.25);
  CHECK(length_penalty(40, 0.0) == 1.0);
}

TEST_CASE("beam search: an answer that is not written yet ends it", "[beam_search][law]") {
  const auto nothing = [](int& /*state*/, const Hypothesis& /*hypothesis*/) { return Vec{}; };
  CHECK(search(0, nothing, {.width = 2, .limit = 3}).empty());
}

TEST_CASE("beam search: no width, no limit and no number are errors", "[beam_search][errors]") {
  const auto message = [](const Options& options) {
    return message_of<std::invalid_argument>([&] { expect_options(options); });
  };
  CHECK(message({.width = 0, .limit = 1}) == "the beam has a width of 0");
  CHECK(message({.width = 1, .limit = 0}) == "the limit is 0 words");
  CHECK(message({.width = 1, .alpha = std::nan(""), .limit = 1}) == "alpha is not finite");
}

}  // namespace attn::beam_search
