#include "attn/mechanisms/seq2seq.hpp"

#include <fmt/format.h>

#include "attn/mechanisms/initial_state.hpp"
#include "attn/training/cross_entropy.hpp"
#include "chapters/parts/encoder_start.hpp"
#include "chapters/parts/parameters_shown.hpp"
#include "chapters/parts/recurrent_cell.hpp"
#include "chapters/parts/sentences.hpp"
#include "chapters/parts/seq2seq_schema.hpp"
#include "chapters/parts/seq2seq_shown.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

using recurrent::Sequence;
using recurrent::State;

const std::string encoder_path = "parameters.encoder";
const std::string encoder_inputs = "inputs.encoder";
const std::string decoder_path = "parameters.decoder";

/// The chapter for one kind of cell.
template <class Cell>
class Walk {
 public:
  Walk(const io::Config& config, const Request& request, trace::Builder& trace, const Cell& encoder,
       const Cell& decoder_cell)
      : config_(config),
        request_(request),
        trace_(trace),
        sentences_(sentences_of(config)),
        encoder_(encoder),
        words_(words_of(encoder)) {
    decoder_.E = config.matrix(decoder_path + ".E");
    decoder_.cell = decoder_cell;
    decoder_.out.W_o = config.matrix("parameters.output.W_o");
    decoder_.out.b_o = vector_or_zeros(config, "parameters.output.b_o", rows(decoder_.out.W_o));
    decoder_.context_at_every_step = has_context(config, decoder_path);
  }

  void run() {
    check();
    encode();
    show_bottleneck(passes(), trace_);
    start();
    decode();
    const Mat d_logits = loss();
    if (request_.gradients) backward(d_logits);
    const Vec reach = show_reach();
    trace_.seen(seen_of_context(trace_, passes(), reach, certainty()) +
                seen_of_target(sentences_, chosen_));
  }

 private:
  bool has_bridge() const { return config_.has("parameters.bridge.W_s"); }

  void check() const {
    const std::size_t dh = config_.extent("dh");
    const std::size_t ds = config_.extent("ds");
    if (has_bridge() || dh == ds) return;
    config_.reject(decoder_path,
                   fmt::format("without parameters.bridge.W_s the decoder starts in the encoder's "
                               "last state, but its states have width {} ({}), and the encoder's "
                               "{} ({})",
                               ds, decoder_path + ".U", dh, encoder_path + ".U"));
  }

  void encode() {
    trace_.label("Tx", sentences_.source);
    trace_.label("Vx", sentences_.source_words);
    trace_.label("Vy", sentences_.target_words);
    show_parameters(config_, seq2seq_schema(), trace_);
    const Mat E = config_.matrix(encoder_path + ".E");
    X_ = embedding::forward(E, sentences_.source_numbers);
    trace_.step(
        "words", "The words of the source, as vectors",
        fmt::format("\"{}\": each word is a row of the encoder's table E, and there are Vx = {} "
                    "rows. Nothing here knows yet where a word stands.",
                    joined(sentences_.source), rows(E)),
        "x_t = E[word t]");
    trace_.tensor({"embedded", "Tx,dx"}, X_);
    trace_.rename("T", "Tx");
    const State start = encoder_start(config_, encoder_inputs, recurrent::zero_state(encoder_));
    show_encoder_start(config_, encoder_inputs, "encoder.", start, trace_);
    encoded_ = recurrent::forward(encoder_, X_, start);
    say_encoder_start(config_, encoder_inputs, words_.steps);
    trace_.walk(encoded_.inputs, words_.inputs, "encoder.");
    trace_.template walk_rows<typename recurrent::Cell<Cell>::Forward>(encoded_.steps, words_.steps,
                                                                       "Tx", "encoder.");
    context_ = encoded_.last().h;
    trace_.step("context", "All that the decoder will know",
                passes().memory > 0
                    ? "The last state stands for the whole sentence, and the memory after the last "
                      "word goes with it. The decoder learns nothing else of the source."
                    : "The last state stands for the whole sentence. The decoder learns nothing "
                      "else of the source.",
                "c = h_Tx");
    trace_.tensor({"context", "dh"}, context_);
  }

