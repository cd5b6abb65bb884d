#include <fmt/format.h>

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/doubly_stochastic.hpp"
#include "attn/training/cross_entropy.hpp"
#include "chapters/parts/alignment_seen.hpp"
#include "chapters/parts/captioning_backward.hpp"
#include "chapters/parts/captioning_study.hpp"
#include "chapters/parts/grid.hpp"
#include "chapters/parts/parameters_shown.hpp"
#include "chapters/parts/sentences.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

namespace sat = show_attend_tell;
using sat::Look;

class Walk {
 public:
  Walk(const io::Config& config, const Request& request, trace::Builder& trace)
      : config_(config),
        request_(request),
        trace_(trace),
        in_(captioning::inputs_of(config)),
        caption_(sat::forward(in_.params, in_.features, in_.decoding, in_.look)) {}

  void run() {
    name_axes();
    captioning::expect_no_overflow(config_, caption_.start.h_0);
    for (const sat::Step& s : caption_.steps) captioning::expect_no_overflow(config_, s.context);
    show_parameters(config_, captioning::schema(), trace_);
    show_image();
    show_start();
    show_first_word();
    if (!caption_.complete) throw Unfinished();
    name_words();
    show_all_words();
    show_looks();
    show_loss();
    captioning::show_study(config_, in_, caption_, trace_);
    if (request_.gradients) captioning::show_backward(in_, caption_, penalty_, trace_);
    trace_.seen(seen());
  }

 private:
  void name_axes() {
    trace_.rename("Tk", "L");
    trace_.rename("Tq", "T");
    trace_.rename("Ty", "T");
    trace_.rename("V", "Vy");
    trace_.label("L", in_.locations);
    trace_.label("Vy", in_.vocabulary);
    if (config_.has("tokens.features")) trace_.label("dv", config_.list("tokens.features"));
  }

  std::vector<std::string> texts_of(const std::vector<std::size_t>& words) const {
    std::vector<std::string> texts;
    for (const std::size_t word : words) texts.push_back(in_.word(word));
    return texts;
  }

  void name_words() { trace_.label("T", texts_of(in_.wanted(caption_.words))); }

  void grid(const Field& field, const Vec& numbers, const std::string& prefix) {
    show_grid(trace_, field, numbers, in_.grid_rows, in_.grid_columns, prefix);
  }

  void show_image() {
    trace_.step("image", "An image, as a grid of features",
                fmt::format("{} x {} locations, numbered row by row. A convolutional network has "
                            "turned what is seen at each into a feature: {} numbers.",
                            in_.grid_rows, in_.grid_columns, cols(in_.features)),
                "a_1 ... a_L", "section 3.1.1");
    trace_.tensor({"features", "L,dv", "a_i"}, in_.features);
  }

  void show_start() {
    trace_.step("start", "What the image is like on the whole",
                "The mean over all locations: what there is, but not where. One layer makes the "
                "first state of it, another the first memory of the LSTM.",
                "h_0 = f_init,h(mean),  m_0 = f_init,c(mean)", "section 3.1.2");
    trace_.tensors(caption_.start);
  }

  /// "soft", "argmax" or "sample".
  std::string look() const { return config_.choice("options.attention"); }

