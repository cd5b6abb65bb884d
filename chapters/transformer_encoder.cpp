#include "attn/mechanisms/encoder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "attn/mechanisms/embedding.hpp"
#include "attn/mechanisms/model_input.hpp"
#include "attn/mechanisms/norm_order_study.hpp"
#include "attn/mechanisms/positions.hpp"
#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/encoder_gradients.hpp"
#include "chapters/parts/encoder_seen.hpp"
#include "chapters/parts/encoder_shown.hpp"
#include "chapters/parts/norm_order_words.hpp"
#include "chapters/parts/parameters_shown.hpp"
#include "chapters/parts/transformer_encoder_schema.hpp"
#include "chapters/parts/transformer_input.hpp"
#include "chapters/parts/transformer_layers.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

class Walk {
 public:
  Walk(const io::Config& config, const Request& request, trace::Builder& trace)
      : config_(config),
        request_(request),
        trace_(trace),
        words_(encoder_words_of(config)),
        params_(encoder_of(config, "parameters.")) {
    const std::size_t T = config.extent("T"), dm = config.extent("dm");
    positions_ = positions_of(config, "parameters.P", T, dm, words_.counted);
    mask_ = mask_of(config, T, T);
    if (!words_.names.empty()) trace_.label("T", words_.names);
    if (!words_.vocabulary.empty()) trace_.label("V", words_.vocabulary);
    std::vector<std::string> heads;
    for (std::size_t h = 1; h <= params_.layers.front().attention.heads; ++h) {
      heads.push_back(fmt::format("head {}", h));
    }
    trace_.label("H", heads);
    name_self_attention_axes(trace_, "T", "dm");
  }

  void run() {
    show_parameters(config_, transformer_encoder_schema(), trace_);
    input();
    if (std::find(mask_.begin(), mask_.end(), false) != mask_.end()) show_mask(mask_, trace_);
    const encoder::Forward forward = encoder::forward(params_, x_, mask_);
    EncoderShown shown(params_, "", trace_);
    shown.show(forward);
    if (!forward.complete()) throw Unfinished();
    shown.show_moments();
    if (config_.has("study.layers")) study();
    if (request_.gradients) gradients(forward);
    trace_.seen(encoder_seen(trace_, x_, mask_, forward));
  }

 private:
  // ---- What goes in

  void input() {
    if (words_.numbers.empty()) {
      const Mat X = config_.matrix("inputs.X");
      trace_.step("words", "The words, as vectors",
                  "The config gives the vectors themselves, one a row.");
      trace_.tensor({"X", "T,dm"}, X);
      show_positions();
      x_ = X + positions_;
      trace_.tensor({"x", "T,dm", "X + PE", "section 3.5"}, x_);
      return;
    }
    const model_input::Forward in =
        model_input::forward(config_.matrix("parameters.E"), words_.numbers, positions_);
    trace_.step(
        "words", "The words, as vectors",
        std::string("Each word is a row of the table E, and the paper multiplies it by "
                    "sqrt(dm).") +
            (config_.choice("options.positions") == "none" ? ""
                                                           : " Its position is added to that."),
        "sqrt(dm) E[w_t]", "section 3.4");
    trace_.tensor({"embedded", "T,dm", "E[w_t]"}, in.embedded);
    trace_.tensor({"scaled", "T,dm", "sqrt(dm) E[w_t]"}, in.scaled);
    if (!is_written(in.scaled)) throw Unfinished();
    show_positions();
    trace_.tensor({"x", "T,dm", "sqrt(dm) E[w_t] + PE_t", "section 3.5"}, in.x);
    if (!is_written(in.x)) throw Unfinished();
    x_ = in.x;
  }

  void show_positions() {
    const std::string how = config_.choice("options.positions");
    const bool sinusoidal = how == "sinusoidal";
    trace_.step("positions", how == "none" ? "No positions" : "Where each word stands",
                positions_prose(config_),
                sinusoidal ? "PE(p, 2i) = sin(p / 10000^(2i/dm)),  PE(p, 2i+1) = cos(same)" : "",
                "section 3.5");
    if (how == "none") return;
    trace_.tensor({"PE", "T,dm", "", "", sinusoidal ? Kind::wave : Kind::number}, positions_);
  }

  // ---- The order of norm and addition

  void study() {
    const std::size_t layers = config_.size("study.layers");
    check_study_size(config_, layers, config_.size("study.samples"));
    const norm_order_study::Variance found = norm_order_study::variance(params_, x_, mask_, layers);
    std::vector<std::string> names{"x"};
    for (std::size_t n = 1; n <= layers; ++n) names.push_back(fmt::format("layer {}", n));
    trace_.label("after", names);
    trace_.step(
        "orders", "Post-norm against pre-norm",
        fmt::format(
            "The same layers in both orders, {}. The variance of a row, mean over "
            "the positions: after a post-norm gamma, beta and epsilon say how large it can be; "
            "in pre-norm "
            "every sublayer adds to a stream that no norm scales down.",
            layers == params_.layers.size()
                ? "as many as there are"
                : fmt::format("again and again until there are {}", layers)),
        "post: LayerNorm(x + Sublayer(x)),  pre: x + Sublayer(LayerNorm(x))", "arXiv:2002.04745v2");
    trace_.table({"stream_variance", "after,order"}, {{"post", found.post}, {"pre", found.pre}});
    study_gradients({layers, config_.size("study.samples"), config_.size("study.seed")});
  }

