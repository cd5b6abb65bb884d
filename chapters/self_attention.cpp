#include "attn/mechanisms/self_attention.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/parts/layer_costs_table.hpp"
#include "chapters/parts/self_attention_inputs.hpp"
#include "chapters/parts/self_attention_words.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

using io::Type;

const io::Schema& schema() {
  static const io::Schema declared = [] {
    io::Schema schema{
        .chapter = "self-attention",
        .axes = {{"T", "number of words"},
                 {"dm", "width of words"},
                 {"dk", "width of queries and keys"},
                 {"dv", "width of values"}},
        .fields = {{.path = "tokens.words",
                    .type = Type::tokens,
                    .axes = "T",
                    .meaning = "The words themselves, shown beside their rows."},
                   {.path = "inputs.X",
                    .axes = "T,dm",
                    .meaning = "One row for each word.",
                    .required = true}},
        .computes = {"T,T", "T,dk", "T,dv"},
    };
    for (const auto& fields :
         {projection_fields(true), self_attention_fields("T"), layer_costs_fields()}) {
      schema.fields.insert(schema.fields.end(), fields.begin(), fields.end());
    }
    return schema;
  }();
  return declared;
}

class Walk {
 public:
  Walk(const io::Config& config, const Request& request, trace::Builder& trace)
      : config_(config),
        request_(request),
        trace_(trace),
        X_(config.matrix("inputs.X")),
        params_(projections_of(config)),
        how_(attending_of(config, rows(X_), cols(params_.W_q))) {
    if (config.has("tokens.words")) words_ = config.list("tokens.words");
    trace_.label("T", words_);
    trace_.rename("Tq", "T");
    trace_.rename("Tk", "T");
  }

  void run() {
    show_inputs();
    forward_ = self_attention::forward(params_, X_, how_.mask, how_.scale);
    trace_.walk(forward_.projected, projection_words());
    show_mask_and_scale();
    trace_.walk(forward_.attention, self_attention_words(how_.hides()));
    show_permutation();
    show_layer_costs(config_, rows(X_), cols(X_), trace_);
    if (request_.gradients) show_gradients();
  }

 private:
  void show_inputs() {
    trace_.step(
        "inputs", "One sequence: a row for each word",
        fmt::format("T = {} words, each a row of width dm = {}. In the chapter before, "
                    "queries, keys and values came from outside; here all three are made of X, "
                    "so every word looks at every word of its own sequence.",
                    rows(X_), cols(X_)));
    trace_.tensor({"X", "T,dm", ""}, X_);
    trace_.step("parameters", "Three matrices, which are learned",
                "W_q says what a word looks for, W_k what it offers to be found by, W_v what it "
                "hands over. They stand on the right and are the same for every word. Biases are 0 "
                "unless given.");
    trace_.tensor({"W_q", "dm,dk"}, params_.W_q);
    trace_.tensor({"W_k", "dm,dk"}, params_.W_k);
    trace_.tensor({"W_v", "dm,dv"}, params_.W_v);
    if (config_.has("parameters.b_q")) trace_.tensor({"b_q", "dk"}, params_.b_q);
    if (config_.has("parameters.b_k")) trace_.tensor({"b_k", "dk"}, params_.b_k);
    if (config_.has("parameters.b_v")) trace_.tensor({"b_v", "dv"}, params_.b_v);
  }

  void show_mask_and_scale() {
    if (how_.hides()) {
      trace_.step("mask", "Who may attend to whom",
                  "A tick means \"attend\". The mask, causal order and valid lengths must all "
                  "allow it.");
      trace_.tensor({"mask", "T,T", "mask, causal and valid lengths together", "", Kind::mask},
                    how_.mask);
    }
    if (!is_written(how_.scale)) throw Unfinished();
  }

