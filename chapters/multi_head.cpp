#include "attn/mechanisms/multi_head.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "attn/mechanisms/extended_heads.hpp"
#include "attn/mechanisms/online_heads.hpp"
#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/multi_head_extensions.hpp"
#include "chapters/parts/multi_head_inputs.hpp"
#include "chapters/parts/multi_head_studies.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/parts/shown_fields.hpp"
#include "chapters/parts/width_names.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

class Walk {
 public:
  Walk(const io::Config& config, const Request& request, trace::Builder& trace)
      : config_(config), request_(request), trace_(trace), in_(multi_head_inputs(config)) {
    if (!online()) expect_room_for_scores(config, in_);
    std::vector<std::string> heads;
    for (std::size_t h = 0; h < in_.params.heads; ++h)
      heads.push_back(fmt::format("head {}", h + 1));
    trace_.label("H", heads);
    label_tokens(config, trace_);
    std::vector<std::string> names = names_of_keys(config);
    const bool same_names = !in_.own_keys && names.empty();
    if (same_names && config.has("tokens.queries")) {
      names = config.list("tokens.queries");
      trace_.label("Tk", names);
    }
    name_extended_axes(in_, names, trace_);
    if (config.has("tokens.dq")) {  // what comes in as queries alone has their names
      if (!in_.own_keys) trace_.label("dx_k", config.list("tokens.dq"));
      if (!in_.own_keys && !in_.own_values) trace_.label("dx_v", config.list("tokens.dq"));
    }
    label_widths(config, {"dq", "dx_k", "dx_v", "Hdk", "Hdv", "dm"}, trace_);
  }

  void run() {
    show_inputs();
    show_parameters();
    if (online())
      walk_online();
    else
      walk_reference();
  }

 private:
  bool online() const { return config_.choice("options.attention") == "online_softmax"; }

  // ---- What there is

  void show_inputs() {
    const bool self = !in_.own_keys && !in_.own_values;
    std::string prose =
        self ? fmt::format(
                   "Self-attention: the Tq = {} rows are queries, keys and "
                   "values alike. ",
                   rows(in_.queries))
             : fmt::format("Tq = {} rows look at Tk = {} others. ", rows(in_.queries), in_.Tk());
    if (in_.own_keys && !in_.own_values) prose += "Keys and values are made of the same rows. ";
    prose += fmt::format(
        "H = {} head{}, each with queries and keys of width dk = {} and values of "
        "width dv = {}.",
        in_.params.heads, in_.params.heads == 1 ? "" : "s", in_.dk(), in_.dv());
    trace_.step("inputs", "Who looks at whom", prose + extended_inputs_prose(in_));
    trace_.tensor({"queries", "Tq,dq", self ? "X_q = X_k = X_v" : "X_q"}, in_.queries);
    if (in_.own_keys)
      trace_.tensor({"keys", "Tn,dx_k", in_.own_values ? "X_k" : "X_k = X_v"}, in_.keys);
    if (in_.own_values) trace_.tensor({"values", "Tn,dx_v", "X_v"}, in_.values);
    show_past(in_, trace_);
  }

  void show_parameters() {
    const multi_head::Params& p = in_.params;
    trace_.step("parameters", "The matrices of all heads, side by side",
                fmt::format("{} W_o has one row for each column of the heads side by side.{}",
                            columns_prose(), in_.biased ? "" : " There are no biases."),
                "", "section 3.2.2");
    const std::string Gdk = in_.groups() ? "Gdk" : "Hdk", Gdv = in_.groups() ? "Gdv" : "Hdv";
    const std::string W_k = "dx_k," + Gdk, W_v = "dx_v," + Gdv;
    trace_.tensor({"W_q", "dq,Hdk"}, p.W_q);
    trace_.tensor({"W_k", W_k}, p.W_k);
    trace_.tensor({"W_v", W_v}, p.W_v);
    trace_.tensor({"W_o", "Hdv,dm"}, p.W_o);
    for (const auto& [name, axis, b] :
         {std::tuple<const char*, std::string, const Vec*>{"b_q", "Hdk", &p.b_q},
          {"b_k", Gdk, &p.b_k},
          {"b_v", Gdv, &p.b_v},
          {"b_o", "dm", &p.b_o}}) {
      if (config_.has(std::string("parameters.") + name)) trace_.tensor({name, axis}, *b);
    }
  }

  // ---- The walk that keeps everything

