#include "attn/mechanisms/bahdanau.hpp"

#include <fmt/format.h>

#include "attn/mechanisms/embedding.hpp"
#include "attn/mechanisms/recurrent.hpp"
#include "attn/mechanisms/rnnsearch.hpp"
#include "attn/training/cross_entropy.hpp"
#include "chapters/parts/bahdanau_gradients.hpp"
#include "chapters/parts/bahdanau_model.hpp"
#include "chapters/parts/bahdanau_shown.hpp"
#include "chapters/parts/sentences.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

class Walk {
 public:
  Walk(const io::Config& config, const Request& request, trace::Builder& trace)
      : request_(request),
        trace_(trace),
        sentences_(sentences_of(config)),
        model_(bahdanau_model(config)) {
    check_decoding_size(config, sentences_.decoding);
    trace_.label("Tx", sentences_.source);
    trace_.label("Vx", sentences_.source_words);
    trace_.label("Vy", sentences_.target_words);
    for (const auto& [axis, shown] : {std::pair{"Tk", "Tx"}, {"V", "Vy"}, {"dv", "dh+dh"}, {"dt", "l+l"}}) {
      trace_.rename(axis, shown);
    }
  }

  void run() {
    encode();
    decode();
    alignment();
    if (request_.gradients || sentences_.decoding.forced()) loss();
    if (request_.gradients) {
      show_bahdanau_gradients({sentences_, model_, X_, encoded_, annotations_, decoded_, d_logits_},
                              trace_);
    }
  }

 private:
  const gru::Params& gru() const { return model_.decoder.cell; }

  // ---- The encoder

  void encode() {
    X_ = embedding::forward(model_.E, sentences_.source_numbers);
    trace_.step("words", "The words of the source, as vectors",
                fmt::format("\"{}\": each word is a row of the table E, and there are Vx = {} "
                            "rows. All weights are in the config; `attn bahdanau --show-config` "
                            "prints those of the default.",
                            joined(sentences_.source), rows(model_.E)),
                "x_j = E[word j]");
    trace_.tensor({"embedded", "Tx,dx"}, X_);
    encoded_ = recurrent::forward_both(model_.ahead, model_.back, X_);
    const bool before = gru().reset == gru::Reset::before;
    const bool takes_new = gru().update == gru::Update::takes_new;
    trace_.step(
        "encoder.forward", "Read from the first word to the last",
        fmt::format(
            "A GRU goes over the sentence; its state h begins with 0, and state j knows the "
            "words 1 to j. x_z, x_r and x are what a word brings: W_z x_j + b_z and so on. "
            "The gate z = sigmoid(x_z + U_z h) says how much of the {0} is taken, and r = "
            "sigmoid(x_r + U_r h) how much of the past the candidate sees: inner = {1}, past "
            "= {2}, candidate = tanh(x + past).",
            takes_new ? "candidate" : "old state", before ? "r * h" : "U h + b_u",
            before ? "U inner + b_u" : "r * inner"),
        takes_new ? "->h_j = (1 - z_j) * ->h_{j-1} + z_j * candidate_j"
                  : "->h_j = z_j * ->h_{j-1} + (1 - z_j) * candidate_j",
        "appendix A.2.1");
    show_direction(encoded_.ahead.inputs, encoded_.ahead.steps, "encoder.forward.");
    trace_.step("encoder.backward", "Read from the last word to the first",
                "A second GRU with its own weights goes the other way. Its state j knows the words "
                "j to Tx. The rows stand in the order of the sentence.",
                takes_new ? "<-h_j = (1 - z_j) * <-h_{j+1} + z_j * candidate_j"
                          : "<-h_j = z_j * <-h_{j+1} + (1 - z_j) * candidate_j",
                "appendix A.2.1");
    const gru::Projected& read = encoded_.back.inputs;
    show_direction({reversed_rows(read.x_z), reversed_rows(read.x_r), reversed_rows(read.x)},
                   turned(encoded_.back.steps), "encoder.backward.");
    if (!encoded_.complete(rows(X_))) throw Unfinished();
    annotations_ = encoded_.annotations();
    trace_.step(
        "annotations", "An annotation for each word",
        "The two states of a word side by side: the first half has read what is before it, "
        "the second what is after it. So each annotation knows the whole sentence, and most "
        "of what is near its word. These are what the decoder will look at.",
        "h_j = [->h_j; <-h_j]", "section 3.2");
    trace_.tensor({"annotations", "Tx,dh+dh"}, annotations_);
  }

