#include <fmt/format.h>

#include "attn/mechanisms/initial_state.hpp"
#include "attn/mechanisms/luong.hpp"
#include "attn/training/cross_entropy.hpp"
#include "chapters/parts/alignment_seen.hpp"
#include "chapters/parts/encoder_start.hpp"
#include "chapters/parts/global_local_attention.hpp"
#include "chapters/parts/global_local_comparisons.hpp"
#include "chapters/parts/global_local_inputs.hpp"
#include "chapters/parts/parameters_shown.hpp"
#include "chapters/parts/recurrent_cell.hpp"
#include "chapters/parts/sentences.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

using namespace luong_walk;
using recurrent::State;

/// W alone, of a matrix [W C] that has C to its right.
void drop_context(Mat& W, std::size_t dy) { W = first_columns(W, dy); }
void drop_context(rnn::Params& cell, std::size_t dy) { drop_context(cell.W, dy); }
void drop_context(gru::Params& cell, std::size_t dy) {
  for (Mat* W : {&cell.W_z, &cell.W_r, &cell.W}) drop_context(*W, dy);
}
void drop_context(lstm::Params& cell, std::size_t dy) {
  for (Mat* W : {&cell.W_i, &cell.W_f, &cell.W_o, &cell.W_g}) drop_context(*W, dy);
}

/// The chapter for one kind of cell.
template <class Cell>
class Walk {
 public:
  using CellForward = typename recurrent::Cell<Cell>::Forward;
  using CellBackward = typename recurrent::Cell<Cell>::Backward;

  Walk(const io::Config& config, const Request& request, trace::Builder& trace, const Cell& encoder,
       const Cell& decoder)
      : config_(config),
        request_(request),
        trace_(trace),
        sentences_(sentences_of(config)),
        encoder_(encoder),
        score_(config.choice("options.score")) {
    model_.E = config.matrix(decoder_path + ".E");
    model_.cell = decoder;
    model_.input_feeding = feeds_input(config);
    if (has_context(config, decoder_path) && !model_.input_feeding) {
      drop_context(model_.cell, cols(model_.E));
    }
    model_.attention = attention_of(config);
    model_.readout.W_o = config.matrix("parameters.output.W_o");
    model_.readout.b_o = vector_or_zeros(config, "parameters.output.b_o", rows(model_.readout.W_o));
  }

  void run() {
    check(config_);
    encode();
    show_orders(model_.input_feeding, trace_);
    start();
    decode();
    const Mat d_logits = loss();
    compare();
    alignment();
    if (request_.gradients) backward(d_logits);
    trace_.seen(largest_of_each_step(said_, decoded_.alignment(), sentences_.source) + windows_ +
                seen_of_target(sentences_, chosen_));
  }

 private:
  bool has_bridge() const { return config_.has("parameters.bridge.W_s"); }
  std::string reach() const { return name_of(model_.attention.reach); }

  void encode() {
    trace_.label("Tx", sentences_.source);
    trace_.label("Vx", sentences_.source_words);
    trace_.label("Vy", sentences_.target_words);
    show_parameters(config_, schema(), trace_);
    X_ = embedding::forward(config_.matrix(encoder_path + ".E"), sentences_.source_numbers);
    trace_.step("words", "The words of the source, as vectors",
                fmt::format("\"{}\": each word is a row of the encoder's table E.",
                            joined(sentences_.source)),
                "x_s = E[word s]");
    trace_.tensor({"embedded", "Tx,dx"}, X_);
    const State start = encoder_start(config_, encoder_inputs, recurrent::zero_state(encoder_));
    show_encoder_start(config_, encoder_inputs, "encoder.", start, trace_);
    encoded_ = recurrent::forward(encoder_, X_, start);
    trace_.rename("T", "Tx");
    trace_.step(
        "encoder", "The encoder reads them, from left to right",
        "Its states, one for each word, are what the decoder will look at: h_s in the "
        "paper. In seq2seq only the last of them got through. The cell is that of seq2seq, and "
        "its formulas count the words with t.",
        "h_s = cell(x_s, h_{s-1})");
    trace_.tensors(encoded_.inputs, "encoder.");
    trace_.template tensors_over_time<CellForward>(encoded_.steps, "Tx", "encoder.");
    trace_.rename("T", "T");
    annotations_ = encoded_.states();
  }

