#include "attn/mechanisms/transformer.hpp"

#include <fmt/format.h>

#include "attn/core/vectors.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/positions.hpp"
#include "attn/training/cross_entropy.hpp"
#include "chapters/parts/alignment_seen.hpp"
#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/decoder_gradients.hpp"
#include "chapters/parts/decoder_shown.hpp"
#include "chapters/parts/encoder_gradients.hpp"
#include "chapters/parts/encoder_shown.hpp"
#include "chapters/parts/parameters_shown.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/parts/shown_fields.hpp"
#include "chapters/parts/transformer_decoder_schema.hpp"
#include "chapters/parts/words_said.hpp"
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
        how_(transformer_decoding_of(config)),
        params_(transformer_of(config, sentences_, how_)),
        length_(source_length_of(config)) {}

  void run() {
    trace_.label("Tx", sentences_.source);
    trace_.label("Vx", sentences_.source_words);
    trace_.label("Vy", sentences_.target_words);
    show_parameters(config_, transformer_decoder_schema(), trace_);
    encode();
    WordsSaid said(params_, sentences_, how_, trace_);
    wanted_ = sentences_.target_numbers();
    if (wanted_.empty()) wanted_ = said.decode(source_);
    if (wanted_.empty()) throw Unfinished();
    decode();
    const Mat d_logits = loss();
    said.show(source_);
    if (request_.gradients) gradients(d_logits);
    trace_.seen(looked() + said.seen());
  }

 private:
  // ---- The encoder

  void encode() {
    source_ = transformer::encode(params_, sentences_.source_numbers, length_);
    name_self_attention_axes(trace_, "Tx", "dm");
    trace_.step("source", "The source, as the encoder is given it",
                fmt::format("\"{}\": each word is a row of the table E, times sqrt(dm){}.",
                            joined(sentences_.source),
                            config_.choice("options.positions") == "none"
                                ? "; options.positions is none, so PE_t is 0"
                                : ", and its place is added, as in the chapter "
                                  "transformer-encoder"),
                "x_t = sqrt(dm) E[w_t] + PE_t", "sections 3.4 and 3.5");
    show_fields(source_.input, {"x"}, {"embedded", "scaled"}, "source.", trace_);
    if (length_ < sentences_.source.size()) show_padding();
    EncoderShown(params_.encoder, "encoder.", trace_).show(source_.encoder, false);
    if (!source_.complete()) throw Unfinished();
    trace_.step("memory", "The memory: what the encoder made of the source",
                "One row for each word of the source. It is computed once; every layer of the "
                "decoder reads it at every step.",
                "memory = Encoder(x)", "section 3.1");
    trace_.tensor({"memory", "Tx,dm"}, source_.memory());
  }

  void show_padding() {
    trace_.step("source.mask", "Padding",
                fmt::format("options.source_length is {}: the words after that are padding, and "
                            "nobody sees them.",
                            length_));
    trace_.tensor({"source.mask", "Tx,Tx", "", "", Kind::mask},
                  mask::valid_lengths({length_}, rows(source_.input.x), rows(source_.input.x)));
  }

  // ---- The decoder, all positions at once

  void decode() {
    const std::size_t Ty = wanted_.size();
    given_ = wanted_;
    given_.insert(given_.begin(), how_.words.start);
    given_.pop_back();
    std::vector<std::string> names;
    for (const std::size_t word : given_) names.push_back(sentences_.word(word));
    trace_.label("Ty", names);
    name_self_attention_axes(trace_, "Ty", "dm");
    target_ = transformer::decode(params_, source_, given_);
    const bool led = config_.has("tokens.target");
    trace_.step("target", "What the decoder is given: the target, shifted by one",
                fmt::format("Row t is the word before word t: {} comes first, and the last word is "
                            "not given to anyone. So all positions can be computed at once, as in "
                            "training{}. Each row has to say the word that follows it.",
                            sentences_.word(how_.words.start),
                            led ? ", where a teacher knows the target"
                                : "; the words are those that decoding chooses below"),
                "x_t = sqrt(dm) E[w_t] + PE_t,  w_t = the word before word t of the target",
                "sections 3.1, 3.4 and 3.5");
    show_fields(target_.input, {"x"}, {"embedded", "scaled"}, "target.", trace_);
    trace_.step("decoder.mask", "The mask: nobody sees what comes later",
                "A tick means \"attend\". Row t may look at rows 1 to t. Were it to see row t + 1, "
                "it would only have to copy the word that it should say.",
                "t may see j where j <= t", "section 3.2.3");
    trace_.tensor({"decoder.mask", "Ty,Ty", "", "", Kind::mask}, mask::causal(Ty, Ty));
    DecoderShown(params_.decoder, length_ < sentences_.source.size(), trace_).show(target_.decoder);
    if (!target_.decoder.complete()) throw Unfinished();
    name_self_attention_axes(trace_, "Ty", "dm");
    trace_.rename("V", "Vy");
    const std::vector<trace::Words> words{
        {"logits", "A score for each word", "One linear layer, the same at each position."},
        {"probabilities", "And the softmax: how likely each word is to come next",
         fmt::format("A row has the name of the word that was given: the first, {}, says what "
                     "comes first, and each what comes after its word and those above it.",
                     sentences_.word(how_.words.start))}};
    trace_.walk(target_.next, words);
  }

  /// \returns dL/dlogits
  Mat loss() {
    std::vector<Vec> rows_of_d;
    Vec p = zeros(wanted_.size()), loss = zeros(wanted_.size());
    std::vector<std::string> names;
    double total = 0.0;
    for (std::size_t t = 0; t < wanted_.size(); ++t) {
      const Vec probabilities = row(target_.next.probabilities, t);
      p(t) = probabilities(wanted_[t]);
      loss(t) = cross_entropy::loss(row(target_.next.logits, t), wanted_[t]);
      total += loss(t);
      rows_of_d.push_back(cross_entropy::backward(probabilities, wanted_[t]));
      names.push_back(sentences_.word(wanted_[t]));
    }
    trace_.label("wanted", names);
    trace_.step(
        "loss", "The loss",
        config_.has("tokens.target")
            ? "How unlikely the words of the target were, each after the right words before."
            : "There is no target, so the words that were chosen count as right.",
        "L = -sum_t log p_t(word t)");
    trace_.table({"word_losses", "wanted,loss", ""}, {{"p", p}, {"-log p", loss}});
    trace_.tensor({"loss", ""}, total);
    return stacked(rows_of_d);
  }

  /// Where the last layer looked for each word.
  std::string looked() const {
    const Ten3& weights = target_.decoder.layers.back().cross.inner.weights;
    const std::size_t H = weights.shape(0), Ty = weights.shape(1), Tx = weights.shape(2);
    Mat mean = zeros(Ty, Tx);
    for (std::size_t h = 0; h < H; ++h) {
      for (std::size_t t = 0; t < Ty; ++t) {
        for (std::size_t j = 0; j < Tx; ++j) {
          mean(t, j) += weights(h, t, j) / static_cast<double>(H);
        }
      }
    }
    std::vector<std::string> names;
    for (const std::size_t word : wanted_) names.push_back(sentences_.word(word));
    return "In the last layer's cross-attention the mean over the heads says where each word to "
           "come was looked for. " +
           largest_of_each_step(names, mean, sentences_.source);
  }

  // ---- The way back

  void gradients(const Mat& d_logits) {
    const transformer::Backward back = transformer::backward(params_, sentences_.source_numbers,
                                                             source_, given_, target_, d_logits);
    name_self_attention_axes(trace_, "Ty", "dm");
    trace_.rename("V", "Vy");
    trace_.step("output.gradients", "Back through the softmax and the last linear layer",
                "The gradient of the logits is p - 1 for the word that should come, and p for all "
                "others: the scores are pushed towards the word, by how much it was missed.",
                "dz_t = p_t - onehot(word t)");
    trace_.tensor({"d_logits", "Ty,Vy"}, d_logits);
    trace_.tensors(back.next, "output.");
    show_decoder_gradients(params_.decoder, back.decoder, trace_);
    if (!back.decoder.complete()) throw Unfinished();
    name_self_attention_axes(trace_, "Ty", "dm");
    trace_.rename("V", "Vy");
    trace_.step("target.gradients", "Back to the words that the decoder was given",
                "A word's row of the table gets what all its places got, times sqrt(dm).");
    trace_.tensors(back.target, "target.");
    show_learned("target", back.decoder.d_x, "Tymax");
    name_self_attention_axes(trace_, "Tx", "dm");
    trace_.rename("V", "Vx");
    trace_.step("memory.gradients", "Back to the memory",
                "What the cross-attention of all layers sends to the encoder.",
                "d_memory = the sum over the decoder's layers");
    trace_.tensor({"d_memory", "Tx,dm"}, back.decoder.d_memory);
    show_encoder_gradients(params_.encoder, back.encoder, "encoder.", false, trace_);
    if (!back.encoder.complete()) throw Unfinished();
    trace_.step("source.gradients", "Back to the words of the source", "As in the decoder.");
    trace_.tensors(back.source, "source.");
    show_learned("source", back.encoder.d_x, "Txmax");
  }

  void show_learned(const std::string& side, const Mat& d_x, const std::string& rows_axis) {
    if (config_.choice("options.positions") != "learned") return;
    trace_.rename("Tmax", rows_axis);
    const Mat P = config_.matrix("parameters." + side + ".P");
    trace_.tensors(positions::learned_backward(P, d_x), side + ".");
    trace_.rename("Tmax", "Tmax");
  }

  const io::Config& config_;
  const Request& request_;
  trace::Builder& trace_;
  Sentences sentences_;
  TransformerDecoding how_;
  transformer::Params params_;
  std::size_t length_;  // source words that count
  transformer::Source source_{};
  std::vector<std::size_t> wanted_{}, given_{};  // words, stop at the end; start at the beginning
  transformer::Target target_{};
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  check_transformer_size(config, transformer_decoding_of(config));
  Walk(config, request, trace).run();
}

}  // namespace

const Chapter transformer_decoder{
    .name = "transformer-decoder",
    .title = "The Transformer: decoding",
    .source = "Vaswani et al., Attention Is All You Need, arXiv:1706.03762v7, section 3",
    .summary = "masked self-attention, cross-attention, words one by one; beams, and the cache",
    .problem =
        "The encoder's layers make something of each word, but say none. A translation is said "
        "word by word, and each word depends on the source and on the words said before it. So "
        "the decoder's layers look both ways, and never at what they have yet to say: then a "
        "known translation is learned from all its words at once.",
    .tries = {{{"./attn transformer-decoder --set tokens.source='[you,love,me]' --steps t1..t4",
                "Who loves whom is turned round, and so is what it says: 你 爱 我."},
               {"./attn transformer-decoder --set options.positions=none --steps probabilities",
                "Without positions the source has no order: after 爱 it would stop (p = 0.91)."}}},
    .schema = transformer_decoder_schema,
    .run = run,
};

}  // namespace attn::chapters