  void show_direction(const gru::Projected& inputs, const std::vector<gru::Forward>& steps,
                      const std::string& prefix) {
    trace_.rename("T", "Tx");
    const std::vector<Formula> formulas{{"x_z", ""},  {"x_r", ""},       {"x", ""},
                                        {"z", ""},    {"r", ""},         {"inner", ""},
                                        {"past", ""}, {"candidate", ""}, {"h", ""}};
    show(inputs, formulas, prefix, trace_);
    show_over_time(steps, formulas, "Tx", prefix, trace_);
  }

  // ---- The decoder

  void decode() {
    decoded_ = rnnsearch::decode(model_.decoder, annotations_, sentences_.decoding);
    trace_.rename("dh", "ds");
    trace_.step(
        "start", "Before the first word",
        "The encoder's way back ended at the first word, with the whole sentence read: that "
        "state makes the decoder's first. And each annotation goes through U_a once, since "
        "that does not depend on the step.",
        "s_0 = tanh(W_s <-h_1 + b_s)", "appendix A.2.2 and A.1.2");
    show(decoded_.start, std::vector<Formula>{{"s_0", "tanh(W_s <-h_1 + b_s)"}}, "", trace_);
    show(decoded_.keys, std::vector<Formula>{{"k", "U_a h_j"}}, "", trace_);
    for (std::size_t i = 0; i < decoded_.steps.size(); ++i) {
      if (i == 0)
        first_step(decoded_.steps[i]);
      else
        later_step(decoded_.steps[i], i);
    }
    wanted_ = sentences_.wanted(decoded_.words());
  }

  /// The word that step i should say, as far as it is known.
  std::string label_of(const bahdanau::Step& now, std::size_t i) const {
    const bool forced = sentences_.decoding.forced();
    if (!forced && !now.complete()) return "?";
    return sentences_.word(forced ? sentences_.decoding.target[i] : now.word);
  }

  /// The five moves, one after the other.
  void first_step(const bahdanau::Step& now) {
    trace_.label("Tq", {label_of(now, 0)});
    trace_.step("t1.scores", "Step 1, first move: alignment scores",
                "How well does each annotation fit what comes next? The query is the state BEFORE "
                "the step, s_0: the word to be said is not known yet. A small network compares it "
                "with each annotation.",
                "e_1j = v_a^T tanh(W_a s_0 + U_a h_j)", "section 3.1 and appendix A.1.2");
    show_scores(now, 0);
    trace_.step("t1.weights", "Second move: the softmax makes weights of the scores",
                "Positive numbers that sum to 1: how much each source word counts for this step.",
                "alpha_1j = exp(e_1j) / sum_k exp(e_1k)", "eq. (6)");
    show_weights(now, 0);
    trace_.step("t1.context", "Third move: the context",
                "The annotations, averaged with these weights. Each step has a context of its own, "
                "where a plain encoder and decoder have one vector for all.",
                "c_1 = sum_j alpha_1j h_j", "eq. (5)");
    show_context(now, 0);
    trace_.step(
        "t1.state", "Fourth move: the next state",
        fmt::format("A GRU makes s_1 of three things: the state s_0, the word before, which "
                    "is {} at the start, and the context. In the formulas, s on the right "
                    "is the state before.",
                    sentences_.word(now.previous)),
        "s_1 = f(s_0, y_0, c_1)", "appendix A.2.2");
    show_state(now, 0);
    trace_.step("t1.output",
                now.complete() ? fmt::format("And the output: {}", sentences_.word(now.word))
                               : "And the output",
                fmt::format("State, word before and context meet in one layer; of each pair of its "
                            "units the larger goes on (maxout). Then a score for each word, and "
                            "the softmax.{}",
                            now.complete() ? " " + what_is_said(now, 0) : ""),
                "p(y_1) = g(y_0, s_1, c_1)", "eq. (4) and appendix A.2.2");
    show_output(now, 0);
  }