  void start() {
    start_ = encoded_.last();
    if (!has_bridge()) {
      trace_.step("h_0", "The decoder's first state",
                  start_.c.size() > 0
                      ? "The encoder's last state, as it is, and its memory with it."
                      : "The encoder's last state, as it is.",
                  "h_0 = h_Tx");
      trace_.tensor({"h_0", "ds"}, start_.h);
      return;
    }
    bridge_.W_s = config_.matrix("parameters.bridge.W_s");
    bridge_.b_s = vector_or_zeros(config_, "parameters.bridge.b_s", rows(bridge_.W_s));
    bridged_ = initial_state::forward(bridge_, start_.h);
    trace_.step("h_0", "The decoder's first state",
                "A layer takes the encoder's last state to the width of the decoder's. (Such a "
                "layer is Bahdanau's; Luong's decoder starts from the encoder's last state.)",
                "h_0 = tanh(W_s h_Tx + b_s)");
    trace_.tensor({"s_0", "ds", "h_0"}, bridged_.s_0);
    if (!is_written(bridged_.s_0)) throw Unfinished();
    start_ = {bridged_.s_0, start_.c.size() == 0 ? Vec{} : zeros(bridged_.s_0.size())};
  }

  void decode() {
    name_axes(trace_);
    decoded_ = luong::decode(model_, annotations_, start_, sentences_.decoding);
    trace_.rename("Tq", "t");  // one step at a time
    for (std::size_t t = 0; t < decoded_.steps.size(); ++t) show(decoded_.steps[t], t);
    trace_.rename("Tq", "T");
    if (!decoded_.complete()) throw Unfinished();
    chosen_ = decoded_.words();
    for (const std::size_t word : chosen_) said_.push_back(sentences_.word(word));
  }

  std::string what_goes_in(std::size_t t, const std::string& previous) const {
    if (t > 0) return fmt::format("After {}.", previous);
    return fmt::format("The word before the first is {}. ", previous) +
           (model_.input_feeding
                ? "Below its vector stands the attentional state of the step before; "
                  "before the first step that is 0. The cell's matrix is [W C]."
                : "Without input feeding its vector is all that goes in.");
  }

  void show(const luong::Step<Cell>& step, std::size_t t) {
    const At at{t, step.complete() ? sentences_.word(step.word) : fmt::format("t={}", t + 1)};
    const std::string prefix = at.prefix();
    const bool first = t == 0;
    const std::string title = step.complete() ? fmt::format("Step {}: \"{}\"", t + 1, at.word)
                                              : fmt::format("Step {}", t + 1);
    trace_.step(first ? prefix + "state" : fmt::format("t{}", t + 1),
                first ? "Step 1: the new state" : title,
                what_goes_in(t, sentences_.word(step.read)),
                first ? state_formula() : "h_t -> a_t -> c_t -> h~_t -> y_t",
                first ? model_.input_feeding ? "section 3.3" : "section 3" : "");
    if (model_.input_feeding) {
      trace_.tensor({"input", "dy+dc"}, step.fed.input, prefix);
    } else {
      trace_.tensor({"input", "dy"}, step.input, prefix);
    }
    if (!is_written(step.input)) throw Unfinished();
    trace_.rename("dh", "ds");
    CellForward::each(step.cell, [&](Field field, const Vec& value) {
      if (!first) field.formula = "";
      trace_.tensor(field, value, prefix);
    });
    trace_.rename("dh", "dh");
    if (!is_complete(step.cell)) throw Unfinished();
    show_attention(model_.attention, score_, step.attention, at, trace_);
    if (first) {
      trace_.step(
          prefix + "output", title,
          "A score for each word of the vocabulary, made of h~_t, and the softmax over "
          "all of them: the most likely word is said, of equally likely ones the first. W_o is "
          "the paper's W_s.",
          "p(y_t | y_<t, x) = softmax(W_o h~_t + b_o)", "eq. (6)");
    }
    trace_.tensor({"logits", "Vy"}, step.readout.logits, prefix);
    if (!is_written(step.readout.logits)) throw Unfinished();
    trace_.tensor({"probabilities", "Vy", "", "", first ? Kind::weight : Kind::number},
                  step.readout.probabilities, prefix);
    if (!step.complete()) throw Unfinished();
  }

