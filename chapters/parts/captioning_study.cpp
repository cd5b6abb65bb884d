#include "chapters/parts/captioning_study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/expected_loss.hpp"
#include "attn/mechanisms/reinforce.hpp"
#include "attn/mechanisms/show_attend_tell_backward.hpp"
#include "attn/training/caption_study.hpp"
#include "attn/training/cross_entropy.hpp"
#include "attn/training/reinforce_study.hpp"
#include "chapters/parts/grid.hpp"

namespace attn::chapters::captioning {
namespace {

namespace sat = show_attend_tell;

Vec column(const Mat& m, std::size_t j) {
  Vec v = zeros(rows(m));
  for (std::size_t i = 0; i < rows(m); ++i) v(i) = m(i, j);
  return v;
}

/// Of the means with the baselines that are shown, how many are that near to the exact gradient.
std::size_t within_two_errors(const reinforce_study::Result& r,
                              const std::vector<std::size_t>& baselines) {
  std::size_t count = 0;
  for (const std::size_t b : baselines) {
    for (std::size_t i = 0; i < r.exact_gradient.size(); ++i) {
      const double off = std::abs(r.mean(i, b) - r.exact_gradient(i));
      if (off <= 2.0 * r.standard_error(i, b)) ++count;
    }
  }
  return count;
}

/// The gradient that soft attention has for the scores of word t, for the loss of that word.
Vec soft_gradient(const Inputs& in, const sat::Caption& caption, std::size_t t, std::size_t word) {
  const sat::Step soft =
      sat::step(in.params, in.features, caption.before(t), caption.steps[t].previous, {}, t);
  if (!soft.complete) throw Unfinished();
  sat::Caption one;
  one.start = {{}, caption.before(t).h, caption.before(t).c};
  one.start.mean = zeros(cols(in.features));
  one.steps = {soft};
  one.complete = true;
  const sat::Backward b =
      sat::backward(in.params, in.features, one,
                    as_row(cross_entropy::backward(soft.output.probabilities, word)));
  if (b.steps.empty() || b.steps.front().d_scores.size() == 0) throw Unfinished();
  return row(b.steps.front().d_scores, 0);
}

class Study {
 public:
  Study(const io::Config& config, const Inputs& in, const sat::Caption& caption,
        trace::Builder& trace)
      : config_(config), in_(in), caption_(caption), trace_(trace) {
    t_ = config.size("study.word") - 1;
    samples_ = config.size("study.samples");
    seed_ = config.size("study.seed");
    check();
    word_ = in.wanted(caption.words)[t_];
  }

  void show() {
    for (const char* axis : {"L", "S"}) trace_.label(axis, in_.locations);
    show_losses();
    show_exact();
    show_choices();
    show_samples();
    if (config_.has("study.words")) show_words();
  }

 private:
  void check() const {
    if (t_ >= caption_.steps.size()) {
      config_.reject("study.word", fmt::format("found {}, but the caption has {} words, with stop",
                                               t_ + 1, caption_.steps.size()));
    }
    const std::size_t L = rows(in_.features);
    constexpr std::size_t most_locations = 1024;
    if (L > most_locations) {
      config_.reject("study.samples", fmt::format("the study tries every location, and may try {}; "
                                                  "the grid has {}",
                                                  most_locations, L));
    }
    constexpr std::size_t most = 10'000'000;
    if (samples_ > most / L) {
      config_.reject("study.samples", fmt::format("found {}, expected at most {} with {} locations",
                                                  samples_, most / L, L));
    }
    constexpr double most_multiplications = 1e9;
    if (static_cast<double>(L) * cost_of_a_word(in_) > most_multiplications) {
      config_.reject("study.samples",
                     "the study would take too long with a grid and parameters of "
                     "this size");
    }
  }

  /// What hard attention would lose at each location.
  void show_losses() {
    scores_ = row(caption_.steps[t_].alignment.scores, 0);
    losses_ = caption_study::location_losses(in_.params, in_.features, caption_.before(t_),
                                             caption_.steps[t_].previous, word_);
    constexpr double squared = 1e153;  // the study shows variances, at most 2 of the squares
    expect_no_overflow(config_, losses_, squared);
    trace_.step("study.losses",
                fmt::format("How hard attention learns: word {}, \"{}\"", t_ + 1, in_.word(word_)),
                "For each location: what the word would cost if the decoder looked there, and "
                "nowhere else. Hard attention is to learn to look where this is small.",
                "l_i = -log p(y_t | a_i)", "section 4.1");
    if (in_.params.gate) show_gated();
    show_grid(trace_, {"study.losses", "", "l_i"}, losses_, in_.grid_rows, in_.grid_columns);
  }