  void show_first_word() {
    const sat::Step& s = caption_.steps.front();
    const std::string at = "t1.";
    expect_complete(s.alignment);
    trace_.step(
        "t1.scores", "Word 1: does each location fit the state?",
        "A small network compares the state before the word with each feature: q + k, tanh, "
        "and one number of it. k is the same for all words.",
        "e_ti = v_a^T tanh(W_a h_{t-1} + U_a a_i)", "eq. (4)");
    trace_.tensor({"q", "da"}, row(s.alignment.q, 0), at);
    trace_.tensor({"k", "L,da"}, s.alignment.k);
    trace_.tensor({"hidden", "L,da"}, first_layer(s.alignment.hidden), at);
    grid({"scores", "", "e_ti"}, row(s.alignment.scores, 0), at);
    expect_complete(s.soft);
    trace_.step(
        "t1.weights", "Word 1: where to look",
        "Softmax: the exponential of each score, over the sum of all of them. So much of the "
        "attention does each location get.",
        "alpha_ti = exp(e_ti) / sum_j exp(e_tj)", "eq. (5)");
    grid({"weights", "", "alpha_ti", "", Kind::weight}, row(s.soft.weights, 0), at);
    show_first_context(s);
    if (!is_complete(s.cell)) throw Unfinished();
    trace_.step(
        "t1.state", "Word 1: the LSTM makes a step",
        "It reads the word before and what was seen, one below the other. Its parts: gates "
        "i, f, o; what is new, g; the memory and its tanh, in the columns c and tanh(c); the "
        "state h. The memory is m in formulas, the paper's c.",
        "h_t = LSTM([E y_{t-1}; z_t], h_{t-1}, m_{t-1})", "eq. (1), (2), (3)");
    trace_.tensor({"y", "dy", "E y_{t-1}"}, s.y, at);
    trace_.table({"t1.cell", "dh,part", ""}, {{"i", s.cell.i},
                                              {"f", s.cell.f},
                                              {"o", s.cell.o},
                                              {"g", s.cell.g},
                                              {"c", s.cell.c},
                                              {"tanh(c)", s.cell.squashed},
                                              {"h", s.cell.h}});
    if (!is_complete(s.output)) throw Unfinished();
    trace_.step("t1.output", fmt::format("Word 1: \"{}\"", in_.word(caption_.words.front())),
                "The word before, the new state and what was seen vote for the next word; the most "
                "likely one is said, of equally likely ones the first.",
                "p(y_t) ~ exp(L_o (E y_{t-1} + L_h h_t + L_z z_t))", "eq. (7)");
    trace_.tensors(s.output, at);
  }

  static Mat first_layer(const Ten3& t) {
    Mat m = zeros(t.shape(1), t.shape(2));
    std::copy(t.begin(), t.begin() + static_cast<std::ptrdiff_t>(m.size()), m.begin());
    return m;
  }

  void show_first_context(const sat::Step& s) {
    const bool soft = look() == "soft";
    std::string prose =
        soft ? "Soft attention: the mean of all features, weighted."
        : look() == "argmax"
            ? "Hard attention: the feature with the largest weight, and no other."
            : "Hard attention: one location is drawn with these weights, and its feature is all "
              "that is seen.";
    if (in_.params.gate) {
      prose += " The gate beta lets part of it in: one number, made of the state before the word.";
    }
    trace_.step(
        "t1.context", "Word 1: what is seen there", prose,
        in_.params.gate ? "z_t = beta_t phi({a_i}, {alpha_ti})" : "z_t = phi({a_i}, {alpha_ti})",
        soft ? "eq. (6), eq. (13), section 4.2.1" : "eq. (6), eq. (9), section 4.2.1");
    if (!soft) {
      if (s.choice.size() == 0) throw Unfinished();
      grid({"choice", "", "s_ti", "", Kind::weight}, row(s.choice, 0), "t1.");
    }
    trace_.tensor({"context", "dv", soft ? "sum_i alpha_ti a_i" : "sum_i s_ti a_i"}, s.context,
                  "t1.");
    if (in_.params.gate) trace_.tensors(s.gate, "t1.");
  }

  /// One part of all steps, as rows.
  template <class Part>
  Mat over_words(Part&& part) const {
    std::vector<Vec> all;
    for (const sat::Step& s : caption_.steps) all.push_back(part(s));
    return stacked(all);
  }

