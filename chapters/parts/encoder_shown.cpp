#include "chapters/parts/encoder_shown.hpp"

#include <fmt/format.h>

#include "attn/core/norms.hpp"
#include "attn/core/row_statistics.hpp"
#include "chapters/parts/seen.hpp"
#include "chapters/parts/shown_fields.hpp"

namespace attn::chapters {
namespace {

double mean(const Vec& v) { return attn::mean({v.data(), v.size()}); }

const char* name_of(feed_forward::Activation activation) {
  switch (activation) {
    case feed_forward::Activation::relu:
      return "max(0, hidden)";
    case feed_forward::Activation::gelu:
      return "gelu(hidden)";
    case feed_forward::Activation::gelu_tanh:
      break;
  }
  return "gelu_tanh(hidden)";
}

}  // namespace

void name_self_attention_axes(trace::Builder& trace, const std::string& T, const std::string& dm) {
  for (const char* positions : {"T", "Tq", "Tk"}) trace.rename(positions, T);
  for (const char* width : {"dm", "dq", "dx_k", "dx_v", "Hdk", "Hdv"}) trace.rename(width, dm);
  trace.rename("dv", "dk");
}

Moments moments_of(const std::string& norm, const layer_norm::Forward& forward) {
  const Vec means = row_means(forward.y);
  return {norm, forward.mean, forward.variance, means, row_variances(forward.y, means)};
}

void EncoderShown::show(const encoder::Forward& forward, bool explained) {
  for (std::size_t n = 0; n < forward.layers.size(); ++n) {
    at_ = fmt::format("{}layer{}.", prefix_, n + 1);
    if (n == 0 && explained)
      explain(forward.layers[n]);
    else
      repeat(forward.layers[n]);
  }
  if (!forward.last_norm) return;
  at_ = prefix_ + "final_norm.";
  trace_.step(prefix_ + "final_norm", "One more norm, after the last layer",
              post() ? "The last layer has ended with a norm already; torch.nn.Transformer has "
                       "this one all the same, the paper has not."
                     : "In pre-norm nothing has normalised what the last layer added. This does.",
              "LayerNorm(x)");
  trace_.tensors(*forward.last_norm, at_);
  note(prefix_ + "final_norm", *forward.last_norm);
}

void EncoderShown::note(const std::string& norm, const layer_norm::Forward& forward) {
  moments_.push_back(moments_of(norm, forward));
}

/// In the order in which the layer computes.
void EncoderShown::explain(const encoder_block::Forward& layer) {
  if (!post()) explain_norm(layer.attention.norm, 1);
  explain_attention(layer.attention.inner);
  explain_add(layer.attention.add, 1);
  if (post()) explain_norm(layer.attention.norm, 1);
  if (!post()) explain_norm(layer.feed_forward.norm, 2);
  explain_feed_forward(layer.feed_forward.inner);
  explain_add(layer.feed_forward.add, 2);
  if (post()) explain_norm(layer.feed_forward.norm, 2);
}

void EncoderShown::explain_attention(const multi_head::Forward& attention) {
  const std::size_t heads = params_.layers.front().attention.heads;
  const std::string id = at_ + "attention";
  trace_.step(
      id, "Layer 1: the words look at each other",
      fmt::format("{} of width {}: who attends to whom, and what each word is told. Queries, "
                  "keys and values are all made of {}. A softmax makes weights of a row of scores: "
                  "exp of each, divided by their sum. The output is as wide as what came in, so "
                  "that it can be added to it.",
                  heads == 1 ? "One head" : fmt::format("{} heads, each", heads),
                  attention.k_heads.size() > 0 ? attention.k_heads.shape(2) : 0,
                  post() ? "the same x" : "the same normed x"),
      "MultiHead(x, x, x) = Concat(head_1, ..., head_H) W_o + b_o", "section 3.2.2");
  show_fields(attention, {"weights", "output"},
              {"k", "v", "k_heads", "v_heads", "q", "q_heads", "scores", "scaled", "masked",
               "heads", "concat"},
              id + ".", trace_);
}

void EncoderShown::explain_add(const residual::Forward& add, std::size_t number) {
  const std::string id = fmt::format("{}add_{}", at_, number);
  trace_.step(id, number == 1 ? "Add: the way around the sublayer" : "Add, again",
              number == 1 ? "The sublayer does not replace a word's vector, it adds to it. What it "
                            "has nothing to say about goes on as it came, and on this way the "
                            "gradient comes back unchanged."
                          : "The same connection around the feed-forward network.",
              "x + Sublayer(x)", "section 3.1");
  trace_.tensors(add, id + ".");
}

void EncoderShown::explain_norm(const layer_norm::Forward& norm, std::size_t number) {
  const std::string id = fmt::format("{}norm_{}", at_, number);
  const bool first = number == 1;
  trace_.step(
      id, first ? "Norm: each word's numbers centred, and scaled" : "Norm, again",
      first ? fmt::format("Every position by itself, over its own entries: their mean becomes "
                          "0, and their variance sigma^2 / (sigma^2 + epsilon), close to 1 "
                          "where epsilon = {} is small beside it. Then gamma stretches and "
                          "beta shifts, as is learned.",
                          params_.layers.front().norm_1.epsilon)
            : "With a gamma and beta of its own.",
      "n_i = (x_i - mu_i) / sqrt(sigma_i^2 + epsilon),  y_i = gamma * n_i + beta",
      "arXiv:1607.06450, section 3");
  show_fields(norm, {first ? "normalised" : "", "y"},
              {"mean", "variance", first ? "" : "normalised"}, id + ".", trace_);
  note(id, norm);
  const Moments& m = moments_.back();
  trace_.table({id + ".moments", "T,moments", ""}, {{"mean before", m.mean_before},
                                                    {"variance before", m.variance_before},
                                                    {"mean after", m.mean_after},
                                                    {"variance after", m.variance_after}});
}

void EncoderShown::explain_feed_forward(const feed_forward::Forward& network) {
  const feed_forward::Params& params = params_.layers.front().feed_forward;
  const std::string id = at_ + "feed_forward";
  trace_.step(
      id, "Feed forward: each word thinks for itself",
      fmt::format("The same two layers for every position, and no position sees another: "
                  "from dm = {} to dff = {}, a nonlinearity, and back.",
                  rows(params.W_1), cols(params.W_1)),
      fmt::format("FFN(x) = {} W_2 + b_2,  hidden = x W_1 + b_1", name_of(params.activation)),
      "eq. (2)");
  trace_.tensors(network, id + ".");
}

void EncoderShown::repeat(const encoder_block::Forward& layer) {
  const std::string id = at_.substr(0, at_.size() - 1);
  const std::string number = id.substr(id.find_last_not_of("0123456789") + 1);
  trace_.step(
      id,
      fmt::format("{} {}{}", prefix_.empty() ? "Layer" : "The encoder's layer", number,
                  number == "1" ? "" : ": the same, with its own weights"),
      number == "1"   ? "Step by step it is in the chapter transformer-encoder. A softmax makes "
                        "weights of a row of scores: exp of each, divided by their sum."
      : number == "2" ? "Its words are the rows that layer 1 gave: each already knows of those "
                        "it attended to."
                      : "",
      post() ? "LayerNorm(x + MultiHead(x)), LayerNorm(x + FFN(x))"
             : "x + MultiHead(LayerNorm(x)), x + FFN(LayerNorm(x))",
      "section 3.1");
  const auto norm = [&](const layer_norm::Forward& forward, const std::string& name, bool last) {
    if (last)
      show_fields(forward, {"y"}, {"mean", "variance", "normalised"}, at_ + name + ".", trace_);
    else
      fold_fields(forward, at_ + name + ".", trace_);
    note(at_ + name, forward);
  };
  if (!post()) norm(layer.attention.norm, "norm_1", false);
  show_fields(layer.attention.inner, {"weights"},
              {"k", "v", "k_heads", "v_heads", "q", "q_heads", "scores", "scaled", "masked",
               "heads", "concat", "output"},
              at_ + "attention.", trace_);
  fold_fields(layer.attention.add, at_ + "add_1.", trace_);
  if (post()) norm(layer.attention.norm, "norm_1", false);
  if (!post()) norm(layer.feed_forward.norm, "norm_2", false);
  fold_fields(layer.feed_forward.inner, at_ + "feed_forward.", trace_);
  show_fields(layer.feed_forward.add, {post() ? "" : "sum"}, {post() ? "sum" : ""}, at_ + "add_2.",
              trace_);
  if (post()) norm(layer.feed_forward.norm, "norm_2", true);
}

void EncoderShown::show_moments() const {
  Vec columns[4];
  for (Vec& column : columns) column = zeros(moments_.size());
  std::vector<std::string> names;
  for (std::size_t i = 0; i < moments_.size(); ++i) {
    const Moments& m = moments_[i];
    names.push_back(m.norm);
    columns[0](i) = mean(m.mean_before);
    columns[1](i) = mean(m.variance_before);
    columns[2](i) = mean(m.mean_after);
    columns[3](i) = mean(m.variance_after);
  }
  trace_.label("norm", names);
  trace_.step(
      prefix_ + "norms", "What each norm is given, and what it makes of it",
      fmt::format(
          "Means over the positions. {} The variance that the norms are given goes "
          "from {:.4g} at the first to {:.4g} at the last; what they give has variances {}.",
          post() ? "Whatever comes to a norm, gamma and beta say what goes on to the "
                   "next sublayer."
                 : "What a sublayer is given is normed; what runs around it is not.",
          columns[1](0), columns[1](moments_.size() - 1), spread_of(columns[3])));
  trace_.table({prefix_ + "norms", "norm,moments", ""}, {{"mean before", columns[0]},
                                                         {"variance before", columns[1]},
                                                         {"mean after", columns[2]},
                                                         {"variance after", columns[3]}});
}

}  // namespace attn::chapters
