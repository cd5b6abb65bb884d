#include "chapters/parts/attention_inputs.hpp"

#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/scale.hpp"

namespace attn::chapters {

using io::Type;

io::FieldSpec queries_tokens_field() {
  return {.path = "tokens.queries",
          .type = Type::tokens,
          .axes = "Tq",
          .meaning = "Names for the queries, shown beside their rows."};
}

io::FieldSpec keys_tokens_field() {
  return {.path = "tokens.keys",
          .type = Type::tokens,
          .axes = "Tk",
          .meaning = "Names for the keys, shown above their columns."};
}

io::FieldSpec mask_field() {
  return {.path = "inputs.mask",
          .type = Type::mask,
          .axes = "Tq,Tk",
          .meaning = "Which keys a query may attend to: true means \"attend\"."};
}

io::FieldSpec d_context_field() {
  return {.path = "inputs.d_context",
          .axes = "Tq,dv",
          .meaning = "dL/dcontext, where the backward pass starts; all ones unless given."};
}

io::FieldSpec scale_field() {
  return {.path = "options.scale",
          .type = Type::choice,
          .meaning = "The factor that multiplies the scores: sqrt_dk is 1/sqrt(dk), none is 1.",
          .fallback = "sqrt_dk",
          .choices = {"sqrt_dk", "none"},
          .or_number = true};
}

io::FieldSpec causal_field() {
  return {.path = "options.causal",
          .type = Type::flag,
          .meaning =
              "Query i sees only the keys 1 to i; with {offset: n} 1 to i + n, with "
              "bottom_right 1 to i + Tk - Tq, so that the last query sees all.",
          .fallback = "false",
          .choices = {"bottom_right"},
          .or_map = "offset",
          .range = io::Range{-static_cast<double>(io::max_entries),
                             static_cast<double>(io::max_entries)}};
}

io::FieldSpec valid_lens_field() {
  return {.path = "options.valid_lens",
          .type = Type::integers,
          .axes = "Tq",
          .meaning =
              "How many keys count, from the first: one number for each query, or a single "
              "one for all.",
          .range = io::Range{0, static_cast<double>(io::max_entries)},
          .at_most_axis = "Tk"};
}

Mask mask_of(const io::Config& config) {
  return mask_of(config, config.extent("Tq"), config.extent("Tk"));
}

std::optional<std::ptrdiff_t> causal_offset(const io::Config& config, std::size_t Tq,
                                            std::size_t Tk, std::size_t past) {
  if (config.is_integer("options.causal")) return config.integer("options.causal");
  if (!config.is_flag("options.causal")) return mask::bottom_right(Tq, Tk);
  if (!config.flag("options.causal")) return std::nullopt;
  return static_cast<std::ptrdiff_t>(past);
}

Mask mask_of(const io::Config& config, std::size_t Tq, std::size_t Tk, std::size_t past) {
  Mask mask = mask::full(Tq, Tk);
  if (config.has("inputs.mask")) mask = config.mask("inputs.mask");
  if (const auto offset = causal_offset(config, Tq, Tk, past)) {
    mask = mask::both(mask, mask::causal(Tq, Tk, *offset));
  }
  if (config.has("options.valid_lens")) {
    mask = mask::both(mask, mask::valid_lengths(config.sizes("options.valid_lens"), Tq, Tk));
  }
  return mask;
}

double scale_of(const io::Config& config, std::size_t dk) {
  if (config.is_number("options.scale")) return config.number("options.scale");
  if (config.choice("options.scale") == "none") return 1.0;
  return scale::sqrt_dk(dk);
}

std::vector<std::string> names_of_keys(const io::Config& config) {
  return config.has("tokens.keys") ? config.list("tokens.keys") : std::vector<std::string>{};
}

void label_tokens(const io::Config& config, trace::Builder& trace) {
  if (config.has("tokens.queries")) trace.label("Tq", config.list("tokens.queries"));
  if (config.has("tokens.keys")) trace.label("Tk", config.list("tokens.keys"));
}

void show_mask(const Mask& mask, trace::Builder& trace) {
  trace.step(
      "mask", "Who may attend to whom",
      "A tick means \"attend\". The mask, causal order and valid lengths must all allow it.");
  trace.tensor({"mask", "Tq,Tk", "mask, causal and valid lengths together", "", Kind::mask}, mask);
}

Mat show_d_context(const io::Config& config, trace::Builder& trace) {
  const Mat d_context = config.has("inputs.d_context")
                            ? config.matrix("inputs.d_context")
                            : Mat(Mat::shape_type{config.extent("Tq"), config.extent("dv")}, 1.0);
  trace.step("d_context", "Where the gradient comes from",
             "The backward pass starts from the gradient of the loss with respect to the context. "
             "All ones means that the loss is the sum of its entries.");
  trace.tensor({"d_context", "Tq,dv", "dC"}, d_context);
  return d_context;
}

}  // namespace attn::chapters