  void show_all_words() {
    std::vector<std::string> said = texts_of(caption_.words);
    const bool stopped = caption_.words.back() == in_.decoding.stop;
    if (stopped) said.pop_back();
    const std::string stop = in_.word(in_.decoding.stop);
    trace_.step(
        "caption", "The other words, in the same way",
        fmt::format("The caption is \"{}\". {} A row for each word.", joined(said),
                    in_.decoding.forced() ? "Each step was given the right word before it, "
                                            "whatever it had said itself."
                    : stopped
                        ? fmt::format("Then came {}.", stop)
                        : fmt::format("The word {} never came: options.limit ended it.", stop)));
    trace_.tensor({"probabilities", "T,Vy", "p(y_t)", "eq. (7)", Kind::weight},
                  over_words([](const sat::Step& s) { return s.output.probabilities; }));
    trace_.tensor({"h", "T,dh", "h_t"}, over_words([](const sat::Step& s) { return s.cell.h; }));
    trace_.tensor({"c", "T,dh", "m_t, the memory"},
                  over_words([](const sat::Step& s) { return s.cell.c; }));
    if (in_.params.gate) {
      std::vector<context_gate::Forward> gates;
      for (const sat::Step& step : caption_.steps) gates.push_back(step.gate);
      trace_.tensors_over_time<context_gate::Forward>(gates, "T", "gate.");
    }
    trace_.tensor({"scores", "T,L", "e_ti"},
                  over_words([](const sat::Step& s) { return row(s.alignment.scores, 0); }));
    trace_.step("alignment", "Where the decoder looked", "The weights of each word.", "alpha_ti",
                "eq. (5)");
    const Mat weights = caption_.weights();
    Ten3 grids = zeros(rows(weights), in_.grid_rows, in_.grid_columns);
    std::copy(weights.begin(), weights.end(), grids.begin());
    trace_.tensor({"alignment", "T,rows,columns", "", "", Kind::weight}, grids);
  }

  /// The three looks at the same weights.
  void show_looks() {
    const Mat weights = caption_.weights();
    std::vector<Vec> contexts;
    for (const sat::Step& s : caption_.steps) contexts.push_back(row(s.soft.context, 0));
    trace_.step(
        "soft", "Soft: what is seen at each word",
        "The weights above, and three ways to look with them. Soft attention sees a mixture "
        "of everything, and its gradient can reach every weight.",
        "sum_i alpha_ti a_i", "eq. (13)");
    trace_.tensor({"context", "T,dv"}, stacked(contexts), "soft.");
    trace_.step("argmax", "Hard, by argmax: one location",
                "The largest weight of each word takes all; of equal ones the first. Nothing is "
                "mixed, and nothing is random.");
    trace_.tensors(hard_argmax::forward(weights, in_.features), "hard_argmax.");
    std::vector<Look> looks{{}, {Look::How::argmax, {}, {}}};
    std::vector<std::string> names{"soft", "argmax"};
    if (in_.has_seed) {
      show_sampling(weights);
      looks.push_back({Look::How::sample, in_.draws, {}});
      names.emplace_back("sample");
    }
    show_what_comes_of_it(looks, names);
  }

  void show_sampling(const Mat& weights) {
    const Vec u = first_entries(in_.draws, rows(weights));
    trace_.step(
        "sample", "Hard, by sampling: one location, drawn",
        fmt::format("From 0 to 1 each location has a stretch as long as its weight. The one "
                    "whose stretch the random number u falls into is chosen: each with the "
                    "probability that its weight is. Here options.seed = {}; another seed draws "
                    "others.",
                    config_.size("options.seed")));
    trace_.tensor({"u", "T", "random"}, u, "hard_sample.");
    trace_.tensors(hard_sample::forward(weights, in_.features, u), "hard_sample.");
  }

