#include "chapters/parts/global_local_inputs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "chapters/parts/recurrent_cell.hpp"

namespace attn::chapters::luong_walk {
namespace {

using luong_attention::Reach;

const std::vector<std::string> score_names{"dot", "general", "concat", "location"};

std::vector<std::string> parameters_of(const std::string& score) {
  if (score == "dot") return {};
  if (score == "concat") return {"parameters.concat.W_a", "parameters.concat.v_a"};
  return {fmt::format("parameters.{}.W_a", score)};
}

bool has_all(const io::Config& config, const std::vector<std::string>& paths) {
  return std::all_of(paths.begin(), paths.end(),
                     [&](const std::string& path) { return config.has(path); });
}

/// The decoder's matrix that tells the width of its states: a place in the file for faults.
std::string recurrent_matrix(const io::Config& config) {
  const std::string cell = config.choice("options.cell");
  return decoder_path + (cell == "lstm" ? ".U_i" : ".U");
}

/// Why the score cannot be computed, or "".
std::string obstacle(const io::Config& config, const std::string& score) {
  const std::size_t ds = config.extent("ds");
  const std::size_t dh = config.extent("dh");
  if (score == "dot" && ds != dh) {
    return fmt::format(
        "the score dot multiplies decoder states and source states entry by entry, "
        "but the decoder's have width {} ({}.U) and the encoder's {} ({}.U)",
        ds, decoder_path, dh, encoder_path);
  }
  if (score == "location" && has_all(config, parameters_of(score)) &&
      config.extent("L") != config.extent("Tx")) {
    return fmt::format(
        "the score location has a row for each position, so its W_a with {} rows "
        "fits sentences of {} words only; tokens.source has {}",
        config.extent("L"), config.extent("L"), config.extent("Tx"));
  }
  return "";
}

luong_score::Params params_of(const io::Config& config, const std::string& score) {
  if (score == "general") return general::Params{config.matrix("parameters.general.W_a")};
  if (score == "concat") {
    return concat::Params{config.matrix("parameters.concat.W_a"),
                          config.vector("parameters.concat.v_a")};
  }
  if (score == "location") return location::Params{config.matrix("parameters.location.W_a")};
  return luong_score::Dot{};
}

void expect_position(const io::Config& config, const std::string& because) {
  for (const std::string path : {"parameters.local.W_p", "parameters.local.v_p"}) {
    if (!config.has(path)) {
      config.reject("options.attention",
                    fmt::format("{} needs {}, which is missing", because, path));
    }
  }
}

luong_score::Params chosen_score(const io::Config& config) {
  const std::string score = config.choice("options.score");
  for (const std::string& path : parameters_of(score)) {
    if (config.has(path)) continue;
    config.reject("options.score",
                  fmt::format("the score {} needs {}, which is missing", score, path));
  }
  const std::string why = obstacle(config, score);
  if (!why.empty()) {
    config.reject(score == "location" ? "parameters.location.W_a" : recurrent_matrix(config), why);
  }
  return params_of(config, score);
}

}  // namespace

std::string name_of(Reach reach) {
  switch (reach) {
    case Reach::global:
      return "global";
    case Reach::local_m:
      return "local-m";
    case Reach::local_p:
      return "local-p";
  }
  return "";
}

std::vector<NamedScore> scores_given(const io::Config& config) {
  std::vector<NamedScore> scores;
  for (const std::string& name : score_names) {
    if (!has_all(config, parameters_of(name)) || !obstacle(config, name).empty()) continue;
    scores.push_back({name, params_of(config, name)});
  }
  return scores;
}

std::string why_not_all(const io::Config& config) {
  std::string why;
  for (const std::string& name : score_names) {
    const std::string one = obstacle(config, name);
    if (!one.empty()) why += (why.empty() ? "Left out: " : "; ") + one;
  }
  return why.empty() ? why : why + ".";
}

bool has_position(const io::Config& config) {
  return config.has("parameters.local.W_p") && config.has("parameters.local.v_p") &&
         config.size("options.D") > 0;
}

bool feeds_input(const io::Config& config) {
  const bool can = has_context(config, decoder_path);
  if (!config.has("options.input_feeding")) return can;
  const bool wanted = config.flag("options.input_feeding");
  if (wanted && !can) {
    config.reject(
        "options.input_feeding",
        fmt::format("input feeding needs the matrix that h~ meets in the decoder: give "
                    "{}.C, or C_z, C_r and C for a GRU, C_i, C_f, C_o and C_g for an LSTM",
                    decoder_path));
  }
  return wanted;
}

luong_attention::Params attention_of(const io::Config& config) {
  luong_attention::Params params;
  params.score = chosen_score(config);
  params.attentional.W_c = config.matrix("parameters.attentional.W_c");
  const std::string attention = config.choice("options.attention");
  if (attention == "local-m") params.reach = Reach::local_m;
  if (attention == "local-p") params.reach = Reach::local_p;
  params.window.D = config.size("options.D");
  params.window.centre =
      config.choice("options.centre") == "floor" ? local::Centre::floor : local::Centre::real;
  params.window.renormalise = config.flag("options.renormalise");
  params.hold_at_end = config.choice("options.past_end") == "last";
  if (attention == "local-p") expect_position(config, "local-p");
  if (config.has("parameters.local.W_p") || config.has("parameters.local.v_p")) {
    expect_position(config, "the predicted position");
    if (params.window.D > 0) {
      params.position = {config.matrix("parameters.local.W_p"),
                         config.vector("parameters.local.v_p")};
    } else if (attention == "local-p") {
      config.reject("options.D",
                    "found 0, and so the Gaussian of local-p would have sigma = D/2 = 0; expected "
                    "at least 1");
    }  // else there is only local-m: see has_position
  }
  return params;
}

void check(const io::Config& config) {
  const std::size_t dh = config.extent("dh");
  const std::size_t ds = config.extent("ds");
  if (!config.has("parameters.bridge.W_s") && dh != ds) {
    config.reject(recurrent_matrix(config),
                  fmt::format("without parameters.bridge.W_s the decoder starts in the encoder's "
                              "last state, but its states have width {} ({}.U), and the encoder's "
                              "{} ({}.U)",
                              ds, decoder_path, dh, encoder_path));
  }
  // The largest tensors: what each step keeps of the comparison of its state with all words.
  const std::size_t steps = config.choice("options.decoding") == "teacher_forcing"
                                ? config.extent("Ty") + 1
                                : config.size("options.limit");
  const bool concat = has_all(config, parameters_of("concat"));
  const std::size_t width =
      std::max<std::size_t>({4, dh, concat ? dh + ds : 1, concat ? config.extent("da") : 1});
  const std::size_t Tx = config.extent("Tx");
  if (steps * Tx > io::max_entries / width) {
    config.reject("tokens.source",
                  fmt::format("with {} words, {} steps of the decoder and these widths the results "
                              "would have {} x {} x {} entries, more than the limit of {}",
                              Tx, steps, steps, Tx, width, io::max_entries));
  }
}

}  // namespace attn::chapters::luong_walk
