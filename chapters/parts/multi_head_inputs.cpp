#include "chapters/parts/multi_head_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "attn/mechanisms/scale.hpp"
#include "chapters/parts/attention_extensions.hpp"
#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/width_names.hpp"

namespace attn::chapters {
namespace {

using io::FieldSpec;
using io::Type;

/// A bias, or 0.
Vec bias(const io::Config& config, const std::string& path, std::size_t n, bool& given) {
  if (!config.has(path)) return zeros(n);
  given = true;
  return config.vector(path);
}

std::string divisors_of(std::size_t n) {
  std::string divisors;
  for (std::size_t d = 1; d <= n; ++d) {
    if (n % d == 0) divisors += (divisors.empty() ? "" : ", ") + std::to_string(d);
  }
  return divisors;
}

void expect_shared(const io::Config& config, std::size_t heads, const char* axis,
                   const char* matrix) {
  const std::size_t width = config.extent(axis);
  if (width % heads == 0) return;
  config.reject("options.heads",
                fmt::format("{} heads cannot share a width of {} = {} (the columns of {}) evenly; "
                            "expected one of {}",
                            heads, axis, width, matrix, divisors_of(width)));
}

/// Without keys the queries are looked at, so whatever belongs to keys must fit these, behind those
/// of the past.
void expect_fit_for_queries(const io::Config& config, std::size_t Tq, std::size_t past) {
  const std::size_t Tk = past + Tq;
  const std::string behind = past == 0 ? "" : fmt::format(", behind {} of the past", past);
  const auto expect_rows = [&](const char* path, std::size_t found, std::size_t expected,
                               const char* things) {
    if (!config.has(path) || found == expected) return;
    config.reject(path, fmt::format("found {} {}, expected {}: no inputs.keys are given, so the {} "
                                    "queries are the keys as well{}",
                                    found, things, expected, Tq, expected == Tq ? "" : behind));
  };
  if (config.has("inputs.values"))
    expect_rows("inputs.values", rows(config.matrix("inputs.values")), Tq, "rows");
  if (config.has("inputs.mask"))
    expect_rows("inputs.mask", config.mask("inputs.mask").shape(1), Tk, "columns");
  if (config.has("inputs.bias")) {
    const bool one = config.axes_of("inputs.bias") == 2;
    expect_rows("inputs.bias",
                one ? cols(config.matrix("inputs.bias")) : config.tensor3("inputs.bias").shape(2),
                Tk, "columns");
  }
  if (config.has("tokens.keys"))
    expect_rows("tokens.keys", config.list("tokens.keys").size(), Tq, "names");
  if (!config.has("options.valid_lens")) return;
  for (const std::size_t length : config.sizes("options.valid_lens")) {
    if (length > Tk)
      config.reject("options.valid_lens", fmt::format("{} is beyond the last of the {} keys, which "
                                                      "are the queries{}",
                                                      length, Tk, behind));
  }
}

void expect_width(const io::Config& config, const char* path, const Mat& W, std::size_t width,
                  const char* what) {
  if (rows(W) == width) return;
  config.reject(path, fmt::format("found {} rows, expected {}, {}", rows(W), width, what));
}

/// G, and whether the widths fit it.
std::size_t key_heads_of(const io::Config& config, std::size_t H) {
  if (!config.has("options.key_heads")) return H;
  const std::size_t G = config.size("options.key_heads");
  if (H % G != 0) {
    config.reject("options.key_heads",
                  fmt::format("{} query heads cannot share {} key heads evenly; expected one of {}",
                              H, G, divisors_of(H)));
  }
  const std::size_t Gdk = config.extent("Gdk"), dk = config.extent("Hdk") / H;
  if (Gdk != G * dk) {
    config.reject(
        "parameters.W_k",
        fmt::format("found {} columns, expected {}: {} key head{} as wide as a query, dk = "
                    "{} (W_q has {} columns for {} heads)",
                    Gdk, G * dk, G, G == 1 ? "" : "s", dk, H * dk, H));
  }
  const std::size_t Gdv = config.extent("Gdv"), Hdv = config.extent("Hdv");
  if (Gdv % G != 0) {
    config.reject("parameters.W_v", fmt::format("found {} columns, which {} key heads cannot share "
                                                "evenly",
                                                Gdv, G));
  }
  if (Hdv != H * (Gdv / G)) {
    config.reject(
        "parameters.W_o",
        fmt::format("found {} rows, expected {}: {} heads that read values of width dv = {} "
                    "(W_v has {} columns for {} key head{})",
                    Hdv, H * (Gdv / G), H, Gdv / G, Gdv, G, G == 1 ? "" : "s"));
  }
  return G;
}

/// The past has the heads and widths of what is new.
void read_past(const io::Config& config, MultiHeadInputs& in) {
  if (!has_past(config)) return;
  in.how.positions.past_keys = config.tensor3("inputs.past_keys");
  in.how.positions.past_values = config.tensor3("inputs.past_values");
  const auto expect = [&](const char* path, std::size_t axis, std::size_t expected,
                          const char* what) {
    const std::size_t found = config.tensor3(path).shape(axis);
    if (found == expected) return;
    config.reject(path,
                  fmt::format("found {} of extent {}, expected {}, {}",
                              axis == 0 ? "a first axis" : "a last axis", found, expected, what));
  };
  expect("inputs.past_keys", 0, in.how.key_heads, "the number of key heads");
  expect("inputs.past_keys", 2, in.dk(), "the width of a head's keys");
  expect("inputs.past_values", 2, in.dv(), "the width of a head's values");
}

void read_bias(const io::Config& config, MultiHeadInputs& in) {
  if (!config.has("inputs.bias")) return;
  in.how.own_biases = config.axes_of("inputs.bias") == 3;
  if (in.how.own_biases) {
    in.how.bias = config.tensor3("inputs.bias");
    if (in.how.bias.shape(0) == in.params.heads) return;
    config.reject("inputs.bias",
                  fmt::format("found {} matrices, expected one for each of the {} heads",
                              in.how.bias.shape(0), in.params.heads));
  }
  const Mat one = config.matrix("inputs.bias");
  in.how.bias = Ten3(Ten3::shape_type{1, rows(one), cols(one)});
  std::copy(one.begin(), one.end(), in.how.bias.data());
}

}  // namespace

bool MultiHeadInputs::plain() const {
  return !groups() && how.scale == scale::sqrt_dk(dk()) && !how.softcap && how.bias.size() == 0 &&
         !how.positions.rope && !how.positions.has_past();
}

MultiHeadInputs multi_head_inputs(const io::Config& config) {
  MultiHeadInputs in;
  multi_head::Params& p = in.params;
  p.heads = config.size("options.heads");
  const bool groups = config.has("options.key_heads");
  expect_shared(config, p.heads, "Hdk", groups ? "W_q" : "W_q and W_k");
  if (!groups) expect_shared(config, p.heads, "Hdv", "W_v");
  in.how.key_heads = key_heads_of(config, p.heads);
  const auto W = [&](const char* name) { return config.matrix(std::string("parameters.") + name); };
  const auto b = [&](const char* name, const Mat& of) {
    return bias(config, std::string("parameters.") + name, cols(of), in.biased);
  };
  p.W_q = W("W_q"), p.b_q = b("b_q", p.W_q);
  p.W_k = W("W_k"), p.b_k = b("b_k", p.W_k);
  p.W_v = W("W_v"), p.b_v = b("b_v", p.W_v);
  p.W_o = W("W_o"), p.b_o = b("b_o", p.W_o);

  in.how.scale = scale_of(config, in.dk());
  in.how.softcap = softcap_of(config);
  in.how.positions.rope = rope_of(config, in.dk(), "the heads' queries and keys");
  read_past(config, in);
  read_bias(config, in);

  in.queries = config.matrix("inputs.queries");
  in.own_keys = config.has("inputs.keys");
  in.own_values = config.has("inputs.values");
  if (!in.own_keys) expect_fit_for_queries(config, rows(in.queries), in.past());
  in.keys = in.own_keys ? config.matrix("inputs.keys") : in.queries;
  in.values = in.own_values ? config.matrix("inputs.values") : in.keys;
  if (!in.own_keys) {
    expect_width(
        config, "parameters.W_k", p.W_k, cols(in.keys),
        "the width of the queries: no inputs.keys are given, so they are the keys as well");
  }
  if (!in.own_values) {
    expect_width(config, "parameters.W_v", p.W_v, cols(in.values),
                 in.own_keys
                     ? "the width of the keys: no inputs.values are given, so they are the values "
                       "as well"
                     : "the width of the queries: neither inputs.keys nor inputs.values are given, "
                       "so they are all three");
  }
  if (config.has("study.without_head") && config.size("study.without_head") > p.heads) {
    config.reject(
        "study.without_head",
        fmt::format("there is no head {}: options.heads is {}, and they are counted from 1",
                    config.size("study.without_head"), p.heads));
  }
  return in;
}

void expect_room_for_scores(const io::Config& config, const MultiHeadInputs& in) {
  const std::size_t H = in.params.heads, Tq = rows(in.queries), Tk = in.Tk();
  const double entries = static_cast<double>(H) * static_cast<double>(Tq) * static_cast<double>(Tk);
  if (entries <= static_cast<double>(io::max_entries)) return;
  config.reject("options.attention",
                fmt::format("the scores of {} heads, {} queries and {} keys would be {:.0f} "
                            "entries, more than the limit of {}; online_softmax keeps none of them",
                            H, Tq, Tk, entries, io::max_entries));
}

}  // namespace attn::chapters
