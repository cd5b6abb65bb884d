#include "chapters/parts/transformer_layers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attn::chapters {
namespace {

using io::FieldSpec;
using io::Type;

/// Layer n of a stack: (N, m, n) or (N, d).
Mat layer_of(const Ten3& stack, std::size_t n) {
  Mat layer = zeros(stack.shape(1), stack.shape(2));
  std::copy_n(stack.data() + n * layer.size(), layer.size(), layer.begin());
  return layer;
}

Vec layer_of(const Mat& stack, std::size_t n) {
  Vec layer = zeros(cols(stack));
  std::copy_n(stack.data() + n * layer.size(), layer.size(), layer.begin());
  return layer;
}

/// The vector of a layer, or all `otherwise` if the config has none.
Vec vector_of(const io::Config& config, const std::string& path, std::size_t n, std::size_t width,
              double otherwise) {
  if (config.has(path)) return layer_of(config.matrix(path), n);
  return Vec(Vec::shape_type{width}, otherwise);
}

void append(std::vector<FieldSpec>& fields, std::vector<FieldSpec> more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

feed_forward::Activation activation_of(const io::Config& config) {
  const std::string name = config.choice("options.activation");
  if (name == "relu") return feed_forward::Activation::relu;
  return name == "gelu" ? feed_forward::Activation::gelu : feed_forward::Activation::gelu_tanh;
}

}  // namespace

std::vector<FieldSpec> attention_fields(const std::string& prefix, const StackAxes& axes,
                                        const std::string& of, const std::string& suffix) {
  struct Projection {
    const char* letter;
    const char* meaning;
  };
  constexpr Projection projections[] = {{"q", "the queries"},
                                        {"k", "the keys"},
                                        {"v", "the values"},
                                        {"o", "the output, from all heads side by side"}};
  std::vector<FieldSpec> fields;
  for (const auto& [letter, meaning] : projections) {
    fields.push_back({.path = prefix + "W_" + letter + suffix,
                      .axes = axes.layers + "," + axes.dm + "," + axes.dm,
                      .meaning = fmt::format("{}, in each layer: makes {}.", of, meaning),
                      .required = true,
                      .rows_in = true});
  }
  for (const auto& [letter, meaning] : projections) {
    fields.push_back(
        {.path = prefix + "b_" + letter + suffix,
         .axes = axes.layers + "," + axes.dm,
         .meaning = fmt::format("{}: the bias of W_{}{}; 0 unless given.", of, letter, suffix)});
  }
  return fields;
}

std::vector<FieldSpec> norm_fields(const std::string& prefix, const StackAxes& axes,
                                   std::size_t number, const std::string& of) {
  return {{.path = fmt::format("{}gamma_{}", prefix, number),
           .axes = axes.layers + "," + axes.dm,
           .meaning = fmt::format("Layer norm of {}: the factors; 1 unless given.", of)},
          {.path = fmt::format("{}beta_{}", prefix, number),
           .axes = axes.layers + "," + axes.dm,
           .meaning = fmt::format("Layer norm of {}: what is added; 0 unless given.", of)}};
}

std::vector<FieldSpec> feed_forward_fields(const std::string& prefix, const StackAxes& axes) {
  return {{.path = prefix + "W_1",
           .axes = axes.layers + "," + axes.dm + "," + axes.dff,
           .meaning = "Feed-forward network, in each layer: to the hidden width.",
           .required = true,
           .rows_in = true},
          {.path = prefix + "b_1",
           .axes = axes.layers + "," + axes.dff,
           .meaning = "Feed-forward network: the bias of W_1; 0 unless given."},
          {.path = prefix + "W_2",
           .axes = axes.layers + "," + axes.dff + "," + axes.dm,
           .meaning = "Feed-forward network, in each layer: back to the width of the model.",
           .required = true,
           .rows_in = true},
          {.path = prefix + "b_2",
           .axes = axes.layers + "," + axes.dm,
           .meaning = "Feed-forward network: the bias of W_2; 0 unless given."}};
}

std::vector<FieldSpec> final_norm_fields(const std::string& prefix, const StackAxes& axes) {
  return {{.path = prefix + "gamma_final",
           .axes = axes.dm,
           .meaning = "The norm after the last layer, if options.final_norm: the factors; 1 unless "
                      "given."},
          {.path = prefix + "beta_final",
           .axes = axes.dm,
           .meaning = "The norm after the last layer: what is added; 0 unless given."}};
}

std::vector<FieldSpec> encoder_fields(const std::string& prefix, const StackAxes& axes) {
  std::vector<FieldSpec> fields = attention_fields(prefix, axes);
  append(fields, norm_fields(prefix, axes, 1, "the attention"));
  append(fields, feed_forward_fields(prefix, axes));
  append(fields, norm_fields(prefix, axes, 2, "the feed-forward network"));
  append(fields, final_norm_fields(prefix, axes));
  return fields;
}

std::vector<FieldSpec> layer_option_fields() {
  return {
      {.path = "options.heads",
       .type = Type::integer,
       .meaning = "Heads of each attention; dm must be a multiple of them.",
       .fallback = "1",
       .range = io::Range{1, 4096}},
      {.path = "options.norm",
       .type = Type::choice,
       .meaning = "post is LayerNorm(x + Sublayer(x)), as in the paper; pre is x + "
                  "Sublayer(LayerNorm(x)).",
       .fallback = "post",
       .choices = {"post", "pre"}},
      {.path = "options.activation",
       .type = Type::choice,
       .meaning = "Between the two layers of the feed-forward network: relu, gelu (exact), or "
                  "gelu_tanh, its approximation with tanh.",
       .fallback = "relu",
       .choices = {"relu", "gelu", "gelu_tanh"}},
      {.path = "options.epsilon",
       .type = Type::number,
       .meaning = "Is added to the variance in every layer norm.",
       .fallback = "1e-5",
       .range = io::Range{0, 1, true}},
      {.path = "options.final_norm",
       .type = Type::flag,
       .meaning = "One more layer norm after the last layer, which pre-norm needs. "
                  "torch.nn.Transformer has one in either order, the paper has none.",
       .fallback = "false"},
  };
}

std::size_t heads_of(const io::Config& config, const StackAxes& axes) {
  const std::size_t heads = config.size("options.heads");
  const std::size_t dm = config.extent(axes.dm);
  if (dm % heads == 0) return heads;
  std::string divisors;
  for (std::size_t d = 1; d <= dm; ++d) {
    if (dm % d == 0) divisors += (divisors.empty() ? "" : ", ") + std::to_string(d);
  }
  config.reject("options.heads",
                fmt::format("{} heads cannot share a width of {} = {}; expected one of {}", heads,
                            axes.dm, dm, divisors));
}

NormOrder norm_order_of(const io::Config& config) {
  return config.choice("options.norm") == "pre" ? NormOrder::pre : NormOrder::post;
}

multi_head::Params attention_of(const io::Config& config, const std::string& prefix, std::size_t n,
                                const StackAxes& axes, const std::string& suffix) {
  const auto W = [&](const char* name) {
    return layer_of(config.tensor3(prefix + name + suffix), n);
  };
  const auto b = [&](const char* name) {
    return vector_of(config, prefix + name + suffix, n, config.extent(axes.dm), 0.0);
  };
  return {heads_of(config, axes),
          W("W_q"),
          b("b_q"),
          W("W_k"),
          b("b_k"),
          W("W_v"),
          b("b_v"),
          W("W_o"),
          b("b_o")};
}

layer_norm::Params norm_of(const io::Config& config, const std::string& prefix, std::size_t number,
                           std::size_t n, const StackAxes& axes) {
  const std::size_t dm = config.extent(axes.dm);
  return {vector_of(config, fmt::format("{}gamma_{}", prefix, number), n, dm, 1.0),
          vector_of(config, fmt::format("{}beta_{}", prefix, number), n, dm, 0.0),
          config.number("options.epsilon")};
}

feed_forward::Params feed_forward_of(const io::Config& config, const std::string& prefix,
                                     std::size_t n, const StackAxes& axes) {
  return {layer_of(config.tensor3(prefix + "W_1"), n),
          vector_of(config, prefix + "b_1", n, config.extent(axes.dff), 0.0),
          layer_of(config.tensor3(prefix + "W_2"), n),
          vector_of(config, prefix + "b_2", n, config.extent(axes.dm), 0.0), activation_of(config)};
}

std::optional<layer_norm::Params> final_norm_of(const io::Config& config, const std::string& prefix,
                                                const StackAxes& axes) {
  const std::string gamma = prefix + "gamma_final", beta = prefix + "beta_final";
  if (!config.flag("options.final_norm")) {
    for (const std::string& path : {gamma, beta}) {
      if (!config.has(path)) continue;
      config.reject(path, "is given, but there is no such norm; expected options.final_norm: true");
    }
    return std::nullopt;
  }
  layer_norm::Params params = layer_norm::untrained(config.extent(axes.dm));
  if (config.has(gamma)) params.gamma = config.vector(gamma);
  if (config.has(beta)) params.beta = config.vector(beta);
  params.epsilon = config.number("options.epsilon");
  return params;
}

encoder::Params encoder_of(const io::Config& config, const std::string& prefix,
                           const StackAxes& axes) {
  encoder::Params params;
  for (std::size_t n = 0; n < config.extent(axes.layers); ++n) {
    params.layers.push_back({attention_of(config, prefix, n, axes),
                             norm_of(config, prefix, 1, n, axes),
                             feed_forward_of(config, prefix, n, axes),
                             norm_of(config, prefix, 2, n, axes), norm_order_of(config)});
  }
  params.last_norm = final_norm_of(config, prefix, axes);
  return params;
}

double encoder_size(const io::Config& config, double T, const StackAxes& axes) {
  const auto extent = [&](const std::string& axis) {
    return static_cast<double>(config.extent(axis));
  };
  const auto heads = static_cast<double>(config.size("options.heads"));
  const double a_layer =
      4.0 * heads * T * T + 2.0 * T * extent(axes.dff) + 16.0 * T * extent(axes.dm);
  return extent(axes.layers) * a_layer;
}

void expect_room(const io::Config& config, const std::string& field, double numbers) {
  constexpr double most = 4.0 * static_cast<double>(io::max_entries);  // 512 MiB of doubles
  if (numbers <= most) return;
  config.reject(field, fmt::format("the run would keep {:.0f} numbers, more than the limit of "
                                   "{:.0f}; expected fewer words, layers or heads",
                                   numbers, most));
}

}  // namespace attn::chapters
