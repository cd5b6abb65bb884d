#include "chapters/parts/captioning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "chapters/parts/decoding.hpp"

namespace attn::chapters::captioning {
namespace {

namespace sat = show_attend_tell;

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

void expect_no_overflow(const io::Config& config, const Vec& numbers, double largest) {
  for (const double x : numbers) {
    if (std::abs(x) <= largest) continue;
    config.reject("inputs.features",
                  "the numbers in the config are too large for double precision; expected inputs "
                  "and parameters whose products stay below 1e308");
  }
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
  in.decoding = decoding_of(config);
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