  /// Fifth move: repeat.
  void later_step(const bahdanau::Step& now, std::size_t i) {
    trace_.label("Tq", {label_of(now, i)});
    const std::string n = std::to_string(i + 1);
    const std::string title =
        now.complete() ? fmt::format("Step {}: {}", n, sentences_.word(now.word)) : "Step " + n;
    std::string prose = fmt::format("After {}. ", sentences_.word(now.previous));
    if (i == 1) {
      prose = fmt::format(
          "The fifth move is to repeat the four. The query is now s_1, and the word "
          "before is {}, so other annotations fit. ",
          sentences_.word(now.previous));
    }
    if (now.complete()) prose += what_is_said(now, i);
    trace_.step("t" + n, title, prose);
    show_scores(now, i);
    show_weights(now, i);
    show_context(now, i);
    show_state(now, i);
    show_output(now, i);
  }

  std::string what_is_said(const bahdanau::Step& now, std::size_t i) const {
    const double p = now.output.probabilities(now.word);
    const auto& weights = now.attention.weights;
    const auto most = static_cast<std::size_t>(std::max_element(weights.begin(), weights.end()) -
                                               weights.begin());
    std::string text =
        fmt::format("The decoder looks at {} most ({:.2f}) and says {} (p = {:.4f}).",
                    sentences_.source[most], weights(0, most), sentences_.word(now.word), p);
    if (sentences_.decoding.forced()) {
      const std::size_t target = sentences_.decoding.target[i];
      text += fmt::format(" The target has {} here (p = {:.4f}), and that goes into the next step.",
                          sentences_.word(target), now.output.probabilities(target));
    }
    return text;
  }

  static std::string at(std::size_t i) { return fmt::format("t{}.", i + 1); }

  /// Formulas stand beside the first step alone: the others are as it is.
  template <class Result>
  void show_at(const Result& result, std::size_t i, const std::vector<Formula>& formulas) {
    show(result, i == 0 ? formulas : without_formulas(formulas), at(i), trace_);
  }

  void show_scores(const bahdanau::Step& now, std::size_t i) {
    show_at(now.alignment, i,
            {{"q", "W_a s_0"}, {"hidden", "tanh(q + U_a h_j)"}, {"scores", "e_1j"}});
  }

  void show_weights(const bahdanau::Step& now, std::size_t i) {
    const Mat& weights = now.attention.weights;
    trace_.tensor({"weights", "Tq,Tk", i == 0 ? "alpha_1j" : "", "", Kind::weight}, weights, at(i));
    if (!is_written(weights)) throw Unfinished();
  }

  void show_context(const bahdanau::Step& now, std::size_t i) {
    const Mat& context = now.attention.context;
    trace_.tensor({"context", "Tq,dv", i == 0 ? "c_1" : ""}, context, at(i));
    if (!is_written(context)) throw Unfinished();
  }

  void show_state(const bahdanau::Step& now, std::size_t i) {
    const bool before = gru().reset == gru::Reset::before;
    const bool takes_new = gru().update == gru::Update::takes_new;
    trace_.tensor({"embedded", "dy", i == 0 ? "E y_0" : ""}, now.embedding, at(i));
    show_at(now.outside, i,
            {{"x_z", "W_z E y + C_z c + b_z"},
             {"x_r", "W_r E y + C_r c + b_r"},
             {"x", "W E y + C c + b"}});
    show_at(
        now.cell, i,
        {{"z", "sigmoid(x_z + U_z s)"},
         {"r", "sigmoid(x_r + U_r s)"},
         {"inner", before ? "r * s" : "U s + b_u"},
         {"past", before ? "U inner + b_u" : "r * inner"},
         {"candidate", "tanh(x + past)"},
         {"h", takes_new ? "(1 - z) * s + z * candidate" : "z * s + (1 - z) * candidate", "s"}});
  }