  void walk_reference() {
    const Mask mask = mask_of(config_, rows(in_.queries), in_.Tk(), in_.past());
    if (in_.plain()) {
      walk_steps(multi_head::forward(in_.params, in_.queries, in_.keys, in_.values, mask), mask,
                 [&](const multi_head::Forward& f, const Mat& d_output) {
                   return multi_head::backward(in_.params, in_.queries, in_.keys, in_.values, f,
                                               d_output);
                 });
    } else {
      walk_steps(
          extended_heads::forward(in_.params, in_.queries, in_.keys, in_.values, mask, in_.how),
          mask, [&](const extended_heads::Forward& f, const Mat& d_output) {
            return extended_heads::backward(in_.params, in_.queries, in_.keys, in_.values, in_.how,
                                            f, d_output);
          });
    }
  }

  template <class Forward, class Back>
  void walk_steps(const Forward& f, const Mask& mask, Back&& backward) {
    const bool hides = std::find(mask.begin(), mask.end(), false) != mask.end();
    show_projections(f);
    if (hides) show_mask(mask, trace_);
    show_bias(in_, trace_);
    show_weights(f, hides);
    trace_.step("heads", "Each head averages its own values",
                in_.groups() ? "Its weights, and its part of the values, which it shares with the "
                               "other heads of its group. No head sees what another reads."
                             : "Its weights, and its part of the values. No head sees what another "
                               "reads.",
                in_.groups() ? "head_i = Attention(Q W_i^Q, K W_g^K, V W_g^V)"
                             : "head_i = Attention(Q W_i^Q, K W_i^K, V W_i^V)",
                "section 3.2.2");
    show_fields(f, {"heads"}, {}, "", trace_);
    show_output(f);
    trace_.seen(largest_by_head(trace_, f.weights) + heads_differ(trace_, f.weights) +
                blind(f.weights));
    if (!request_.gradients) return;
    const Mat d_output = show_d_output(f.output);
    const auto b = backward(f, d_output);
    show_output_gradients(b);
    trace_.step(
        "attention.gradients", "Back through each head's attention",
        "As in the chapter scaled-dot-product, in each head by itself: through the average, "
        "the softmax and the scale." +
            extended_gradients_prose(in_));
    show_fields(b,
                {"d_all_values", "d_past_values", "d_v_heads", "d_weights", "d_biased", "d_bias",
                 "d_capped", "d_scaled", "d_scores", "d_q_rotated", "d_q_heads", "d_all_keys",
                 "d_past_keys", "d_k_rotated", "d_k_heads"},
                {}, "", trace_);
    show_input_gradients(b);
  }

  template <class Forward>
  void show_weights(const Forward& f, bool hides) {
    trace_.step("scores", "In each head, compare every query with every key",
                "Dot products, once for each head: what fits in one head need not fit in another.",
                in_.groups() ? "S_i = q_i k_g^T" : "S_i = q_i k_i^T", "eq. (1)");
    show_fields(f, {"scores"}, {}, "", trace_);
    const bool between = in_.how.softcap || in_.how.bias.size() > 0;
    const bool hides_here = hides && !between;
    trace_.step("scaled", hides_here ? "Scale, and hide the keys that may not be seen" : "Scale",
                scale_prose() + (hides_here ? " The mask is the same for every head." : ""), "",
                "eq. (1)");
    if (hides_here)
      show_fields(f, {"scaled", "masked"}, {}, "", trace_);
    else if (between)
      show_fields(f, {"scaled"}, {}, "", trace_);
    else
      show_fields(f, {"scaled"}, {"masked"}, "", trace_);
    if constexpr (std::is_same_v<Forward, extended_heads::Forward>) {
      show_between(in_, f, hides, trace_);
    }
    trace_.step(
        "weights", "Each head has its own weights",
        std::string(
            "A softmax over the keys in each head: exp of each score, divided by the sum of "
            "these over its row. One head alone would have to look everywhere at once; "
            "several can each look at something else.") +
            (hides ? " A query that may see no key attends to nothing, and its row is 0." : ""),
        "A_i = softmax(masked), over the keys", "eq. (1)");
    show_fields(f, {"weights"}, {}, "", trace_);
  }

  std::string columns_prose() const {
    if (in_.params.heads == 1) return "There is one head, and all columns are its own.";
    return fmt::format(
        "Each head has its columns, head 1 the first {0} of W_q, W_1^Q, head 2 the "
        "next {0}, and so on; W_k likewise, and W_v by {1}{2}. So one product projects "
        "for all heads.",
        in_.dk(), in_.dv(), in_.groups() ? ", for the key heads" : "");
  }

