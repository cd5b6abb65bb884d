#include "chapters/parts/positional_inputs.hpp"

#include <fmt/format.h>

#include "chapters/parts/self_attention_inputs.hpp"

namespace attn::chapters {
namespace {

using io::Type;

std::vector<io::FieldSpec> position_fields() {
  const io::Range sizes{1, 4096};
  return {
      {.path = "parameters.P",
       .axes = "Tmax,dm",
       .meaning = "The learned table: a row for each position. Read where options.positions is "
                  "learned."},
      {.path = "options.positions",
       .type = Type::choice,
       .meaning = "Sinusoids, which are computed, or the learned table P.",
       .fallback = "sinusoidal",
       .choices = {"sinusoidal", "learned"}},
      {.path = "options.T",
       .type = Type::integer,
       .meaning = "How many positions the table shows. Unless given: one for each word or, without "
                  "words, all of a learned table.",
       .range = sizes,
       .gives_way = true},
      {.path = "options.dm",
       .type = Type::integer,
       .meaning = "Width of the encoding, where there are no words; else it is theirs.",
       .range = sizes},
      {.path = "options.base",
       .type = Type::number,
       .meaning = "The base of the frequencies: w_i = base^(-2i/dm).",
       .fallback = "10000",
       .range = io::Range{1e-6, 1e12}},
      {.path = "options.layout",
       .type = Type::choice,
       .meaning = "Where sines and cosines stand: by turns, or all sines before all cosines.",
       .fallback = "interleaved",
       .choices = {"interleaved", "halves"}},
      {.path = "options.shift",
       .type = Type::integer,
       .meaning = "How many positions k the matrix R_k moves on; back if it is negative.",
       .fallback = "1",
       .range = io::Range{-4096, 4096}},
      {.path = "study.map_positions",
       .type = Type::integer,
       .meaning = "Rows of a larger map of sinusoids; no map unless this or map_width is "
                  "given, and 32 beside map_width.",
       .range = sizes},
      {.path = "study.map_width",
       .type = Type::integer,
       .meaning = "Its columns, an even number; 64 beside map_positions.",
       .range = sizes},
  };
}

std::string odd(std::size_t dm) {
  return fmt::format("found width {}, expected an even number: sines and cosines come in pairs",
                     dm);
}

/// The width, and the field that says it.
struct Width {
  std::size_t dm;
  std::string path;
};

Width width_of(const io::Config& config, bool learned) {
  Width width{0, ""};
  if (config.has("inputs.X") || (learned && config.has("parameters.P"))) {
    width = {config.extent("dm"), config.has("inputs.X") ? "inputs.X" : "parameters.P"};
  }
  if (!config.has("options.dm")) {
    if (width.dm == 0) {
      config.reject("options.dm", "not given, and expected where there are no inputs.X");
    }
    return width;
  }
  const std::size_t dm = config.size("options.dm");
  if (width.dm != 0 && width.dm != dm) {
    config.reject("options.dm",
                  fmt::format("found {}, expected {}, the width of {}", dm, width.dm, width.path));
  }
  return {dm, "options.dm"};
}

/// The number of positions, each of which the learned table must have.
std::size_t positions_of(const io::Config& config, const Positional& found) {
  std::string path = "inputs.X";
  std::size_t T = found.X ? rows(*found.X) : 0;
  if (config.has("options.T")) {
    path = "options.T";
    if (config.size("options.T") < T) {
      config.reject(path, fmt::format("found {}, expected at least {}, a position for each word",
                                      config.size("options.T"), T));
    }
    T = config.size("options.T");
  } else if (T == 0 && found.learned) {
    T = rows(found.P);
  }
  if (T == 0) config.reject("options.T", "not given, and expected where there are no inputs.X");
  if (found.learned && T > rows(found.P)) {
    config.reject(path, fmt::format("position {} is beyond the learned table, whose last position "
                                    "is {} (parameters.P has {} rows, and positions count from 0)",
                                    T - 1, rows(found.P) - 1, rows(found.P)));
  }
  return T;
}

}  // namespace

const io::Schema& positional_schema() {
  static const io::Schema declared = [] {
    io::Schema schema{
        .chapter = "positional-encoding",
        .axes = {{"Tx", "number of words"},
                 {"dm", "width of words and positions"},
                 {"Tmax", "positions of the learned table"},
                 {"dk", "width of queries and keys"},
                 {"dv", "width of values"}},
        .fields = {{.path = "tokens.words",
                    .type = Type::tokens,
                    .axes = "Tx",
                    .meaning = "The words themselves, shown beside their rows."},
                   {.path = "inputs.X",
                    .axes = "Tx,dm",
                    .meaning = "One row for each word, to which its position is added. Without "
                               "words the chapter shows positions alone."}},
        .computes = {"Tx,Tx", "Tx,dk", "Tx,dv"},
    };
    for (const auto& fields :
         {projection_fields(false), self_attention_fields("Tx"), position_fields()}) {
      schema.fields.insert(schema.fields.end(), fields.begin(), fields.end());
    }
    return schema;
  }();
  return declared;
}

Positional positional_of(const io::Config& config) {
  Positional found;
  found.learned = config.choice("options.positions") == "learned";
  if (found.learned && !config.has("parameters.P")) {
    config.reject("parameters.P", "not given, and expected since options.positions is learned");
  }
  if (found.learned) found.P = config.matrix("parameters.P");
  if (config.has("inputs.X")) found.X = config.matrix("inputs.X");
  found.projected = config.has("parameters.W_q");
  for (const char* needs_words :
       {"tokens.words", "parameters.W_q", "parameters.W_k", "parameters.W_v", "inputs.mask",
        "inputs.d_context", "study.permutation", "options.valid_lens"}) {
    if (!found.X && config.has(needs_words)) {
      config.reject(needs_words, "found, and there are no words (inputs.X) that it is for");
    }
  }
  const Width width = width_of(config, found.learned);
  if (!found.learned && width.dm % 2 != 0) config.reject(width.path, odd(width.dm));
  found.dm = width.dm;
  found.T = positions_of(config, found);
  if (config.choice("options.layout") == "halves")
    found.sinusoid.layout = positions::Layout::halves;
  found.sinusoid.base = config.number("options.base");
  found.shift = static_cast<double>(config.integer("options.shift"));
  const bool rows_given = config.has("study.map_positions");
  const bool columns_given = config.has("study.map_width");
  if (rows_given || columns_given) {
    found.map_positions = rows_given ? config.size("study.map_positions") : 32;
    found.map_width = columns_given ? config.size("study.map_width") : 64;
    if (found.map_width % 2 != 0) config.reject("study.map_width", odd(found.map_width));
  }
  return found;
}

}  // namespace attn::chapters
