#include "chapters/parts/attention_inputs.hpp"
#include "chapters/parts/scoring_functions.hpp"

namespace attn::chapters {

using io::Type;

const io::Schema& scoring_schema() {
  std::vector<std::string> names;
  for (const ScoringFunction& function : scoring_functions()) names.emplace_back(function.name);

  static const io::Schema schema{
      .chapter = "scoring",
      .axes = {{"Tq", "number of queries"},
               {"Tk", "number of keys and values"},
               {"dq", "width of queries"},
               {"dk", "width of keys"},
               {"dv", "width of values"},
               {"da", "width of hidden layers"}},
      .fields =
          {
              queries_tokens_field(),
              keys_tokens_field(),
              {.path = "inputs.queries",
               .axes = "Tq,dq",
               .meaning = "What each query is looking for.",
               .required = true},
              {.path = "inputs.keys",
               .axes = "Tk,dk",
               .meaning = "What each key offers to be found by; may differ from queries in width.",
               .required = true},
              {.path = "inputs.values",
               .axes = "Tk,dv",
               .meaning = "What is handed over where a key is attended to.",
               .required = true},
              mask_field(),
              d_context_field(),
              {.path = "parameters.general.W_a",
               .axes = "dq,dk",
               .meaning = "General: takes a query to the width of a key.",
               .rows_in = true},
              {.path = "parameters.additive.W_a",
               .axes = "da,dq",
               .meaning = "Additive: takes a query to the hidden layer."},
              {.path = "parameters.additive.U_a",
               .axes = "da,dk",
               .meaning = "Additive: takes a key to the hidden layer."},
              {.path = "parameters.additive.v_a",
               .axes = "da",
               .meaning = "Additive: reads the hidden layer out."},
              {.path = "parameters.concat.W_a",
               .axes = "da,dq+dk",
               .meaning = "Concat: columns for the query, then for the key."},
              {.path = "parameters.concat.v_a",
               .axes = "da",
               .meaning = "Concat: reads the hidden layer out."},
              {.path = "parameters.cosine.beta",
               .type = Type::number,
               .meaning = "Cosine: the strength that multiplies the cosines.",
               .fallback = "1"},
              {.path = "parameters.gaussian.w",
               .type = Type::number,
               .meaning = "Gaussian: the inverse of the kernel's width.",
               .fallback = "1",
               .range = io::Range{-1e6, 1e6}},
              {.path = "parameters.perceptron.W",
               .axes = "dq,dk",
               .meaning = "Perceptron: its weights, which a row vector q meets as q W.",
               .rows_in = true},
              {.path = "parameters.perceptron.b", .axes = "dk", .meaning = "Perceptron: its bias."},
              {.path = "parameters.location.W_a",
               .axes = "Tk,dq",
               .meaning = "Location: row j scores position j."},
              {.path = "options.functions",
               .type = Type::choices,
               .meaning = "The functions to show, in this order; all whose parameters are given, "
                          "unless named.",
               .choices = names},
              scale_field(),
              causal_field(),
              valid_lens_field(),
          },
      .computes = {"Tq,Tk", "Tq,dv"},
  };
  return schema;
}

}  // namespace attn::chapters