  std::string state_formula() const {
    return model_.input_feeding ? "h_t = cell([y_{t-1}; h~_{t-1}], h_{t-1}),  h~_0 = 0"
                                : "h_t = cell(y_{t-1}, h_{t-1})";
  }

  /// dL/dlogits (T, Vy).
  Mat loss() {
    const std::vector<std::size_t> wanted = sentences_.wanted(chosen_);
    losses_ = zeros(wanted.size());
    std::vector<Vec> d_logits;
    for (std::size_t t = 0; t < wanted.size(); ++t) {
      const readout::Forward& out = decoded_.steps[t].readout;
      losses_(t) = cross_entropy::loss(out.logits, wanted[t]);
      d_logits.push_back(cross_entropy::backward(out.probabilities, wanted[t]));
      wanted_.push_back(sentences_.word(wanted[t]));
    }
    return stacked(d_logits);
  }

  void compare() {
    const Mat states = decoded_.states();
    trace_.label("T", said_);
    compare_scores(scores_given(config_), why_not_all(config_), states, annotations_, trace_);
    windows_ =
        compare_reaches(model_.attention, has_position(config_), states, annotations_, trace_);
  }

  void alignment() {
    const std::string& stop = sentences_.word(sentences_.decoding.stop);
    const bool stopped = chosen_.back() == sentences_.decoding.stop;
    std::vector<std::string> sentence = said_;
    if (stopped) sentence.pop_back();
    trace_.step(
        "alignment", "What was said, and where the decoder looked for it",
        fmt::format("\"{}\" became \"{}\". {} Score {}, attention {}.", joined(sentences_.source),
                    joined(sentence),
                    sentences_.decoding.forced()
                        ? "Each step was given the right word before it, whatever it had "
                          "said itself."
                    : stopped
                        ? fmt::format("Then came {}.", stop)
                        : fmt::format("The word {} never came: options.limit ended it.", stop),
                    score_, reach()),
        "a_t, a row for each word that was said");
    trace_.label("T", said_);
    trace_.tensor({"alignment", "T,Tx", "", "", Kind::weight}, decoded_.alignment());
    if (!sentences_.decoding.forced() && !request_.gradients) return;
    trace_.label("T", wanted_);
    trace_.step("loss", "How wrong that was",
                sentences_.decoding.forced()
                    ? "For each word of the target, minus the logarithm of the probability that it "
                      "was given."
                    : "Nobody led, so the words that were said count as right: the loss says how "
                      "sure the decoder was.",
                "L = -sum_t log p(y_t)", "eq. (4)");
    trace_.tensor({"losses", "T"}, losses_);
    double total = 0.0;
    for (const double loss : losses_) total += loss;
    trace_.tensor({"loss", ""}, total);
  }

