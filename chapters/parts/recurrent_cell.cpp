#include "chapters/parts/recurrent_cell.hpp"

#include <fmt/format.h>

namespace attn::chapters {
namespace {

using io::Type;

/// The names of a cell's parameters end like its gates: W_z, U_z, b_z.
struct Kind {
  std::string name;
  std::vector<std::string> gates;  ///< "" for W, U and b alone
  bool has_b_u = false;
};

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> all{{"rnn", {""}, false},
                                     {"gru", {"_z", "_r", ""}, true},
                                     {"lstm", {"_i", "_f", "_o", "_g"}, false}};
  return all;
}

std::vector<std::string> names_of(const Kind& kind) {
  std::vector<std::string> names;
  for (const char* letter : {"W", "C", "U", "b"}) {
    for (const std::string& gate : kind.gates) names.push_back(letter + gate);
  }
  if (kind.has_b_u) names.emplace_back("b_u");
  return names;
}

bool is_bias(const std::string& name) { return name.starts_with("b"); }
bool is_context(const std::string& name) { return name.starts_with("C"); }

std::string use_of(const std::string& name) {
  if (name == "b_u") return "GRU: added to U times the state, as in PyTorch (b_hn)";
  static const std::vector<std::pair<std::string, std::string>> gates{
      {"_z", "GRU, update gate"},  {"_r", "GRU, reset gate"},   {"_i", "LSTM, input gate"},
      {"_f", "LSTM, forget gate"}, {"_o", "LSTM, output gate"}, {"_g", "LSTM, new memory"}};
  std::string gate = "RNN and GRU candidate";
  for (const auto& [end, meaning] : gates) {
    if (name.ends_with(end)) gate = meaning;
  }
  if (is_bias(name)) return gate + ": its bias";
  if (is_context(name)) return gate + ": multiplies the context";
  return gate + (name[0] == 'W' ? ": multiplies the input" : ": multiplies the state before");
}

/// Reads matrices and biases under one path.
class Reader {
 public:
  Reader(const io::Config& config, std::string path) : config_(config), path_(std::move(path)) {}

  Mat mat(const std::string& name) const { return config_.matrix(path_ + "." + name); }

  /// W, or [W C].
  Mat input_matrix(const std::string& gate) const {
    const Mat W = mat("W" + gate);
    if (!config_.has(path_ + ".C" + gate)) return W;
    const Mat C = mat("C" + gate);
    Mat both = zeros(rows(W), cols(W) + cols(C));
    for (std::size_t i = 0; i < rows(W); ++i) {
      for (std::size_t j = 0; j < cols(W); ++j) both(i, j) = W(i, j);
      for (std::size_t j = 0; j < cols(C); ++j) both(i, cols(W) + j) = C(i, j);
    }
    return both;
  }

  /// \param like a matrix of as many rows
  Vec bias(const std::string& name, const Mat& like) const {
    const std::string path = path_ + "." + name;
    return config_.has(path) ? config_.vector(path) : zeros(rows(like));
  }

  void expect_only(const Kind& kind) const {
    const std::vector<std::string> own = names_of(kind);
    const auto given = [&](const std::string& name) { return config_.has(path_ + "." + name); };
    const bool some_context = std::any_of(
        own.begin(), own.end(), [&](const auto& name) { return is_context(name) && given(name); });
    for (const std::string& name : own) {
      if (given(name) || is_bias(name) || (is_context(name) && !some_context)) continue;
      config_.reject("options.cell", fmt::format("the cell {} needs {}.{}: {}", kind.name, path_,
                                                 name, use_of(name)));
    }
    for (const Kind& other : kinds()) {
      for (const std::string& name : names_of(other)) {
        const bool shared = std::find(own.begin(), own.end(), name) != own.end();
        if (shared || !config_.has(path_ + "." + name)) continue;
        config_.reject(path_ + "." + name,
                       fmt::format("belongs to a cell of kind {}, but options.cell is {}",
                                   other.name, kind.name));
      }
    }
  }

