#include "chapters/parts/encoder_start.hpp"

#include <fmt/format.h>

namespace attn::chapters {

std::vector<io::FieldSpec> encoder_start_fields(const std::string& path, const std::string& reader,
                                                bool memory) {
  std::vector<io::FieldSpec> fields{
      {.path = path + ".h_0",
       .axes = "dh",
       .meaning = fmt::format("The state in which {} begins; 0 unless given.", reader)}};
  if (memory) {
    fields.push_back({.path = path + ".c_0",
                      .axes = "dh",
                      .meaning = fmt::format("LSTM: the memory with which {} begins; 0 unless "
                                             "given.",
                                             reader)});
  }
  return fields;
}

bool has_encoder_start(const io::Config& config, const std::string& path) {
  return config.has(path + ".h_0") || config.has(path + ".c_0");
}

recurrent::State encoder_start(const io::Config& config, const std::string& path,
                               const recurrent::State& zero) {
  recurrent::State start = zero;
  if (config.has(path + ".h_0")) start.h = config.vector(path + ".h_0");
  if (!config.has(path + ".c_0")) return start;
  if (zero.c.size() == 0) {
    config.reject(path + ".c_0", "belongs to a cell of kind lstm, but options.cell is " +
                                     config.choice("options.cell"));
  }
  start.c = config.vector(path + ".c_0");
  return start;
}

void show_encoder_start(const io::Config& config, const std::string& path,
                        const std::string& prefix, const recurrent::State& start,
                        trace::Builder& trace) {
  if (!has_encoder_start(config, path)) return;
  trace.step(prefix + "start", "The state in which the encoder begins",
             "The config gives it; without that it would be 0. So the encoder goes on as if it had "
             "read other words before these.");
  trace.tensor({"h_0", "dh"}, start.h, prefix);
  if (start.c.size() > 0) trace.tensor({"c_0", "dh"}, start.c, prefix);
}

void show_encoder_start_gradients(const io::Config& config, const std::string& path,
                                  const std::string& prefix, const recurrent::State& d_start,
                                  trace::Builder& trace) {
  if (!has_encoder_start(config, path)) return;
  trace.step(prefix + "start.gradients", "Back to the state in which the encoder began",
             "What the first step that it took sends back to the state before it.");
  trace.tensor({"d_h_0", "dh"}, d_start.h, prefix);
  if (d_start.c.size() > 0) trace.tensor({"d_c_0", "dh"}, d_start.c, prefix);
}

void say_encoder_start(const io::Config& config, const std::string& path,
                       std::vector<trace::Words>& words) {
  if (!has_encoder_start(config, path)) return;
  const std::string zeros = "begins with zeros";
  for (trace::Words& said : words) {
    const std::size_t at = said.prose.find(zeros);
    if (at != std::string::npos) said.prose.replace(at, zeros.size(), "begins with h_0");
  }
}

Vec vector_or_zeros(const io::Config& config, const std::string& path, std::size_t size) {
  return config.has(path) ? config.vector(path) : zeros(size);
}

}  // namespace attn::chapters