  Bottleneck passes() const {
    return {.Tx = rows(X_),
            .dx = cols(X_),
            .dh = context_.size(),
            .memory = has_bridge() ? 0 : encoded_.last().c.size(),
            .bridge = has_bridge() ? config_.extent("ds") : 0,
            .every_step = decoder_.context_at_every_step};
  }

  /// The probability of each word that was said.
  std::vector<double> certainty() const {
    std::vector<double> found;
    for (const auto& step : decoded_.steps) found.push_back(step.out.probabilities(step.word));
    return found;
  }

  void start() {
    start_ = encoded_.last();
    if (!has_bridge()) {
      trace_.step("s_0", "The decoder's first state",
                  passes().memory > 0 ? "The context, as it is. The memory is handed over too."
                                      : "The context, as it is.",
                  "s_0 = c");
      trace_.tensor({"s_0", "ds"}, start_.h);
      return;
    }
    bridge_.W_s = config_.matrix("parameters.bridge.W_s");
    bridge_.b_s = vector_or_zeros(config_, "parameters.bridge.b_s", rows(bridge_.W_s));
    bridged_ = initial_state::forward(bridge_, context_);
    const std::vector<trace::Words> words{
        {"s_0", "The decoder's first state",
         start_.c.size() > 0 ? "A layer makes it of the context, which is the h here. The memory "
                               "begins with zeros."
                             : "A layer makes it of the context, which is the h here."}};
    trace_.walk(bridged_, words);
    start_ = {bridged_.s_0, start_.c.size() == 0 ? Vec{} : zeros(bridged_.s_0.size())};
  }

  void decode() {
    trace_.rename("dh", "ds");
    trace_.rename("T", "step");
    decoded_ = seq2seq::decode(decoder_, context_, start_, sentences_.decoding);
    for (std::size_t t = 0; t < decoded_.steps.size(); ++t) show(decoded_.steps[t], t);
    chosen_ = decoded_.words();
    std::vector<std::string> said;
    for (const std::size_t word : chosen_) said.push_back(sentences_.word(word));
    const std::string& stop = sentences_.word(sentences_.decoding.stop);
    const bool stopped = chosen_.back() == sentences_.decoding.stop;
    std::vector<std::string> sentence = said;
    if (stopped) sentence.pop_back();
    trace_.label("T", said);
    trace_.rename("T", "T");
    trace_.step(
        "translation", "What was said",
        fmt::format("\"{}\" became \"{}\". {}", joined(sentences_.source), joined(sentence),
                    sentences_.decoding.forced()
                        ? "Each step was given the right word before it, whatever it had "
                          "said itself."
                    : stopped
                        ? fmt::format("Then came {}.", stop)
                        : fmt::format("The word {} never came: options.limit ended it.", stop)));
    std::vector<Vec> probabilities;
    for (const auto& step : decoded_.steps) probabilities.push_back(step.out.probabilities);
    trace_.tensor({"said", "T,Vy", "p_t, a row for each word that was said", "", Kind::weight},
                  stacked(probabilities));
  }

  void show(const seq2seq::DecoderStep<Cell>& step, std::size_t t) {
    const std::string at = fmt::format("t{}.", t + 1);
    const bool first = t == 0;
    const std::string previous = sentences_.word(step.previous);
    std::string prose = fmt::format("The word before is {}", previous);
    if (first) prose += ", which starts every sentence";
    prose += decoder_.context_at_every_step
                 ? ". Its vector and the context stand one below the other."
                 : ". The context is not here: it is only in the state.";
    trace_.step(at + "input", fmt::format("Step {}: what goes in", t + 1),
                first ? prose : fmt::format("After {}.", previous),
                decoder_.context_at_every_step ? "[E y_{t-1}; c]" : "E y_{t-1}");
    trace_.tensor({"embedded", "dy", "E y_{t-1}"}, step.embedded, at);
    if (decoder_.context_at_every_step) {
      trace_.tensor({"input", "dy+dh", "[E y_{t-1}; c]"}, step.input, at);
    }
    trace_.step(
        at + "state", fmt::format("Step {}: the new state", t + 1),
        !first ? ""
        : decoder_.context_at_every_step
            ? "The same kind of cell as the encoder's, with its own parameters. In its "
              "formulas W stands for [W C], x for what went in, h for the decoder's state s."
            : "The same kind of cell as the encoder's, with its own parameters. In its "
              "formulas x stands for what went in, and h for the decoder's state s.");
    trace_.tensors(step.projected, at);
    trace_.tensors(step.cell, at);
    trace_.step(at + "output",
                step.complete() ? fmt::format("Step {}: \"{}\"", t + 1, sentences_.word(step.word))
                                : fmt::format("Step {}: the word", t + 1),
                first
                    ? "A score for each word of the vocabulary. The softmax makes probabilities of "
                      "the scores: the exponential of each, over the sum of all the exponentials. "
                      "The most likely word is said, of equally likely ones the first."
                    : "");
    trace_.rename("V", "Vy");
    trace_.tensors(step.out, at);
  }

