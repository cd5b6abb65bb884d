#include "attn/mechanisms/recurrent.hpp"
#include "attn/mechanisms/rnnsearch.hpp"

#include <fmt/format.h>

#include "chapters/parts/bahdanau_gradients.hpp"
#include "chapters/parts/bahdanau_model.hpp"
#include "chapters/parts/renamed.hpp"
#include "chapters/registry.hpp"

namespace attn::chapters {
namespace {

using Encoder = recurrent::Bidirectional<gru::Params>;

/// What the chapter shows: the config's words and model, and what they gave.
struct Scene {
  const io::Config& config;
  BahdanauWords words;
  BahdanauModel model;

  bool reset_before() const { return model.ahead.reset == gru::Reset::before; }
  bool takes_new() const { return model.ahead.update == gru::Update::takes_new; }
  bool forced() const { return !words.target.empty(); }
  std::string target_word(std::size_t number) const {
    return config.list("tokens.target_vocabulary")[number];
  }
};

// ---- The encoder

void show_sentence(const Scene& scene, const Mat& X, trace::Builder& trace) {
  trace.step("inputs", "The sentence, as vectors",
             fmt::format("{}. Each word has its row of E, the embeddings of the source "
                         "vocabulary. All weights are given, in the config: `attn bahdanau "
                         "--show-config` prints the default's.",
                         fmt::join(scene.config.list("tokens.source"), " ")),
             "x_j = E[word j]", "section 3.2");
  trace.tensor({"embeddings", "Tx,dx", "x_j"}, X);
}

Renaming gru_names(const Scene& scene, const std::string& x, const std::string& h) {
  const auto of = [&](const char* gate) {
    return fmt::format("sigmoid(x_{0} + U_{0} {1}_{{{2}-1}})", gate, h, x);
  };
  const std::string before = fmt::format("{}_{{{}-1}}", h, x);
  const bool first = scene.reset_before();
  const char* keep = scene.takes_new() ? "(1 - z)" : "z";
  const char* take = scene.takes_new() ? "z" : "(1 - z)";
  return {{"z", "", of("z")},
          {"r", "", of("r")},
          {"inner", "", first ? fmt::format("r * {}", before) : fmt::format("U {} + b_u", before)},
          {"past", "", first ? "U inner + b_u" : "r * inner"},
          {"candidate", "", fmt::format("{}~_{} = tanh(x + past)", h, x)},
          {"h", "", fmt::format("{0}_{1} = {2} * {3} + {4} * {0}~_{1}", h, x, keep, before, take)}};
}

void show_direction(const std::string& way, const std::string& title, const std::string& prose,
                    const recurrent::Sequence<gru::Params>& read, bool turned, const Scene& scene,
                    trace::Builder& trace) {
  trace.step("encoder." + way, title, prose, "", "appendix A.2.1");
  const std::string prefix = "encoder." + way + ".";
}

}  // namespace
}  // namespace attn::chapters