  void show_output(const bahdanau::Step& now, std::size_t i) {
    const bool current = model_.decoder.readout_state == bahdanau::ReadoutState::current;
    show_at(now.deep, i,
            {{"t_tilde",
              current ? "U_o s_1 + V_o E y + C_o c + b_t" : "U_o s_0 + V_o E y + C_o c + b_t"},
             {"t", "the larger of each pair"}});
    show_at(now.output, i, {{"logits", "W_o t + b_o"}, {"probabilities", "softmax(logits)"}});
  }

  // ---- What came of it

  void alignment() {
    if (!decoded_.complete()) throw Unfinished();
    const std::vector<std::size_t> said = decoded_.words();
    std::vector<std::string> words;
    for (const std::size_t word : said) words.push_back(sentences_.word(word));
    const bool stopped = said.back() == sentences_.decoding.stop;
    if (stopped) words.pop_back();
    std::string prose =
        fmt::format("\"{}\" became \"{}\". ", joined(sentences_.source), joined(words));
    if (sentences_.decoding.forced())
      prose += "Each step was given the right word before it, whatever the decoder had said. ";
    else if (!stopped)
      prose += fmt::format("{} never came: options.limit ended it. ",
                           sentences_.word(sentences_.decoding.stop));
    std::vector<std::string> rows;
    for (const std::size_t word : wanted_) rows.push_back(sentences_.word(word));
    trace_.label("Ty", rows);
    trace_.step("alignment", "The alignment of the two sentences",
                prose +
                    "Each row has the weights of one step: where the decoder looked for that word. "
                    "The weights come from the states alone.",
                "alpha_ij", "section 5.2.1");
    trace_.tensor({"alignment", "Ty,Tx", "", "", Kind::weight}, decoded_.alignment());
  }

  void loss() {
    const bool forced = sentences_.decoding.forced();
    Vec losses = zeros(wanted_.size());
    std::vector<Vec> d_logits;
    double total = 0.0;
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
      const readout::Forward& output = decoded_.steps[i].output;
      losses(i) = cross_entropy::loss(output.logits, wanted_[i]);
      total += losses(i);
      d_logits.push_back(cross_entropy::backward(output.probabilities, wanted_[i]));
    }
    d_logits_ = stacked(d_logits);
    trace_.step("loss", "How wrong that was",
                forced
                    ? "For each word of the target, minus the logarithm of the probability that "
                      "it was given."
                    : "Nobody led, so the words that were said count as right: the loss says how "
                      "sure the decoder was.",
                "L = -sum_i log p(y_i)");
    trace_.tensor({"losses", "Ty"}, losses);
    trace_.tensor({"loss", ""}, total);
  }

  const Request& request_;
  trace::Builder& trace_;
  Sentences sentences_;
  BahdanauModel model_;
  Mat X_;
  recurrent::Bidirectional<gru::Params> encoded_;
  Mat annotations_;
  rnnsearch::Forward decoded_;
  std::vector<std::size_t> wanted_;
  Mat d_logits_;
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  Walk(config, request, trace).run();
}

}  // namespace

const Chapter bahdanau{
    .name = "bahdanau",
    .title = "Aligning and translating",
    .source =
        "Bahdanau, Cho, Bengio, Neural Machine Translation by Jointly Learning to Align and "
        "Translate, arXiv:1409.0473v7",
    .summary = "attention begins: annotations, and for each word scores, weights, a context",
    .schema = bahdanau_schema,
    .run = run,
};

}  // namespace attn::chapters
