#include "chapters/parts/bahdanau_model.hpp"

#include <fmt/format.h>

namespace attn::chapters {
namespace {

Vec bias(const io::Config& config, const std::string& path, std::size_t n) {
  return config.has(path) ? config.vector(path) : zeros(n);
}

gru::Params gru_of(const io::Config& config, const std::string& prefix) {
  const auto matrix = [&](const char* name) { return config.matrix(prefix + name); };
  gru::Params params;
  params.W_z = matrix("W_z");
  params.W_r = matrix("W_r");
  params.W = matrix("W");
  params.U_z = matrix("U_z");
  params.U_r = matrix("U_r");
  params.U = matrix("U");
  const std::size_t n = rows(params.U);
  params.b_z = bias(config, prefix + "b_z", n);
  params.b_r = bias(config, prefix + "b_r", n);
  params.b = bias(config, prefix + "b", n);
  params.b_u = bias(config, prefix + "b_u", n);
  params.reset =
      config.choice("options.reset") == "before" ? gru::Reset::before : gru::Reset::after;
  params.update = config.choice("options.update") == "takes_new" ? gru::Update::takes_new
                                                                 : gru::Update::keeps_old;
  return params;
}

}  // namespace

BahdanauModel bahdanau_model(const io::Config& config) {
  const auto matrix = [&](const char* name) {
    return config.matrix("parameters." + std::string(name));
  };
  BahdanauModel model;
  model.E = matrix("encoder.E");
  model.ahead = gru_of(config, "parameters.encoder.forward.");
  model.back = gru_of(config, "parameters.encoder.backward.");
  rnnsearch::Params& decoder = model.decoder;
  decoder.E = matrix("decoder.E");
  decoder.start.W_s = matrix("decoder.W_s");
  decoder.start.b_s = bias(config, "parameters.decoder.b_s", rows(decoder.start.W_s));
  decoder.alignment = {matrix("alignment.W_a"), matrix("alignment.U_a"),
                       config.vector("parameters.alignment.v_a")};
  decoder.cell = gru_of(config, "parameters.decoder.");
  decoder.C_z = matrix("decoder.C_z");
  decoder.C_r = matrix("decoder.C_r");
  decoder.C = matrix("decoder.C");
  decoder.deep = {matrix("output.U_o"), matrix("output.V_o"), matrix("output.C_o"),
                  bias(config, "parameters.output.b_t", 2 * config.extent("l"))};
  decoder.output = {matrix("output.W_o"),
                    bias(config, "parameters.output.b_o", config.extent("Vy"))};
  decoder.readout_state = config.choice("options.readout_state") == "new"
                              ? bahdanau::ReadoutState::current
                              : bahdanau::ReadoutState::previous;
  return model;
}

/// Every step keeps what it computed.
void check_decoding_size(const io::Config& config, const Decoding& how) {
  const std::size_t steps = how.forced() ? how.target.size() : how.limit;
  const auto extent = [&](const char* axis) { return static_cast<double>(config.extent(axis)); };
  const double a_step = extent("Tx") * (extent("da") + 4) + 2 * extent("Vy") + 12 * extent("ds") +
                        4 * extent("dh") + 4 * extent("l") + extent("dy");
  const double entries = static_cast<double>(steps) * a_step;
  if (entries <= static_cast<double>(io::max_entries)) return;
  config.reject(how.forced() ? "tokens.target" : "options.limit",
                fmt::format("{} steps of decoding would keep {:.0f} numbers, more than the limit "
                            "of {}",
                            steps, entries, io::max_entries));
}

}  // namespace attn::chapters