  void backward(const Mat& d_logits) {
    trace_.step("d_logits", "Back through the softmax over the words",
                "What was said, minus what should have been: each probability, and 1 less for the "
                "right word.",
                "d_logits_t = p(. | y_<t, x) - onehot(y_t)");
    trace_.tensor({"d_logits", "T,Vy"}, d_logits);
    const luong::Backward<Cell> b = luong::backward(model_, annotations_, decoded_, d_logits);
    trace_.step("output.backward", "Back to the attentional states, and to the output layer",
                "Every step used the same W_o, so what comes back adds up over the steps.");
    trace_.rename("ds", "dc");
    trace_.tensors(b.readout, "output.");
    trace_.rename("ds", "ds");
    trace_.rename("Tq", "t");
    for (std::size_t t = decoded_.steps.size(); t-- > 0;) {
      const std::size_t missing = decoded_.steps.size() - b.steps.size();
      if (t < missing) throw Unfinished();
      show_backward(b.steps[t - missing], t);
    }
    if (!b.complete) throw Unfinished();
    trace_.rename("Tq", "T");
    sums(b);
    encoder_backward(b);
  }

  void show_backward(const luong::StepBackward<Cell>& b, std::size_t t) {
    const std::string prefix = fmt::format("t{}.", t + 1);
    const bool last = t + 1 == decoded_.steps.size();
    trace_.label("t", {said_[t]});
    trace_.step(prefix + "backward", fmt::format("Back through step {}", t + 1),
                last ? "From the last step to the first. h~_t gets a gradient from the word, and "
                       "with input feeding from the next step; h_t from h~_t, from the scores, in "
                       "local-p from p_t, and from the next step."
                     : "");
    trace_.tensor({"d_attentional", "dc", "from the word, and from the next step's input"},
                  b.d_attentional, prefix);
    add_attention_backward(score_, b.attention, prefix, !last, trace_);
    trace_.tensor({"d_h", "ds", "all that comes to h_t"}, b.d_state.h, prefix);
    trace_.rename("dh", "ds");
    trace_.tensors(b.cell, prefix + "cell.");
    trace_.rename("dh", "dh");
    trace_.tensor({"d_input", model_.input_feeding ? "dy+dc" : "dy", "through each W"}, b.d_input,
                  prefix);
    if (model_.input_feeding) trace_.tensors(b.fed, prefix);
  }

  /// The gradients of the decoder's parameters.
  void sums(const luong::Backward<Cell>& b) {
    trace_.step("attention.gradients", "The gradients of the attention's parameters",
                "Sums over the steps, which all used the same.");
    trace_.tensor({"d_W_c", "dc,dh+ds"}, b.attention.attentional.W_c);
    if (const auto* score = std::get_if<general::Params>(&b.attention.score)) {
      trace_.tensor({"d_W_a", "ds,dh"}, score->W_a, "general.");
    }
    if (const auto* score = std::get_if<concat::Params>(&b.attention.score)) {
      trace_.tensor({"d_W_a", "da,ds+dh"}, score->W_a, "concat.");
      trace_.tensor({"d_v_a", "da"}, score->v_a, "concat.");
    }
    if (const auto* score = std::get_if<location::Params>(&b.attention.score)) {
      trace_.tensor({"d_W_a", "Tx,ds"}, score->W_a, "location.");
    }
    if (model_.attention.reach == luong_attention::Reach::local_p) {
      trace_.tensor({"d_W_p", "dp,ds"}, b.attention.position.W_p, "local.");
      trace_.tensor({"d_v_p", "dp"}, b.attention.position.v_p, "local.");
    }
    trace_.step("decoder.gradients", "The gradients of the decoder's parameters",
                model_.input_feeding
                    ? "Sums over the steps. W is [W C], the columns for the word and then those "
                      "for h~."
                    : "Sums over the steps.");
    trace_.rename("dh", "ds");
    trace_.rename("dx", model_.input_feeding ? "dy+dc" : "dy");
    trace_.tensors(b.cell, "decoder.");
    trace_.rename("dh", "dh");
    trace_.rename("dx", "dx");
    trace_.tensor({"d_E", "Vy,dy", "dE_w = sum_t d(E y_{t-1}) where y_{t-1} is w"}, b.d_E,
                  "decoder.");
  }