  /// dL/dlogits (T, Vy).
  Mat loss() {
    const std::vector<std::size_t> wanted = sentences_.wanted(chosen_);
    Vec losses = zeros(wanted.size());
    std::vector<std::string> names;
    std::vector<Vec> d_logits;
    double total = 0.0;
    for (std::size_t t = 0; t < wanted.size(); ++t) {
      const readout::Forward& out = decoded_.steps[t].out;
      losses(t) = cross_entropy::loss(out.logits, wanted[t]);
      total += losses(t);
      d_logits.push_back(cross_entropy::backward(out.probabilities, wanted[t]));
      names.push_back(sentences_.word(wanted[t]));
    }
    if (sentences_.decoding.forced() || request_.gradients) {
      trace_.label("T", names);
      trace_.step("loss", "How wrong that was",
                  sentences_.decoding.forced()
                      ? "For each word of the target, minus the logarithm of the probability that "
                        "it was given."
                      : "Nobody led, so the words that were said count as right: the loss says how "
                        "sure the decoder was.",
                  "L = -sum_t log p_t(y_t)");
      trace_.tensor({"losses", "T"}, losses);
      trace_.tensor({"loss", ""}, total);
    }
    return stacked(d_logits);
  }

  void backward(const Mat& d_logits) {
    trace_.step("d_logits", "Back through the softmax",
                "What was said, minus what should have been: each probability, and 1 less for the "
                "right word.",
                "d_logits_t = p_t - onehot(y_t)");
    trace_.tensor({"d_logits", "T,Vy"}, d_logits);
    const seq2seq::DecoderBackward<Cell> b =
        seq2seq::decode_backward(decoder_, context_, decoded_, d_logits);
    trace_.step("output.backward", "Back to the states, and to the output layer",
                "Every step used the same W_o, so what comes back adds up over the steps.");
    trace_.tensors(b.out, "output.");
    show_cell(b.cell, "decoder", decoder_.context_at_every_step);
    trace_.step("decoder.words", "Back to the target's words",
                "A word's row gets what all its places got; words that were not used get 0.");
    trace_.tensor({"d_E", "Vy,dy", "dE_w = sum_t d(E y_{t-1}) where y_{t-1} is w"}, b.d_E,
                  "decoder.");
    trace_.rename("dh", "dh");

    State d_last{b.cell.d_start.h, b.cell.d_start.c};
    if (has_bridge()) {
      const initial_state::Backward bridge =
          initial_state::backward(bridge_, context_, bridged_, b.cell.d_start.h);
      trace_.step("bridge.backward", "Back through the layer between", "");
      trace_.tensors(bridge, "bridge.");
      d_last = {bridge.d_h, {}};
    }
    d_last.h += b.d_context;
    trace_.step("d_context", "All that comes back to the context",
                fmt::format("From the first state{} The way back to the source is as narrow as the "
                            "way forward: it leads through {} alone.",
                            decoder_.context_at_every_step ? " and from every step." : " alone.",
                            passes().memory > 0 ? "this and the gradient of the memory" : "this"));
    trace_.tensor({"d_context", "dh", "dc"}, d_last.h);
    if (passes().memory > 0) {
      trace_.tensor({"d_memory", "dh", "d_m_Tx, from the decoder's first memory"}, d_last.c);
    }

    trace_.rename("T", "Tx");
    const auto encoder =
        recurrent::backward(encoder_, X_, encoded_, zeros(rows(X_), context_.size()), d_last);
    show_cell(encoder, "encoder", false);
    trace_.step("encoder.words", "Back to the source's words", "");
    trace_.tensor({"d_E", "Vx,dx", "dE_w = sum_t dx_t where word t is w"},
                  embedding::backward(config_.matrix(encoder_path + ".E"),
                                      sentences_.source_numbers, encoder.gradients.d_X),
                  "encoder.");
    show_encoder_start_gradients(config_, encoder_inputs, "encoder.", encoder.d_start, trace_);
  }