  /// Not from the config's d_output: a gradient that is alike in all entries of a row dies in a
  /// last norm, and what then remains says nothing about the order.
  void study_gradients(const norm_order_study::Config& how) {
    const norm_order_study::Gradients found =
        norm_order_study::gradients(params_.layers.front(), x_, mask_, how);
    if (!found.complete()) return;
    std::vector<std::string> layers, stacks;
    for (std::size_t n = 1; n <= how.layers; ++n) layers.push_back(fmt::format("layer {}", n));
    for (const double n : found.depths) stacks.push_back(fmt::format("{:.0f}", n));
    trace_.label("layer", layers);
    trace_.label("depth", stacks);
    trace_.step(
        "orders.gradients",
        "Before anything is learned: how large the gradients of the weights are",
        fmt::format("Layers of this size with random weights (normal, std = sqrt(2 / (fan_in + "
                    "fan_out)); biases and betas 0, gammas 1) and a random dL/doutput (standard "
                    "normal); pre-norm has one more norm after its last layer. The size of dL/dW_2 "
                    "at each layer, and at the last layer of stacks of several depths, mean of {} "
                    "such draws. {}",
                    how.samples, norm_order_words(found)),
        "mean of |dL/dW_2|,  |W|^2 = sum_ij W_ij^2", "arXiv:2002.04745v2");
    trace_.table({"weight_gradient", "layer,order"}, {{"post", found.post}, {"pre", found.pre}});
    trace_.table({"last_layer_gradient", "depth,order"},
                 {{"post", found.post_last}, {"pre", found.pre_last}});
  }

  // ---- The way back

  Mat d_output() const {
    if (config_.has("inputs.d_output")) return config_.matrix("inputs.d_output");
    return Mat(Mat::shape_type{rows(x_), cols(x_)}, 1.0);
  }

  void gradients(const encoder::Forward& forward) {
    const bool given = config_.has("inputs.d_output");
    const Mat d = d_output();
    trace_.step("d_output", "Where the gradient comes from",
                given
                    ? "The config gives dL/doutput: L is the sum of the output's entries, each "
                      "times this."
                    : "All ones: L is the sum of the output. After a last norm with gamma = 1 that "
                      "sum never changes, and nothing comes back through it; inputs.d_output gives "
                      "another L.",
                given ? "L = sum_tj output_tj d_output_tj" : "L = sum_tj output_tj");
    trace_.tensor({"d_output", "T,dm", "dL/doutput"}, d);
    const encoder::Backward back = encoder::backward(params_, x_, forward, d);
    show_encoder_gradients(params_, back, "", true, trace_);
    if (!back.complete()) throw Unfinished();
    input_gradients(back.d_x);
  }

  void input_gradients(const Mat& d_x) {
    const bool learned = config_.choice("options.positions") == "learned";
    trace_.step("words.gradients", "Back to what went in",
                std::string("x was a sum, so the words' vectors and the positions get the same, "
                            "that of layer 1's x.") +
                    (words_.numbers.empty() ? ""
                                            : " A word's row of the table E gets what all its "
                                              "places got, times sqrt(dm)."));
    trace_.tensor({"d_x", "T,dm", "layer1.add_1.d_x"}, d_x);
    if (words_.numbers.empty()) {
      trace_.tensor({"d_X", "T,dm", "d_x"}, d_x);
    } else {
      trace_.tensors(model_input::backward(config_.matrix("parameters.E"), words_.numbers, d_x));
    }
    if (learned) trace_.tensors(positions::learned_backward(config_.matrix("parameters.P"), d_x));
  }

  const io::Config& config_;
  const Request& request_;
  trace::Builder& trace_;
  EncoderWords words_;
  encoder::Params params_;
  Mat positions_;  // (T, dm)
  Mask mask_;      // (T, T)
  Mat x_{};        // (T, dm)
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  encoder_words_of(config);  // there are some
  check_encoder_size(config);
  Walk(config, request, trace).run();
}

}  // namespace

const Chapter transformer_encoder{
    .name = "transformer-encoder",
    .title = "The Transformer's encoder",
    .source = "Vaswani et al., Attention Is All You Need, arXiv:1706.03762v7, section 3.1",
    .summary =
        "attention, add and norm, feed-forward, add and norm, N times; norms before or after",
    .problem =
        "Attention gives each word an average of what others hand over, and an average alone "
        "cannot "
        "make much that is new. To learn more, such steps must be stacked, and in a deep stack "
        "numbers and gradients easily grow or fade. The encoder's layer answers both: a small "
        "network thinks about each word's average, and around both there is a way past and a norm.",
    .tries = {{{"./attn transformer-encoder --set options.causal=true --steps layer2",
                "No word sees a later one: above the diagonal all weights are 0."},
               {"./attn transformer-encoder --set options.norm=pre --steps norms",
                "The same stack with its norms before the sublayers: what they are given grows."}}},
    .schema = transformer_encoder_schema,
    .run = run,
};

}  // namespace attn::chapters