  /// Queries that may see nothing.
  static std::string blind(const Ten3& weights) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < weights.shape(1); ++i) {
      bool sees = false;
      for (std::size_t h = 0; h < weights.shape(0); ++h) {
        for (std::size_t j = 0; j < weights.shape(2); ++j) sees = sees || weights(h, i, j) != 0.0;
      }
      if (!sees) ++count;
    }
    if (count == 0) return "";
    return fmt::format(
        " Nothing to look at is left for {}: every head reads 0, and b_o is all of "
        "the output.",
        counted(count, "query", "queries"));
  }

  std::string scale_prose() const {
    if (config_.is_number("options.scale")) {
      return fmt::format("The scale is what options.scale gives, {:.6g}.", in_.how.scale);
    }
    if (config_.choice("options.scale") == "none") {
      return "options.scale is none: the scores are left as they are.";
    }
    return fmt::format("The width that counts is that of a head, dk = {}.", in_.dk());
  }

  // ---- The walk in blocks

  void walk_online() {
    const auto offset = causal_offset(config_, rows(in_.queries), in_.Tk(), in_.past());
    online_softmax::Rule rule{.causal = offset.has_value(), .offset = offset.value_or(0)};
    if (config_.has("options.valid_lens")) rule.valid_lens = config_.sizes("options.valid_lens");
    Mask mask;
    if (config_.has("inputs.mask")) {
      mask = config_.mask("inputs.mask");
      rule.mask = &mask;
    }
    const online_heads::Forward f =
        online_heads::forward(in_.params, in_.queries, in_.keys, in_.values, rule, in_.how);
    show_projections(f);
    show_bias(in_, trace_);
    const online_softmax::Blocks blocks;
    trace_.step(
        "online", "One pass over the keys, and no weights are kept",
        fmt::format(
            "The keys come in blocks of {}. For each query two numbers are kept, the largest "
            "score so far and the sum of exp(score - largest) so far, and beside them the "
            "average so far. Where a block brings a larger score, all that was summed before "
            "shrinks by exp(old - new). Scores and weights of {} x {} x {} never exist at "
            "once.",
            blocks.keys, in_.params.heads, rows(in_.queries), in_.Tk()),
        "head_t = sum_j exp(s_tj - m_t) v_j / l_t", "arXiv:1805.02867, arXiv:2205.14135");
    show_fields(f, {"maxima", "sums", "heads"}, {}, "", trace_);
    show_output(f);
    trace_.seen(
        fmt::format("{} two numbers were kept, {} in all, in place of a score for each key, "
                    "{} in all.",
                    "For each query and head", 2 * f.maxima.size(), f.maxima.size() * in_.Tk()));
    if (!request_.gradients) return;
    const Mat d_output = show_d_output(f.output);
    const online_heads::Backward b = online_heads::backward(in_.params, in_.queries, in_.keys,
                                                            in_.values, rule, in_.how, f, d_output);
    show_output_gradients(b);
    trace_.step("attention.gradients", "Back through each head's attention",
                "Block by block once more: the weights are computed again from the maxima and the "
                "sums. The mean that the softmax's gradient needs is dhead_t . head_t.");
    show_fields(b,
                {"means", "d_all_values", "d_past_values", "d_v_heads", "d_bias", "d_q_rotated",
                 "d_q_heads", "d_all_keys", "d_past_keys", "d_k_rotated", "d_k_heads"},
                {}, "", trace_);
    show_input_gradients(b);
  }

  // ---- What both have

  template <class Forward>
  void show_projections(const Forward& f) {
    trace_.step(
        "keys_and_values", "Project keys and values, and split them into heads",
        "One product for all heads, then each takes its own columns. Nothing of this depends "
        "on the queries, so a decoder does it once for each position.",
        "k = X_k W_k + b_k,  v = X_v W_v + b_v", "section 3.2.2");
    name_axes_of_keys(in_, true, trace_);
    show_fields(f, {"k", "v", "k_heads", "v_heads"}, {}, "", trace_);
    name_axes_of_keys(in_, false, trace_);
    trace_.step("queries_of_heads", "The same for the queries", "", "q = X_q W_q + b_q",
                "section 3.2.2");
    show_fields(f, {"q", "q_heads"}, {}, "", trace_);
    show_groups(in_, trace_);
    if constexpr (!std::is_same_v<Forward, multi_head::Forward>) {
      show_positions(in_, projections_of(f), trace_);
    }
  }

  // The results of the walks differ in where they have what is projected.
  static const head_projections::Forward& projections_of(const extended_heads::Forward& f) {
    return f.projected;
  }
  static const head_projections::Forward& projections_of(const online_heads::Forward& f) {
    return f;
  }
  static const multi_head::ProjectedBackward& keys_of(const multi_head::Backward& b) { return b; }
  static const multi_head::ProjectedBackward& keys_of(const extended_heads::Backward& b) {
    return b.projected;
  }
  static const multi_head::ProjectedBackward& keys_of(const online_heads::Backward& b) { return b; }

  template <class Forward>
  void show_output(const Forward& f) {
    trace_.step(
        "concat", "The heads side by side again",
        "Splitting the other way round: row t has what head 1 read for query t, then head 2, "
        "and so on.",
        "Concat(head_1, ..., head_H)", "section 3.2.2");
    show_fields(f, {"concat"}, {}, "", trace_);
    trace_.step("output", "W_o mixes what the heads have read",
                "Up to here no head knew of another.", "Concat(head_1, ..., head_H) W_o + b_o",
                "section 3.2.2");
    show_fields(f, {"output"}, {}, "", trace_);
    show_head_costs(in_, trace_);
    if (config_.has("study.without_head")) {
      show_without_head(in_, f.heads, f.output, config_.size("study.without_head") - 1, trace_);
    }
  }

  Mat show_d_output(const Mat& output) {
    const Mat d_output = config_.has("inputs.d_output") ? config_.matrix("inputs.d_output")
                                                        : Mat(output.shape(), 1.0);
    trace_.step(
        "d_output", "Where the gradient comes from",
        "The backward pass starts from the gradient of the loss with respect to the output. "
        "All ones means that the loss is the sum of its entries.");
    trace_.tensor({"d_output", "Tq,dm", "dY"}, d_output);
    return d_output;
  }

  template <class Backward>
  void show_output_gradients(const Backward& b) {
    trace_.step("output.gradients", "Back through W_o, to the heads",
                "The gradient of the heads side by side is cut where they were put together.");
    show_fields(b, {"d_W_o", "d_b_o", "d_concat", "d_heads"}, {}, "", trace_);
  }

  template <class Backward>
  void show_input_gradients(const Backward& b) {
    trace_.step("queries.gradients", "Back through W_q",
                "The heads' gradients side by side, then the linear layer.");
    show_fields(b, {"d_q", "d_W_q", "d_b_q", "d_queries"}, {}, "", trace_);
    const multi_head::ProjectedBackward& keys = keys_of(b);
    trace_.step("keys.gradients", "Back through W_k and W_v", bias_of_keys_prose(in_));
    name_axes_of_keys(in_, true, trace_);
    show_fields(b, {"d_k", "d_v", "d_W_k", "d_b_k", "d_keys", "d_W_v", "d_b_v", "d_values"}, {}, "",
                trace_);
    name_axes_of_keys(in_, false, trace_);
    if (in_.own_keys && in_.own_values) return;
    trace_.step("shared.gradients", "What was used several times gets several gradients",
                "They add up.");
    if (in_.own_keys) {
      trace_.tensor({"d_memory", "Tn,dx_k", "d_keys + d_values"}, Mat(keys.d_keys + keys.d_values));
    } else if (in_.own_values) {
      trace_.tensor({"d_X", "Tq,dq", "d_queries + d_keys"}, Mat(b.d_queries + keys.d_keys));
    } else {
      trace_.tensor({"d_X", "Tq,dq", "d_queries + d_keys + d_values"},
                    Mat(b.d_queries + keys.d_keys + keys.d_values));
    }
  }

  const io::Config& config_;
  const Request& request_;
  trace::Builder& trace_;
  MultiHeadInputs in_;
};

void run(const io::Config& config, const Request& request, trace::Builder& trace) {
  Walk(config, request, trace).run();
}

}  // namespace

const Chapter multi_head{
    .name = "multi-head",
    .title = "Multi-head attention",
    .source = "Vaswani et al., Attention Is All You Need, arXiv:1706.03762v7, section 3.2.2",
    .summary = "several heads side by side, what they cost, what one of them brings",
    .problem =
        "Attention gives each word one average, and a word that wants to know two things, its verb "
        "and what it hunts, has them blurred in it. Two whole attentions would cost twice as much. "
        "So the width is split: each head attends in a narrow space of its own, and one last "
        "matrix "
        "mixes what all have read.",
    .tries = {{{"./attn multi-head --set options.heads=4 --steps weights,costs",
                "Four heads of width 1: as many multiplications, and twice the exponentials."},
               {"./attn multi-head --set study.without_head=1 --steps without_head",
                "What is left where head 1, the one for grammar, is masked out."}}},
    .schema = multi_head_schema,
    .run = run,
};

}  // namespace attn::chapters
