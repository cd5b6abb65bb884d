#include "attn/mechanisms/self_attention.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/parts/layer_costs_table.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/parts/self_attention_inputs.hpp"
#include "chapters/parts/self_attention_words.hpp"
#include "chapters/parts/width_names.hpp"
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
                   width_names_field("dm", "words"),
                   width_names_field("dk", "queries and keys"),
                   width_names_field("dv", "values and contexts"),
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
    label_widths(config, {"dm", "dk", "dv"}, trace_);
    trace_.rename("Tq", "T");
    trace_.rename("Tk", "T");
  }

  void run() {
    show_inputs();
    forward_ = self_attention::forward(params_, X_, how_.mask, how_.scale);
    trace_.walk(forward_.projected, projection_words());
    show_mask_and_scale();
    trace_.walk(forward_.attention, self_attention_words(config_, how_.hides()));
    show_permutation();
    show_layer_costs(config_, rows(X_), cols(X_), trace_);
    if (request_.gradients) show_gradients();
    trace_.seen(seen());
  }

 private:
  void show_inputs() {
    trace_.step(
        "inputs", "One sequence: a row for each word",
        fmt::format("X has {}, each of width dm = {}. In the chapter before, queries, keys and "
                    "values came from outside; here all three are made of X, so that the words of "
                    "one sequence look at each other.",
                    counted(rows(X_), "row", "rows"), cols(X_)));
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
    trace_.step("permuted",
                how_.moves() ? "The same words in another order" : "An order that moves no word",
                fmt::format("Pi X: the rows of X in the order {} (counted from 0). Everything is "
                            "computed again for these rows, with the same matrices{}.",
                            joined_order(how_.order), how_.hides() ? " and the same mask" : ""),
                "X' = Pi X");
    trace_.tensor({"permuted.X", "T,dm"}, study.permuted);
    trace_.tensor({"permuted.weights", "T,T", "", "", Kind::weight}, study.weights);
    const Mask moved_mask = permutation::permute_mask(how_.mask, how_.order);
    const bool keeps_mask =
        std::equal(moved_mask.begin(), moved_mask.end(), how_.mask.begin(), how_.mask.end());
    const double size = size_of(forward_.projected.values);
    order_ = keeps_mask                        ? Order::cannot_matter
             : differs(study.difference, size) ? Order::matters
                                               : Order::does_not_matter;
    difference_ = study.difference;
    trace_.step("equivariance", equivariance_title(), equivariance_prose(size),
                "C(Pi X) = Pi C(X)");
    trace_.tensor({"permuted.context", "T,dv", "C(Pi X)"}, study.context);
    trace_.tensor({"expected.context", "T,dv", "Pi C(X)"}, study.expected);
    show_difference({"difference", "", "max |C(Pi X) - Pi C(X)|"}, study.difference);
    if (how_.hides()) {
      const permutation::Study moved =
          permutation::study(params_, permuted, forward_, moved_mask, how_.scale, how_.order);
      show_difference({"difference.mask_moved", "", "the same, with Pi M Pi^T as the mask M"},
                      moved.difference);
    }
    trace_.rename("T", "T");
  }

  /// A difference of numbers that are none is none either, and not a step that is missing.
  void show_difference(const Field& field, double difference) {
    if (is_written(difference)) trace_.tensor(field, difference);
  }

  /// Does it matter in which order the words come? It cannot where the mask, if there is one, is
  /// the same in the other order; elsewhere the numbers say.
  enum class Order { cannot_matter, does_not_matter, matters };

  std::string equivariance_title() const {
    if (!how_.hides()) return "Order does not matter";
    if (order_ == Order::cannot_matter) return "With a mask that is the same in this order";
    return order_ == Order::matters ? "With a mask, order matters"
                                    : "With a mask, order can matter";
  }

  std::string equivariance_prose(double size) const {
    const std::string found = fmt::format(
        "Above, the result for the permuted rows; below, the rows of the first result, permuted. "
        "They are {}. ",
        order_ == Order::cannot_matter ? equal_but_for_rounding(difference_)
                                       : verdict(difference_, size));
    if (!how_.hides()) {
      return found +
             "Each word gets what it got before, wherever it stands: self-attention is equivariant "
             "to permutations, and cannot tell \"dog bites man\" from \"man bites dog\". The next "
             "chapter gives each position a mark.";
    }
    return found +
           (order_ == Order::cannot_matter
                ? "The mask's rows and columns in this order (Pi M Pi^T) are the mask again: each "
                  "word sees what it saw before."
                : "The mask hides positions, not words: a word that moves may see other words than "
                  "before. Where the mask moves with the words, its rows and columns in the same "
                  "order (Pi M Pi^T), each word gets again what it got.");
  }

  /// Who looks at whom, whether that is mutual, and what order has done.
  std::string seen() const {
    const Mat& weights = forward_.attention.weights;
    std::string said = largest_weight(trace_, weights, {"word", "T"}, {"word", "T"});
    said += mutual(trace_, weights, "T");
    std::size_t blind = 0;
    for (std::size_t i = 0; i < rows(weights); ++i) {
      if (!attends(weights, i)) ++blind;
    }
    if (blind > 0) {
      said += fmt::format(" Nothing to look at is left for {}, and the context there is 0.",
                          counted(blind, "word", "words"));
    }
    if (!how_.moves()) return said;
    if (order_ == Order::matters) {
      return said + fmt::format(" In the order {} the contexts differ by up to {:.2g}.",
                                joined_order(how_.order), difference_);
    }
    return said + fmt::format(" In the order {} each word gets the context that it had.",
                              joined_order(how_.order));
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
  Order order_ = Order::cannot_matter;
  double difference_ = 0.0;  ///< of the contexts in the two orders
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
    .problem =
        "What a word says depends on its sentence: the bank of a river is not the bank that lends. "
        "A recurrence brings words together one after the other, so that far ones meet late. Here "
        "every word looks at the words of its own sentence directly, near or far, with queries, "
        "keys and values that are all made of the same rows.",
    .tries = {{{"./attn self-attention --set options.causal=true --steps mask..equivariance",
                "No word sees a later one, and now it matters in which order they come."},
               {"./attn self-attention --set study.n=70 --set study.d=512 --steps costs",
                "A sentence of 70 words: a recurrence takes seven times the multiplications, and a "
                "path of 70 steps instead of 1."}}},
    .schema = schema,
    .run = run,
};

}  // namespace attn::chapters
