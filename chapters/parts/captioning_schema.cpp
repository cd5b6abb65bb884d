#include <fmt/format.h>

#include "chapters/parts/captioning.hpp"
#include "chapters/parts/decoding.hpp"

namespace attn::chapters::captioning {
namespace {

using io::FieldSpec;
using io::Type;

std::vector<FieldSpec> token_fields() {
  const std::string vocabulary = "tokens.target_vocabulary";
  return {
      {.path = vocabulary,
       .type = Type::tokens,
       .axes = "Vy",
       .meaning = "The words that the decoder may say, with start and stop.",
       .required = true},
      {.path = "tokens.target",
       .type = Type::tokens,
       .axes = "Ty",
       .meaning = "The caption, without start and stop, for teacher forcing.",
       .among = vocabulary},
      {.path = "tokens.start",
       .type = Type::token,
       .meaning = "Stands before the first word.",
       .fallback = "<s>",
       .among = vocabulary},
      {.path = "tokens.stop",
       .type = Type::token,
       .meaning = "Ends a caption.",
       .fallback = "</s>",
       .among = vocabulary},
      {.path = "tokens.features",
       .type = Type::tokens,
       .axes = "dv",
       .meaning = "Names for the entries of a feature."},
      {.path = "inputs.features",
       .axes = "rows,columns,dv",
       .meaning = "The image: a feature for each location of a grid, row by row.",
       .required = true},
  };
}

std::vector<FieldSpec> parameter_fields() {
  std::vector<FieldSpec> fields;
  const auto add = [&](const std::string& name, const std::string& axes, const std::string& meaning,
                       bool required = true) {
    fields.push_back(
        {.path = "parameters." + name, .axes = axes, .meaning = meaning, .required = required});
  };
  add("E", "Vy,dy", "The embeddings: a row for each word of the vocabulary.");
  add("start.W_h", "dh,dv", "f_init,h: makes the first state of the mean feature.");
  add("start.b_h", "dh", "Its bias.");
  add("start.W_c", "dh,dv", "f_init,c: makes the first memory of the mean feature.");
  add("start.b_c", "dh", "Its bias.");
  add("attention.W_a", "da,dh", "f_att: multiplies the state.");
  add("attention.U_a", "da,dv", "f_att: multiplies each feature.");
  add("attention.v_a", "da", "f_att: makes a score of the hidden layer.");
  add("gate.w_beta", "dh", "f_beta: makes the gate of the state; no gate unless given.", false);
  fields.push_back({.path = "parameters.gate.b_beta",
                    .type = Type::number,
                    .meaning = "Its bias.",
                    .fallback = "0"});
  const std::vector<std::pair<std::string, std::string>> gates{
      {"i", "input gate"}, {"f", "forget gate"}, {"o", "output gate"}, {"g", "new memory"}};
  for (const auto& [gate, name] : gates) {
    add("lstm.W_" + gate, "dh,dy+dv",
        fmt::format("LSTM, {}: multiplies the word before and the context.", name));
  }
  for (const auto& [gate, name] : gates) {
    add("lstm.U_" + gate, "dh,dh", fmt::format("LSTM, {}: multiplies the state.", name));
  }
  for (const auto& [gate, name] : gates) {
    add("lstm.b_" + gate, "dh", fmt::format("LSTM, {}: its bias.", name));
  }
  add("output.L_h", "dy,dh", "Deep output: multiplies the new state.");
  add("output.L_z", "dy,dv", "Deep output: multiplies the context.");
  add("output.L_o", "Vy,dy", "Deep output: a row for each word of the vocabulary.");
  return fields;
}

std::vector<FieldSpec> option_fields() {
  constexpr double most_seeds = 4294967295;
  return {
      {.path = "options.attention",
       .type = Type::choice,
       .meaning = "The context is the weighted mean of the features (soft), or the feature of one "
                  "location: that of the largest weight (argmax), or one drawn with these weights "
                  "(sample).",
       .fallback = "soft",
       .choices = {"soft", "argmax", "sample"}},
      {.path = "options.seed",
       .type = Type::integer,
       .meaning = "The seed of the locations that are drawn; none are drawn unless given.",
       .range = io::Range{0, most_seeds}},
      {.path = "options.gate",
       .type = Type::flag,
       .meaning = "Whether the gate beta is used; it is if its parameters are given."},
      {.path = "options.lambda",
       .type = Type::number,
       .meaning = "How much the doubly stochastic penalty counts.",
       .fallback = "0",
       .range = io::Range{0, 1e6}},
  };
}

std::vector<FieldSpec> study_fields() {
  constexpr double most_seeds = 4294967295;
  return {
      {.path = "study.samples",
       .type = Type::integer,
       .meaning = "Studies the gradient of hard attention, and estimates it from so many draws; no "
                  "study unless given.",
       .range = io::Range{2, 200000}},
      {.path = "study.seed",
       .type = Type::integer,
       .meaning = "The seed of the draws.",
       .fallback = "1",
       .range = io::Range{0, most_seeds}},
      {.path = "study.word",
       .type = Type::integer,
       .meaning = "Which word of the caption is studied, counted from 1.",
       .fallback = "1",
       .range = io::Range{1, 1000}},
      {.path = "study.decay",
       .type = Type::number,
       .meaning = "How much of the moving average stays with each draw.",
       .fallback = "0.9",
       .range = io::Range{0, 0.999999}},
      {.path = "study.words",
       .type = Type::integer,
       .meaning = "Also studies the first so many words together, over all sequences of locations; "
                  "not unless given.",
       .range = io::Range{1, 100}},
  };
}

}  // namespace

const io::Schema& schema() {
  static const io::Schema declared = [] {
    io::Schema schema{.chapter = "soft-hard",
                      .axes = {{"rows", "rows of the grid"},
                               {"columns", "columns of the grid"},
                               {"L", "locations of the grid"},
                               {"Ty", "words of the target"},
                               {"T", "words of the caption, with stop"},
                               {"Vy", "words that the decoder may say"},
                               {"dv", "width of features"},
                               {"dy", "width of words"},
                               {"dh", "width of states"},
                               {"da", "hidden width of the score"}},
                      .fields = token_fields(),
                      .computes = {"rows,columns,da", "Vy,dy", "rows,columns,dv"}};
    for (const auto& more :
         {parameter_fields(), option_fields(), decoding_fields(), study_fields()}) {
      schema.fields.insert(schema.fields.end(), more.begin(), more.end());
    }
    return schema;
  }();
  return declared;
}

}  // namespace attn::chapters::captioning