  /// How likely the word is with each look, and what captions they lead to.
  void show_what_comes_of_it(const std::vector<Look>& looks,
                             const std::vector<std::string>& names) {
    const std::vector<std::size_t>& wanted = in_.wanted(caption_.words);
    std::vector<std::pair<std::string, Vec>> columns;
    std::vector<std::string> captions;
    for (std::size_t l = 0; l < looks.size(); ++l) {
      Vec p = zeros(wanted.size());
      for (std::size_t t = 0; t < wanted.size(); ++t) {
        const sat::Step s = sat::step(in_.params, in_.features, caption_.before(t),
                                      caption_.steps[t].previous, looks[l], t);
        if (!s.complete) throw Unfinished();
        p(t) = s.output.probabilities(wanted[t]);
      }
      columns.emplace_back(names[l], p);
      const sat::Caption own = sat::forward(in_.params, in_.features, in_.decoding, looks[l]);
      if (!own.complete) throw Unfinished();
      captions_.push_back(joined(texts_of(own.words)));
      captions.push_back(fmt::format("{:<7} {}", names[l] + ":", captions_.back()));
    }
    trace_.step("seen", "What the caption would see",
                "The probability of each word, had the decoder looked so at this word, from the "
                "same state before it. Below, the captions that come of looking so at all words.",
                "p(y_t | z_t)", "eq. (7)");
    trace_.drawing(captions);
    trace_.table({"word_probability", "T,look", ""}, columns);
  }

  /// Where each word looked, and whether another look would have said something else.
  std::string seen() const {
    const std::string& soft = captions_.front();
    std::string text = largest_of_each_step(texts_of(in_.wanted(caption_.words)),
                                            caption_.weights(), in_.locations);
    text += fmt::format(" Looking softly at every word gives the caption \"{}\"", soft);
    text += captions_[1] == soft ? ", and argmax the same."
                                 : fmt::format(", argmax \"{}\".", captions_[1]);
    if (captions_.size() < 3) return text;
    return text + (captions_[2] == soft ? " So do the locations that were drawn."
                                        : fmt::format(" With the locations that were drawn it is "
                                                      "\"{}\".",
                                                      captions_[2]));
  }

  void show_loss() {
    const std::vector<std::size_t>& wanted = in_.wanted(caption_.words);
    losses_ = zeros(wanted.size());
    double total = 0.0;
    for (std::size_t t = 0; t < wanted.size(); ++t) {
      losses_(t) = cross_entropy::loss(caption_.steps[t].output.logits, wanted[t]);
      total += losses_(t);
    }
    trace_.step("loss", "How wrong that was",
                in_.decoding.forced()
                    ? "For each word of the target, minus the logarithm of the probability that it "
                      "was given."
                    : "Nobody led, so the words that were said count as right: the loss says how "
                      "sure the decoder was.",
                "loss = -sum_t log p(y_t)", "eq. (14), its first term");
    trace_.tensor({"losses", "T"}, losses_);
    trace_.tensor({"loss", ""}, total);
    if (in_.lambda == 0.0) return;
    trace_.step("penalty", "The doubly stochastic penalty",
                "It asks that over the whole caption every location is looked at about once. It is "
                "added to the loss, and its gradient goes to the weights.");
    penalty_ = doubly_stochastic::forward(caption_.weights(), in_.lambda);
    trace_.tensors(penalty_, "penalty.");
  }

  const io::Config& config_;
  const Request& request_;
  trace::Builder& trace_;
  captioning::Inputs in_;
  sat::Caption caption_;
  Vec losses_;
  doubly_stochastic::Forward penalty_;
  std::vector<std::string> captions_;  // with each look, at all words
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  Walk(config, request, trace).run();
}

}  // namespace

const Chapter soft_hard{
    .name = "soft-hard",
    .title = "Soft and hard attention",
    .source = "Xu et al., Show, Attend and Tell, arXiv:1502.03044v3",
    .summary = "looking at an image while writing its caption; why hard attention is hard to train",
    .problem =
        "A caption is written word by word, and each word is about some part of the image. Should "
        "the decoder mix what is at all places by their weights, or look at one place only? The "
        "mixture can be learned like everything else; one look is clearer, but a choice has no "
        "derivative, so learning where to look takes many tries.",
    .tries = {{{"./attn soft-hard --set options.attention=argmax --steps caption,alignment",
                "A hard look at every word: one location, and the captions still agree."},
               {"./attn soft-hard --set options.seed=5 --steps sample,seen",
                "Other draws, other looks: compare the three captions."}}},
    .schema = captioning::schema,
    .run = run,
};

}  // namespace attn::chapters