 private:
  const io::Config& config_;
  std::string path_;
};

}  // namespace

bool has_context(const io::Config& config, const std::string& path) {
  for (const Kind& kind : kinds()) {
    if (kind.name == config.choice("options.cell")) {
      return config.has(path + ".C" + kind.gates.front());
    }
  }
  return false;
}

std::vector<io::FieldSpec> cell_choice_fields() {
  return {
      {.path = "options.cell",
       .type = Type::choice,
       .meaning = "The recurrent cell of encoder and decoder.",
       .fallback = "rnn",
       .choices = {"rnn", "gru", "lstm"}},
      {.path = "options.reset",
       .type = Type::choice,
       .meaning =
           "GRU: the reset gate acts before U (Bahdanau, ONNX) or after it (PyTorch, Keras).",
       .fallback = "before",
       .choices = {"before", "after"}},
      {.path = "options.update",
       .type = Type::choice,
       .meaning = "GRU: z = 1 takes the new state (Bahdanau) or keeps the old one (PyTorch, Keras, "
                  "ONNX).",
       .fallback = "takes_new",
       .choices = {"takes_new", "keeps_old"}},
  };
}

std::vector<io::FieldSpec> cell_fields(const std::string& path, const CellAxes& axes,
                                       const std::string& whose) {
  std::vector<io::FieldSpec> fields;
  for (const Kind& kind : kinds()) {
    for (const std::string& name : names_of(kind)) {
      const std::string full = path + "." + name;
      const auto same = [&](const io::FieldSpec& field) { return field.path == full; };
      if (std::any_of(fields.begin(), fields.end(), same)) continue;
      if (is_context(name) && axes.context.empty()) continue;
      std::string meaning = fmt::format("The {}'s {}.", whose, use_of(name));
      if (is_bias(name)) meaning += " 0 unless given.";
      if (is_context(name)) meaning += " Not given: the context enters no step.";
      const std::string comes_in = name[0] == 'W'     ? "," + axes.input
                                   : is_context(name) ? "," + axes.context
                                   : is_bias(name)    ? ""
                                                      : "," + axes.state;
      fields.push_back({.path = full, .axes = axes.state + comes_in, .meaning = meaning});
    }
  }
  return fields;
}

AnyCell cell_of(const io::Config& config, const std::string& path) {
  const std::string name = config.choice("options.cell");
  const Reader read(config, path);
  for (const Kind& kind : kinds()) {
    if (kind.name == name) read.expect_only(kind);
  }
  if (name == "rnn") {
    const Mat U = read.mat("U");
    return rnn::Params{read.input_matrix(""), U, read.bias("b", U)};
  }
  if (name == "gru") {
    const Mat U = read.mat("U");
    return gru::Params{.W_z = read.input_matrix("_z"),
                       .W_r = read.input_matrix("_r"),
                       .W = read.input_matrix(""),
                       .U_z = read.mat("U_z"),
                       .U_r = read.mat("U_r"),
                       .U = U,
                       .b_z = read.bias("b_z", U),
                       .b_r = read.bias("b_r", U),
                       .b = read.bias("b", U),
                       .b_u = read.bias("b_u", U),
                       .reset = config.choice("options.reset") == "before" ? gru::Reset::before
                                                                           : gru::Reset::after,
                       .update = config.choice("options.update") == "takes_new"
                                     ? gru::Update::takes_new
                                     : gru::Update::keeps_old};
  }
  const Mat U = read.mat("U_i");
  return lstm::Params{read.input_matrix("_i"),
                      read.input_matrix("_f"),
                      read.input_matrix("_o"),
                      read.input_matrix("_g"),
                      U,
                      read.mat("U_f"),
                      read.mat("U_o"),
                      read.mat("U_g"),
                      read.bias("b_i", U),
                      read.bias("b_f", U),
                      read.bias("b_o", U),
                      read.bias("b_g", U)};
}

}  // namespace attn::chapters