  /// What would come through the gate from each location.
  void show_gated() {
    std::vector<Vec> gated;
    for (std::size_t i = 0; i < rows(in_.features); ++i) {
      const context_gate::Forward f =
          context_gate::forward(*in_.params.gate, caption_.before(t_).h, row(in_.features, i));
      expect_complete(f);
      gated.push_back(f.gated);
    }
    trace_.tensor({"gated", "L,dv", "beta_t a_i, what would come in"}, stacked(gated), "study.");
  }

  void show_exact() {
    trace_.step("study.exact", "The gradient that hard attention wants",
                "On average J is lost, and a location that costs less than J gets a negative "
                "gradient if it has any weight: descent raises its score. To know this exactly, "
                "every location has to be "
                "tried; for a caption of T words, L^T sequences of them. Beside it what soft "
                "attention gets for the same word, from a single pass.",
                "J = sum_i alpha_i l_i,  dJ/de_i = alpha_i (l_i - J)", "eq. (10), eq. (11)");
    const expected_loss::Forward f = expected_loss::forward(scores_, losses_);
    trace_.tensors(f, "study.");
    trace_.tensors(expected_loss::backward(losses_, f), "study.");
    trace_.tensor({"soft_gradient", "L", "-d log p(y_t | z_t) / de_i"},
                  soft_gradient(in_, caption_, t_, word_), "study.");
    weights_ = f.weights;
  }

  void show_choices() {
    const reinforce::Forward f = reinforce::forward(weights_, losses_, 0.0);
    const std::string off =
        is_written(f.total_variance)
            ? fmt::format("a single one is off by {:.4g}: the root of the total variance.",
                          std::sqrt(f.total_variance))
            : "a single one is off: see the variance.";
    trace_.step("study.reinforce", "REINFORCE: learning from one look",
                "Row i is what is learned from looking at location i, and only there: its loss "
                "times the gradient of log alpha_i, which points to a higher score of i and lower "
                "ones of all others. Weighted with the probabilities the rows give the exact "
                "gradient. But " +
                    off + " Here b = 0.",
                "g_i = (l_i - b) d log alpha_i / de", "eq. (12)");
    trace_.tensors(f, "study.");
  }

  void show_samples() {
    const double decay = config_.number("study.decay");
    const reinforce_study::Result r =
        reinforce_study::study(scores_, losses_, {samples_, seed_, decay});
    const std::size_t L = losses_.size();
    const std::vector<std::string> names{"none", "J", "best", "moving"};
    const std::vector<std::size_t> shown{reinforce_study::none, reinforce_study::expected,
                                         reinforce_study::moving};
    trace_.label("baseline", names);
    // A gradient so small that no double counts the draws is no fault of the config.
    const bool countable = std::all_of(r.needed.begin(), r.needed.end(),
                                       [](double draws) { return std::isfinite(draws); });
    trace_.step(
        "study.baselines", "What a baseline takes away",
        fmt::format("The loss counts relative to b: is this look better or worse than usual? "
                    "That changes no mean. none: b = 0. J: the expected loss. best: the "
                    "constant with the smallest variance. moving: the paper's moving "
                    "average, here of {} draws. V: exact; found: in these draws. {} "
                    "Soft attention needs no draws at all.",
                    samples_,
                    countable
                        ? fmt::format("needed: draws until the error is a tenth of the gradient, "
                                      "whose length is {:.4g}.",
                                      r.length)
                        : fmt::format("The gradient, of length {:.4g}, is so small beside V that "
                                      "no number of draws would find it.",
                                      r.length)),
        fmt::format("b_n = {:g} b_{{n-1}} + {:g} l_n", decay, 1.0 - decay), "section 4.1");
    std::vector<std::pair<std::string, Vec>> measures{
        {"b", r.baseline}, {"V", r.exact_variance}, {"found", r.variance}};
    if (countable) measures.emplace_back("needed", r.needed);
    trace_.table({"study.baselines", "baseline,is", ""}, measures);
    trace_.step(
        "study.samples", fmt::format("The gradient, from {} draws", samples_),
        fmt::format("Means over the draws, each with its standard error (±), beside the exact "
                    "gradient. {} of the {} means are within two standard errors of it.",
                    within_two_errors(r, shown), L * shown.size()),
        "1/N sum_n (l_n - b) d log alpha_{s_n} / de", "eq. (12)");
    std::vector<std::pair<std::string, Vec>> columns{{"exact", r.exact_gradient}};
    for (const std::size_t b : shown) {
      columns.emplace_back(names[b], column(r.mean, b));
      columns.emplace_back("± " + names[b], column(r.standard_error, b));
    }
    trace_.table({"study.samples", "L,estimate", ""}, columns);
    std::vector<std::string> sizes;
    for (const double n : r.averaged) sizes.push_back(fmt::format("{:.0f}", n));
    trace_.label("n", sizes);
    trace_.step(
        "study.error", "How many draws it takes",
        "The distance between the exact gradient and a mean of n estimates: as the variance "
        "says, and as found. A digit more takes a hundred times the draws.",
        "sqrt(V / n)");
    columns.clear();
    for (const std::size_t b : shown) {
      columns.emplace_back(names[b], column(r.expected_error, b));
      columns.emplace_back(names[b] + ", found", column(r.error, b));
    }
    trace_.table({"study.error", "n,distance", ""}, columns);
  }

