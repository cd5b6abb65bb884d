#include "chapters/parts/captioning.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace attn::chapters::captioning {
namespace {

using io::FieldSpec;
using io::Type;
namespace sat = show_attend_tell;

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
      {.path = "options.decoding",
       .type = Type::choice,
       .meaning = "The word that goes into the next step: greedy, the most likely one; "
                  "teacher_forcing, that of tokens.target.",
       .fallback = "greedy",
       .choices = {"greedy", "teacher_forcing"}},
      {.path = "options.limit",
       .type = Type::integer,
       .meaning = "Greedy decoding ends after so many words, should stop never come.",
       .fallback = "20",
       .range = io::Range{1, 1000}},
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

std::vector<std::size_t> numbers_of(const std::vector<std::string>& words,
                                    const std::vector<std::string>& vocabulary) {
  std::vector<std::size_t> numbers;
  for (const std::string& word : words) {
    // The config was refused if a word is not there.
    const auto found = std::find(vocabulary.begin(), vocabulary.end(), word);
    numbers.push_back(static_cast<std::size_t>(found - vocabulary.begin()));
  }
  return numbers;
}

sat::Params params_of(const io::Config& config) {
  const auto mat = [&](const std::string& name) { return config.matrix("parameters." + name); };
  const auto vec = [&](const std::string& name) { return config.vector("parameters." + name); };
  sat::Params p;
  p.E = mat("E");
  p.start = {mat("start.W_h"), vec("start.b_h"), mat("start.W_c"), vec("start.b_c")};
  p.attention = {mat("attention.W_a"), mat("attention.U_a"), vec("attention.v_a")};
  const bool given = config.has("parameters.gate.w_beta");
  const bool wanted = config.has("options.gate") ? config.flag("options.gate") : given;
  if (wanted && !given) {
    config.reject("options.gate", "the gate needs parameters.gate.w_beta, which is not given");
  }
  if (wanted) {
    p.gate = context_gate::Params{vec("gate.w_beta"), config.number("parameters.gate.b_beta")};
  }
  p.cell = {mat("lstm.W_i"), mat("lstm.W_f"), mat("lstm.W_o"), mat("lstm.W_g"),
            mat("lstm.U_i"), mat("lstm.U_f"), mat("lstm.U_o"), mat("lstm.U_g"),
            vec("lstm.b_i"), vec("lstm.b_f"), vec("lstm.b_o"), vec("lstm.b_g")};
  p.output = {mat("output.L_h"), mat("output.L_z"), mat("output.L_o")};
  return p;
}

Decoding decoding_of(const io::Config& config, const std::vector<std::string>& vocabulary) {
  const std::vector<std::size_t> ends =
      numbers_of({config.token("tokens.start"), config.token("tokens.stop")}, vocabulary);
  Decoding how{.start = ends[0], .stop = ends[1], .limit = config.size("options.limit")};
  if (config.choice("options.decoding") == "greedy") return how;
  if (!config.has("tokens.target")) {
    config.reject("options.decoding",
                  "teacher_forcing needs the words to force: give tokens.target");
  }
  how.target = numbers_of(config.list("tokens.target"), vocabulary);
  how.target.push_back(how.stop);
  return how;
}

/// No config may exhaust memory or patience.
void check_costs(const io::Config& config, const Inputs& in) {
  const std::string path = in.decoding.forced() ? "tokens.target" : "options.limit";
  const std::size_t words = in.decoding.forced() ? in.decoding.target.size() : in.decoding.limit;
  const auto L = static_cast<double>(rows(in.features));
  const auto da = static_cast<double>(rows(in.params.attention.W_a));
  const auto V = static_cast<double>(rows(in.params.E));
  const double kept = static_cast<double>(words) * (L * (2.0 * da + 12.0) + 3.0 * V);
  if (kept > 4.0 * static_cast<double>(io::max_entries)) {
    config.reject(path, fmt::format("{} words with {} locations would need too much memory", words,
                                    rows(in.features)));
  }
  constexpr double most = 1e9;
  if (static_cast<double>(words) * cost_of_a_word(in) > most) {
    config.reject(path,
                  fmt::format("{} words would take too long with parameters of this size", words));
  }
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
    for (const auto& more : {parameter_fields(), option_fields()}) {
      schema.fields.insert(schema.fields.end(), more.begin(), more.end());
    }
    return schema;
  }();
  return declared;
}

double cost_of_a_word(const Inputs& in) {
  const auto L = static_cast<double>(rows(in.features));
  const auto dv = static_cast<double>(cols(in.features));
  const auto da = static_cast<double>(rows(in.params.attention.W_a));
  const auto dh = static_cast<double>(rows(in.params.cell.U_i));
  const auto dy = static_cast<double>(cols(in.params.E));
  const auto V = static_cast<double>(rows(in.params.E));
  return L * da * (dv + 20.0) + L * dv + 4.0 * dh * (dy + dv + dh) + dy * (dh + dv + V);
}

Inputs inputs_of(const io::Config& config) {
  const Ten3 grid = config.tensor3("inputs.features");
  Inputs in;
  in.grid_rows = grid.shape(0);
  in.grid_columns = grid.shape(1);
  in.features = zeros(in.grid_rows * in.grid_columns, grid.shape(2));
  std::copy(grid.begin(), grid.end(), in.features.begin());
  for (std::size_t i = 1; i <= in.grid_rows; ++i) {
    for (std::size_t j = 1; j <= in.grid_columns; ++j) {
      in.locations.push_back(fmt::format("{},{}", i, j));
    }
  }
  in.vocabulary = config.list("tokens.target_vocabulary");
  in.params = params_of(config);
  in.decoding = decoding_of(config, in.vocabulary);
  in.lambda = config.number("options.lambda");
  check_costs(config, in);

  in.has_seed = config.has("options.seed");
  if (in.has_seed) {
    Random random(config.size("options.seed"));
    const std::size_t words = std::max(in.decoding.limit, in.decoding.target.size());
    in.draws = hard_sample::draws(words, random);
  }
  const std::string attention = config.choice("options.attention");
  if (attention == "argmax") in.look.how = sat::Look::How::argmax;
  if (attention == "sample") {
    if (!in.has_seed) {
      config.reject("options.attention", "sample draws locations: give options.seed");
    }
    in.look = {sat::Look::How::sample, in.draws, {}};
  }
  return in;
}

}  // namespace attn::chapters::captioning
