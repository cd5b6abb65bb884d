#include "attn/training/caption_study.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <stdexcept>

#include "attn/mechanisms/expected_loss.hpp"
#include "attn/mechanisms/reinforce.hpp"
#include "tests/mechanisms/captioner.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

using namespace attn;
using namespace attn::caption_study;
using namespace attn::test;

namespace {

const Mat features = random_mat(4, 6, 91);
const std::vector<std::size_t> target{3, 0, 6};

Vec first_row(const Mat& m) {
  Vec row = zeros(cols(m));
  for (std::size_t i = 0; i < cols(m); ++i) row(i) = m(0, i);
  return row;
}

}  // namespace

TEST_CASE("caption study: every number is PyTorch's, from all sequences of looks",
          "[caption_study][reference]") {
  for (const Fixture& c : Fixture("caption_study")["cases"].items()) {
    INFO(c.path());
    const show_attend_tell::Params params = captioner(c);
    const Mat a = c["features"].mat();
    std::vector<std::size_t> words;
    for (const std::uint64_t word : c["target"].integers()) words.push_back(word);
    const Result r = study(params, a, c["first"].integer(), words,
                           {c["samples"].integer(), c["seed"].integer()});
    CHECK(fields_close(r, c["result"], 1e-11));
    const mean_state::Forward start = mean_state::forward(params.start, a);
    CHECK(close(location_losses(params, a, {start.h_0, start.c_0}, c["first"].integer(), words[0]),
                c["location_losses"].vec(), 1e-12));
  }
}

TEST_CASE("caption study: of one word it is the expected loss and REINFORCE over the locations",
          "[caption_study][law]") {
  const show_attend_tell::Params params = random_captioner(10);
  const show_attend_tell::Caption f =
      show_attend_tell::forward(params, features, {.start = 1, .target = {3}}, {});
  const Vec losses = location_losses(params, features, f.before(0), 1, 3);
  const expected_loss::Forward exact =
      expected_loss::forward(first_row(f.steps[0].alignment.scores), losses);
  const Result r = study(params, features, 1, {3}, {10, 1});
  CHECK(r.sequences == 4.0);
  CHECK(close(r.expected, exact.expected, 1e-13));
  CHECK(close(first_row(r.gradient), expected_loss::backward(losses, exact).d_scores, 1e-13));
  CHECK(close(r.plain_variance(0), reinforce::forward(exact.weights, losses, 0.0).total_variance,
              1e-12));
  CHECK(close(r.based_variance(0),
              reinforce::forward(exact.weights, losses, exact.expected).total_variance, 1e-12));
}

TEST_CASE("caption study: estimates come to the exact gradient within their standard errors",
          "[caption_study][law]") {
  const Result r = study(random_captioner(20), features, 1, target, {20000, 3});
  CHECK(r.sequences == 64.0);
  for (std::size_t n = 0; n < r.gradient.size(); ++n) {
    CHECK(std::abs(r.plain_mean.data()[n] - r.gradient.data()[n]) <= 4.0 * r.plain_error.data()[n]);
    CHECK(std::abs(r.based_mean.data()[n] - r.gradient.data()[n]) <= 4.0 * r.based_error.data()[n]);
  }
}

TEST_CASE("caption study: the gradient of each word's scores sums to 0", "[caption_study][law]") {
  const Result r = study(random_captioner(30), features, 1, target, {10, 1});
  for (std::size_t t = 0; t < 3; ++t) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 4; ++i) sum += r.gradient(t, i);
    CHECK(std::abs(sum) < 1e-14);
  }
}

TEST_CASE("caption study: the cost is the number of steps, and never overflows",
          "[caption_study][law]") {
  CHECK(cost(9, 1, 1000) == 9);
  CHECK(cost(9, 3, 1000) == 9 + 81 + 729);
  CHECK(cost(9, 4, 1000) == 1001);
  CHECK(cost(1, 5, 1000) == 5);
  CHECK(cost(100000, 1000000, 1000) == 1001);
}

TEST_CASE("caption study: a study of nothing is refused", "[caption_study][errors]") {
  const show_attend_tell::Params params = random_captioner(40);
  CHECK(message_of<std::invalid_argument>([&] {
          study(params, features, 1, target, {1, 1});
        }) == "there are fewer than two samples: a variance needs two");
  CHECK(message_of<std::invalid_argument>([&] { study(params, features, 1, {}, {}); }) ==
        "the caption has no words");
}