  /// Several words together.
  void show_words() {
    const std::size_t words = config_.size("study.words");
    const std::vector<std::size_t>& wanted = in_.wanted(caption_.words);
    if (words > wanted.size()) {
      config_.reject("study.words", fmt::format("found {}, but the caption has {} words, with stop",
                                                words, wanted.size()));
    }
    constexpr std::size_t most = 20'000;
    const std::size_t steps = caption_study::cost(rows(in_.features), words, most);
    if (steps > most || static_cast<double>(steps) * cost_of_a_word(in_) > 1e9) {
      config_.reject("study.words",
                     fmt::format("{} words have {}^{} sequences of locations, which would take too "
                                 "long: use fewer words",
                                 words, rows(in_.features), words));
    }
    const std::vector<std::size_t> target(wanted.begin(),
                                          wanted.begin() + static_cast<std::ptrdiff_t>(words));
    const caption_study::Result r = caption_study::study(
        in_.params, in_.features, in_.decoding.start, target, {samples_, seed_});
    std::vector<std::string> names;
    for (const std::size_t word : target) names.push_back(in_.word(word));
    trace_.label("word", names);
    trace_.step(
        "study.words", fmt::format("{} words, {:.0f} sequences of looks", words, r.sequences),
        fmt::format("Every sequence is tried: each look changes the state, and so the looks "
                    "after it. The whole sequence has one loss, and each of its looks is "
                    "praised or blamed for all of it. J = {:.4f}.",
                    r.expected),
        "g_t = (l(s) - b) d log p(s) / de_t", "eq. (11), eq. (12)");
    trace_.tensor({"words.expected", "", "J = sum_s p(s) l(s)"}, r.expected);
    trace_.tensor({"words.gradient", "word,L", "dJ/de_t, exact"}, r.gradient);
    trace_.table({"words.variance", "word,b", "V of each word's part"},
                 {{"none", r.plain_variance}, {"J", r.based_variance}});
    trace_.step("study.words.estimates", fmt::format("The same from {} draws", samples_),
                "With b = J: means and standard errors.", "", "eq. (12)");
    trace_.tensor({"words.based_mean", "word,L", "mean"}, r.based_mean);
    trace_.tensor({"words.based_error", "word,L", "standard error"}, r.based_error);
  }

  const io::Config& config_;
  const Inputs& in_;
  const sat::Caption& caption_;
  trace::Builder& trace_;
  std::size_t t_ = 0, samples_ = 0, seed_ = 0, word_ = 0;
  Vec scores_, losses_, weights_;
};

}  // namespace

void show_study(const io::Config& config, const Inputs& in, const sat::Caption& caption,
                trace::Builder& trace) {
  if (config.has("study.samples")) Study(config, in, caption, trace).show();
}

}  // namespace attn::chapters::captioning