  void encoder_backward(const luong::Backward<Cell>& b) {
    State d_last{b.d_start.h, b.d_start.c};
    trace_.step("annotations.backward", "Back to the source states",
                score_ == "location"
                    ? "From every step, through what was read; and through the decoder's first "
                      "state to the last of them."
                    : "From every step, through what was read and through the scores; and through "
                      "the decoder's first state to the last of them.");
    trace_.tensor({"d_annotations", "Tx,dh", "sum over the steps"}, b.d_annotations);
    trace_.tensor({"d_h_0", "ds"}, b.d_start.h);
    if (has_bridge()) {
      const initial_state::Backward bridge =
          initial_state::backward(bridge_, encoded_.last().h, bridged_, b.d_start.h);
      trace_.step("bridge.backward", "Back through the layer between", "");
      trace_.tensors(bridge, "bridge.");
      d_last = {bridge.d_h, {}};
    }
    const auto encoder = recurrent::backward(encoder_, X_, encoded_, b.d_annotations, d_last);
    trace_.step("encoder.backward", "Back through time, in the encoder",
                "From the last word to the first: each state gets a gradient from the decoder, "
                "directly, and all but the last from the state after it.");
    trace_.template tensors_over_time<CellBackward>(encoder.steps, "Tx", "encoder.");
    trace_.step("encoder.gradients", "The gradients of the encoder's parameters", "");
    trace_.rename("T", "Tx");
    trace_.tensors(encoder.gradients, "encoder.");
    trace_.rename("T", "T");
    trace_.tensor({"d_E", "Vx,dx", "dE_w = sum_s dx_s where word s is w"},
                  embedding::backward(config_.matrix(encoder_path + ".E"),
                                      sentences_.source_numbers, encoder.gradients.d_X),
                  "encoder.");
    show_encoder_start_gradients(config_, encoder_inputs, "encoder.", encoder.d_start, trace_);
  }

  const io::Config& config_;
  const Request& request_;
  trace::Builder& trace_;
  Sentences sentences_;
  Cell encoder_;
  std::string score_;
  luong::Params<Cell> model_;
  initial_state::Params bridge_;
  initial_state::Forward bridged_;
  Mat X_;
  recurrent::Sequence<Cell> encoded_;
  Mat annotations_;
  State start_;
  luong::Forward<Cell> decoded_;
  std::vector<std::size_t> chosen_;
  std::vector<std::string> said_, wanted_;
  std::string windows_;
  Vec losses_;
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  const AnyCell encoder = cell_of(config, encoder_path);
  const AnyCell decoder = cell_of(config, decoder_path);
  std::visit(
      [&](const auto& cell) {
        using Cell = std::remove_cvref_t<decltype(cell)>;
        Walk<Cell>(config, request, trace, cell, std::get<Cell>(decoder)).run();
      },
      encoder);
}

}  // namespace

const Chapter global_local{
    .name = "global-local",
    .title = "Global and local attention",
    .source = "Luong, Pham, Manning, arXiv:1508.04025v5, section 3",
    .summary = "Luong's order, four scores, input feeding; a window that is given or predicted",
    .problem =
        "Bahdanau's decoder looks at the source with the state that it has, and only then steps "
        "on. "
        "Can it step first and look with the new state, and how should a state and a source state "
        "be compared? And must it look at every word each time, however long the sentence is?",
    .tries = {{{"./attn global-local --set options.attention=local-p --steps t1.weights",
                "A window whose place is predicted, and the Gaussian that fades its edges."},
               {"./attn global-local --set options.D=0 --steps local_m,compare_reaches",
                "Windows of one word: local-m looks at word t and nowhere else."}}},
    .schema = luong_walk::schema,
    .run = run,
};

}  // namespace attn::chapters
