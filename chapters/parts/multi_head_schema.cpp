#include "chapters/parts/attention_extensions.hpp"
#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/multi_head_inputs.hpp"
#include "chapters/parts/width_names.hpp"

namespace attn::chapters {
namespace {

using io::FieldSpec;
using io::Type;

std::vector<FieldSpec> input_fields() {
  std::vector<FieldSpec> past = past_fields();
  past[0].axes = "G,Tp,dk";
  past[1].axes = "G,Tp,dv";
  FieldSpec bias = bias_field();
  bias.or_axes = "H,Tq,Tk";
  bias.meaning =
      "Added to the scores after the scale, of all heads or of each its own; -.inf hides "
      "a key.";
  return {
      queries_tokens_field(),
      keys_tokens_field(),
      width_names_field("dq", "the queries that come in"),
      width_names_field("dx_k", "the keys that come in"),
      width_names_field("dx_v", "the values that come in"),
      width_names_field("Hdk", "the projected queries and keys"),
      width_names_field("Hdv", "the projected values"),
      width_names_field("dm", "the output"),
      {.path = "inputs.queries",
       .axes = "Tq,dq",
       .meaning = "The sequence that looks: one row for each position.",
       .required = true},
      {.path = "inputs.keys",
       .axes = "Tk,dx_k",
       .meaning = "The sequence that is looked at; the queries unless given (self-attention)."},
      {.path = "inputs.values",
       .axes = "Tk,dx_v",
       .meaning = "What is handed over, a row for each key; the keys unless given."},
      past[0],
      past[1],
      mask_field(),
      bias,
      {.path = "inputs.d_output",
       .axes = "Tq,dm",
       .meaning = "dL/doutput, where the backward pass starts; all ones unless given."},
  };
}

std::vector<FieldSpec> parameter_fields() {
  struct Projection {
    const char *letter, *in, *out, *meaning;
  };
  std::vector<FieldSpec> fields;
  for (const Projection& p :
       {Projection{"q", "dq", "Hdk", "Makes the queries of all heads, side by side."},
        {"k", "dx_k", "Hdk", "Makes the keys of all heads, side by side."},
        {"v", "dx_v", "Hdv", "Makes the values of all heads, side by side."},
        {"o", "Hdv", "dm", "Makes the output, of all heads side by side."}}) {
    const std::string letter = p.letter;
    fields.push_back({.path = "parameters.W_" + letter,
                      .axes = std::string(p.in) + "," + p.out,
                      .meaning = p.meaning,
                      .required = true,
                      .rows_in = true});
    fields.push_back({.path = "parameters.b_" + letter,
                      .axes = p.out,
                      .meaning = "The bias of W_" + letter + "; 0 unless given, as in the paper."});
  }
  return fields;
}

std::vector<FieldSpec> option_fields() {
  std::vector<FieldSpec> fields{
      {.path = "options.heads",
       .type = Type::integer,
       .meaning = "How many heads H; they share the widths Hdk and Hdv evenly.",
       .fallback = "1",
       .range = io::Range{1, 4096}},
      {.path = "options.key_heads",
       .type = Type::integer,
       .meaning =
           "How many heads of keys and values G, which consecutive query heads share; as many "
           "as heads unless given. W_k and W_v have the columns of these alone.",
       .range = io::Range{1, 4096}},
      {.path = "options.attention",
       .type = Type::choice,
       .meaning = "reference keeps every score and weight; online_softmax goes over the keys in "
                  "blocks and keeps two numbers for each query, so that long sequences fit.",
       .fallback = "reference",
       .choices = {"reference", "online_softmax"}},
      scale_field(),
      softcap_field(),
      causal_field(),
      valid_lens_field(),
  };
  const std::vector<FieldSpec> rotary = rotary_fields();
  fields.insert(fields.end(), rotary.begin(), rotary.end());
  fields.push_back({.path = "study.without_head",
                    .type = Type::integer,
                    .meaning =
                        "The head to mask out, counted from 1, to see what changes; no study "
                        "unless given.",
                    .range = io::Range{1, 4096}});
  return fields;
}

}  // namespace

const io::Schema& multi_head_schema() {
  static const io::Schema declared = [] {
    io::Schema schema{
        .chapter = "multi-head",
        .axes = {{"Tq", "number of queries"},
                 {"Tk", "number of keys and values"},
                 {"dq", "width of the queries that come in"},
                 {"dx_k", "width of the keys that come in"},
                 {"dx_v", "width of the values that come in"},
                 {"Hdk", "width of the projected queries and keys, of all heads together"},
                 {"Hdv", "width of the projected values, of all heads together"},
                 {"dm", "width of the output"}},
        .fields = {},
        .computes = {"Tq,Hdk", "Tk,Hdk", "Tk,Hdv", "Tq,Hdv", "Tq,dm"},
        .axis_changes = {keys_with_past(),
                         {.field = "options.key_heads",
                          .axis = "Hdk",
                          .becomes = "Gdk",
                          .of = {"parameters.W_k", "parameters.b_k"}},
                         {.field = "options.key_heads",
                          .axis = "Hdv",
                          .becomes = "Gdv",
                          .of = {"parameters.W_v", "parameters.b_v"}}},
        .axis_defaults = {{"dx_k", "dq", "inputs.keys"},
                          {"Tk", "Tq", "inputs.keys"},
                          {"dx_v", "dx_k", "inputs.values"}},
    };
    for (const io::AxisSpec& axis : past_axes()) schema.axes.push_back(axis);
    schema.axes.push_back({"Gdk", "width of the projected keys, of all key heads together", true});
    schema.axes.push_back(
        {"Gdv", "width of the projected values, of all key heads together", true});
    for (const auto& fields : {input_fields(), parameter_fields(), option_fields()}) {
      schema.fields.insert(schema.fields.end(), fields.begin(), fields.end());
    }
    return schema;
  }();
  return declared;
}

}  // namespace attn::chapters
