#include "attn/mechanisms/bahdanau.hpp"

#include <fmt/format.h>

#include "attn/mechanisms/embedding.hpp"
#include "attn/mechanisms/recurrent.hpp"
#include "attn/mechanisms/rnnsearch.hpp"
#include "attn/training/cross_entropy.hpp"
#include "chapters/parts/alignment_seen.hpp"
#include "chapters/parts/bahdanau_gradients.hpp"
#include "chapters/parts/bahdanau_model.hpp"
#include "chapters/parts/bahdanau_shown.hpp"
#include "chapters/parts/bahdanau_steps.hpp"
#include "chapters/parts/encoder_start.hpp"
#include "chapters/parts/parameters_shown.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/parts/sentences.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

class Walk {
 public:
  Walk(const io::Config& config, const Request& request, trace::Builder& trace)
      : config_(config),
        request_(request),
        trace_(trace),
        sentences_(sentences_of(config)),
        model_(bahdanau_model(config)) {
    check_decoding_size(config, sentences_.decoding);
    trace_.label("Tx", sentences_.source);
    trace_.label("Vx", sentences_.source_words);
    trace_.label("Vy", sentences_.target_words);
    for (const auto& [axis, shown] :
         {std::pair{"Tk", "Tx"}, {"V", "Vy"}, {"dv", "dh+dh"}, {"dt", "l+l"}}) {
      trace_.rename(axis, shown);
    }
    show_parameters(config, bahdanau_schema(), trace_);
  }

  void run() {
    walk();
    trace_.seen(seen());
  }

 private:
  void walk() {
    encode();
    decode();
    alignment();
    if (request_.gradients || sentences_.decoding.forced()) loss();
    if (request_.gradients) {
      show_bahdanau_gradients(
          {config_, sentences_, model_, X_, encoded_, annotations_, decoded_, d_logits_}, trace_);
    }
  }

  const gru::Params& gru() const { return model_.decoder.cell; }

  // ---- The encoder

  void encode() {
    X_ = embedding::forward(model_.E, sentences_.source_numbers);
    trace_.step("words", "The words of the source, as vectors",
                fmt::format("\"{}\": each word is a row of the table E, and there are Vx = {} "
                            "rows.",
                            joined(sentences_.source), rows(model_.E)),
                "x_j = E[word j]");
    trace_.tensor({"embedded", "Tx,dx"}, X_);
    const recurrent::State zero = recurrent::zero_state(model_.ahead);
    const recurrent::State ahead = encoder_start(config_, ahead_inputs, zero);
    const recurrent::State back = encoder_start(config_, back_inputs, zero);
    encoded_ = recurrent::forward_both(model_.ahead, model_.back, X_, ahead, back);
    show_encoder_start(config_, ahead_inputs, "encoder.forward.", ahead, trace_);
    const bool before = gru().reset == gru::Reset::before;
    const bool takes_new = gru().update == gru::Update::takes_new;
    trace_.step(
        "encoder.forward", "Read from the first word to the last",
        fmt::format(
            "A GRU goes over the sentence; its state h begins with {3}, and state j knows the "
            "words 1 to j. What a word brings is u^z = W_z x_j + b_z, and u^r and u likewise: "
            "the tensors x_z, x_r and x. The gate z = sigmoid(u^z + U_z h) says how much of the "
            "{0} is taken, and r = "
            "sigmoid(u^r + U_r h) how much of the past the candidate sees: inner = {1}, past "
            "= {2}, candidate = tanh(u + past).",
            takes_new ? "candidate" : "old state", before ? "r * h" : "U h + b_u",
            before ? "U inner + b_u" : "r * inner",
            has_encoder_start(config_, ahead_inputs) ? "h_0" : "0"),
        takes_new ? "->h_j = (1 - z_j) * ->h_{j-1} + z_j * candidate_j"
                  : "->h_j = z_j * ->h_{j-1} + (1 - z_j) * candidate_j",
        "appendix A.2.1");
    show_direction(encoded_.ahead.inputs, encoded_.ahead.steps, "encoder.forward.");
    show_encoder_start(config_, back_inputs, "encoder.backward.", back, trace_);
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
        "the second what is after it. So the whole sentence has gone into each annotation, "
        "by the shortest way what is near its word. These are what the decoder will look at.",
        "h_j = [->h_j; <-h_j]", "section 3.2");
    trace_.tensor({"annotations", "Tx,dh+dh"}, annotations_);
  }

  void show_direction(const gru::Projected& inputs, const std::vector<gru::Forward>& steps,
                      const std::string& prefix) {
    trace_.rename("T", "Tx");
    const std::vector<Formula> formulas{{"x_z", "u^z"}, {"x_r", "u^r"},    {"x", "u"},
                                        {"z", ""},      {"r", ""},         {"inner", ""},
                                        {"past", ""},   {"candidate", ""}, {"h", ""}};
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
    const BahdanauSteps shown(sentences_, model_.decoder, trace_);
    for (std::size_t i = 0; i < decoded_.steps.size(); ++i) shown.show_step(decoded_.steps[i], i);
    wanted_ = sentences_.wanted(decoded_.words());
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
      prose += fmt::format("The word {} never came: options.limit ended it. ",
                           sentences_.word(sentences_.decoding.stop));
    else
      prose += fmt::format("Then came {}. ", sentences_.word(sentences_.decoding.stop));
    std::vector<std::string> rows;
    for (const std::size_t word : wanted_) rows.push_back(sentences_.word(word));
    trace_.label("Ty", rows);
    trace_.step(
        "alignment", "The alignment of the two sentences",
        prose +
            "Each row has the weights of one step: where the decoder looked for that word. "
            "The weights are computed from states and annotations; what makes them good is in "
            "the parameters. Those of the default were trained to give the right words and, as "
            "so few sentences do not tell, also to put the weights where the word is. The "
            "paper's were trained on words alone.",
        "alpha_ij", "section 5.2.1");
    trace_.tensor({"alignment", "Ty,Tx", "", "", Kind::weight}, decoded_.alignment());
  }

  /// Where each step looked, what there was to look at, and whether the target was said.
  std::string seen() const {
    std::vector<std::string> names;
    for (const std::size_t word : wanted_) names.push_back(sentences_.word(word));
    return largest_of_each_step(names, decoded_.alignment(), sentences_.source) +
           fmt::format(
               " The context of {} step is averaged from {} of {} each: what the decoder "
               "can look at grows with the sentence.",
               wanted_.size() == 1 ? "the one" : "each",
               counted(rows(annotations_), "annotation", "annotations"),
               counted(cols(annotations_), "number", "numbers")) +
           seen_of_target(sentences_, decoded_.words());
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

  const io::Config& config_;
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
    .problem =
        "One vector between encoder and decoder has to hold the whole sentence, and a long one "
        "does not fit. But the encoder has a state for every word, and throws all but the last "
        "away. So keep them all, and let the decoder choose anew before each word which of them "
        "to look at.",
    .tries = {{{"./attn bahdanau --set parameters.alignment.v_a='[0, 0]' --steps alignment",
                "All scores are 0, so all words are looked at alike; it says 我 and stops."},
               {"./attn bahdanau configs/examples/bahdanau-european-economic-area.yaml",
                "A longer sentence, whose alignment runs backward where French does."}}},
    .schema = bahdanau_schema,
    .run = run,
};

}  // namespace attn::chapters