  /// The same words in another order.
  void show_permutation() {
    trace_.label("T'", reordered(words_, how_.order));
    trace_.rename("T", "T'");
    const Mat permuted = permutation::permute_rows(X_, how_.order);
    const permutation::Study study =
        permutation::study(params_, permuted, forward_, how_.mask, how_.scale, how_.order);
    const double size = size_of(study.expected);
    trace_.step("permuted", "The same words in another order",
                fmt::format("P X: the rows of X in the order {} (counted from 0). Everything is "
                            "computed again for these rows, with the same matrices{}.",
                            joined_order(how_.order), how_.hides() ? " and the same mask" : ""),
                "X' = P X");
    trace_.tensor({"permuted.X", "T,dm"}, study.permuted);
    trace_.tensor({"permuted.weights", "T,T", "", "", Kind::weight}, study.weights);
    const std::string found = verdict(study.difference, size);
    trace_.step("equivariance",
                how_.hides() ? "With a mask, order matters" : "Order does not matter",
                equivariance_prose(found), "C(P X) = P C(X)");
    trace_.tensor({"permuted.context", "T,dv", "C(P X)"}, study.context);
    trace_.tensor({"expected.context", "T,dv", "P C(X)"}, study.expected);
    show_difference({"difference", "", "max |C(P X) - P C(X)|"}, study.difference);
    if (how_.hides()) {
      const permutation::Study moved = permutation::study(
          params_, permuted, forward_, permutation::permute_mask(how_.mask, how_.order), how_.scale,
          how_.order);
      show_difference({"difference.mask_moved", "", "the same, with P M P^T as the mask"},
                      moved.difference);
    }
    trace_.rename("T", "T");
  }

  /// A difference of numbers that are none is none either, and not a step that is missing.
  void show_difference(const Field& field, double difference) {
    if (is_written(difference)) trace_.tensor(field, difference);
  }

  std::string equivariance_prose(const std::string& found) const {
    if (!how_.hides()) {
      return fmt::format(
          "Above, the result for the permuted rows; below, the rows of the first result, permuted. "
          "They are {}. Each word gets what it got before, wherever it stands: self-attention is "
          "equivariant to permutations, and cannot tell \"dog bites man\" from \"man bites "
          "dog\". The next chapter gives each position a mark.",
          found);
    }
    return fmt::format(
        "Above, the result for the permuted rows; below, the rows of the first result, permuted. "
        "They are {}. The mask hides positions, not words: a word that moves sees other words than "
        "before. Where the mask moves with the words, its rows and columns in the same order "
        "(P M P^T), each word gets again what it got.",
        found);
  }

  void show_gradients() {
    const Mat d_context =
        config_.has("inputs.d_context")
            ? config_.matrix("inputs.d_context")
            : Mat(Mat::shape_type{rows(X_), cols(forward_.attention.context)}, 1.0);
    trace_.step("d_context", "Where the gradient comes from",
                "The backward pass starts from the gradient of the loss with respect to the "
                "context. All ones means that the loss is the sum of its entries.");
    trace_.tensor({"d_context", "T,dv", "dC"}, d_context);
    const self_attention::Backward back =
        self_attention::backward(params_, X_, how_.scale, forward_, d_context);
    trace_.walk(back.attention, self_attention_backward_words());
    trace_.walk(back.parameters, parameter_gradient_words());
    trace_.walk(back.input, input_gradient_words());
  }

  const io::Config& config_;
  const Request& request_;
  trace::Builder& trace_;
  Mat X_;
  self_attention::Params params_;
  Attending how_;
  std::vector<std::string> words_;
  self_attention::Forward forward_;
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  Walk(config, request, trace).run();
}

}  // namespace

const Chapter self_attention{
    .name = "self-attention",
    .title = "Self-attention",
    .source = "Vaswani et al., Attention Is All You Need, arXiv:1706.03762v7, sections 3.2, 4",
    .summary = "queries, keys and values of one sequence; what order means to it; what it costs",
    .problem = "",
    .tries = {},
    .schema = schema,
    .run = run,
};

}  // namespace attn::chapters