  void show_cell(const recurrent::SequenceBackward<Cell>& b, const std::string& whose,
                 bool context) {
    trace_.step(whose + ".backward", fmt::format("Back through time, in the {}", whose),
                whose == "encoder"
                    ? "From the last word to the first: the last state gets its gradient from the "
                      "context, every other from the step after it."
                    : "From the last step to the first: a state gets a gradient from its own "
                      "step's output, and all but the last from the step after it.");
    const std::string axis = whose == "encoder" ? "Tx" : "T";
    trace_.template tensors_over_time<typename recurrent::Cell<Cell>::Backward>(b.steps, axis,
                                                                                whose + ".");
    if (!is_complete(b.steps.front())) throw Unfinished();
    trace_.step(whose + ".gradients", fmt::format("The gradients of the {}'s parameters", whose),
                std::string("Each step used the same parameters, so their gradients are sums over "
                            "time.") +
                    (context ? " W is [W C], the columns for the word and then those for the "
                               "context."
                             : ""));
    trace_.rename("dx", whose == "encoder" ? "dx" : context ? "dy+dh" : "dy");
    trace_.tensors(b.gradients, whose + ".");
    trace_.rename("dx", "dx");
  }

  /// How much of each word is in the context. It comes last, since the backward pass may not have
  /// been written yet, and what goes wrong in it must not stop the decoder.
  Vec show_reach() {
    const std::size_t Tx = rows(X_);
    const std::size_t through = context_.size() + encoded_.last().c.size();
    constexpr std::size_t most = 20'000'000;
    if (Tx * through * through * through > most) return {};
    const Vec reach = seq2seq::reach(encoder_, X_, encoded_);
    if (!is_written(reach)) return {};  // the backward pass is not written yet
    trace_.step(
        "reach", "How much of each word is left in the context",
        "The size of the derivative of the context by each word's vector: how much would change "
        "if the word did, a little. What a word left has gone through every later step, and each "
        "may shrink or stretch it.",
        "|dc / dx_t|, Frobenius norm");
    trace_.tensor({"reach", "Tx"}, reach);
    return reach;
  }

  const io::Config& config_;
  const Request& request_;
  trace::Builder& trace_;
  Sentences sentences_;
  Cell encoder_;
  CellWords words_;
  seq2seq::DecoderParams<Cell> decoder_;
  initial_state::Params bridge_;
  initial_state::Forward bridged_;
  Mat X_;
  Sequence<Cell> encoded_;
  Vec context_;
  State start_;
  seq2seq::Decoded<Cell> decoded_;
  std::vector<std::size_t> chosen_;
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

const Chapter seq2seq{
    .name = "seq2seq",
    .title = "Sequence to sequence",
    .source = "Sutskever, Vinyals, Le, arXiv:1409.3215v3; Cho et al., arXiv:1406.1078v3",
    .summary = "an encoder, one vector that must hold everything, a decoder; the bottleneck",
    .problem =
        "A sentence is to become a sentence of another language, and neither has a fixed length. "
        "One network, the encoder, reads the source word by word; another, the decoder, says the "
        "translation word by word. Between them is one vector, which has to hold all that the "
        "decoder will ever learn of the source, however long that is.",
    .tries = {{{"./attn seq2seq --set tokens.source='[you, I, love]' --steps translation",
                "A sentence it never learned: two numbers do not tell it from \"you see I\"."},
               {"./attn seq2seq configs/examples/seq2seq-lstm.yaml --steps reach",
                "Six words into an LSTM: how much of each is left at the end."}}},
    .schema = seq2seq_schema,
    .run = run,
};

}  // namespace attn::chapters
