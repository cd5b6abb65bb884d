/// The state in which a recurrent encoder begins, in the three chapters that have one. Against
/// PyTorch: tests/chapters/seq2seq_test.cpp.
#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/support/chapter.hpp"
#include "tests/support/close.hpp"
#include "tests/support/program.hpp"

using namespace attn;
using namespace attn::test;
using nlohmann::json;

namespace {

struct Case {
  std::string chapter;
  std::string way;    ///< "encoder." and the direction
  std::string state;  ///< the tensor of the states
  std::vector<std::string> vectors;
  std::vector<std::string> with;  ///< assignments
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      {"seq2seq", "encoder.", "encoder.h", {"h_0"}, {}},
      {"global-local", "encoder.", "encoder.h", {"h_0"}, {}},
      {"bahdanau", "encoder.forward.", "encoder.forward.h", {"h_0"}, {}},
      {"bahdanau", "encoder.backward.", "encoder.backward.h", {"h_0"}, {}},
  };
  return all;
}

std::string list_of(const std::vector<double>& numbers) {
  std::string text;
  for (const double x : numbers) text += (text.empty() ? "" : ", ") + json(x).dump();
  return "[" + text + "]";
}

json run(const Case& c, const std::vector<double>& h_0, bool gradients = false) {
  std::vector<std::string> args{c.chapter};
  if (gradients) args.emplace_back("--gradients");
  for (const std::string& one : c.with) args.insert(args.end(), {"--set", one});
  if (!h_0.empty()) {
    args.insert(args.end(), {"--set", "inputs." + c.way + "h_0=" + list_of(h_0)});
  }
  return trace_of(args);
}

/// How wide the states are.
std::size_t width(const Case& c) {
  const json trace = run(c, {});
  for (const json& step : trace.at("steps")) {
    for (const json& tensor : step.at("tensors")) {
      if (tensor.at("name") == c.state) return tensor.at("shape").at(1);
    }
  }
  return 0;
}

}  // namespace

TEST_CASE("encoder start: a state of 0 gives what no state gives", "[encoder_start][law]") {
  for (const Case& c : cases()) {
    CAPTURE(c.chapter, c.way);
    const json none = run(c, {}), zero = run(c, std::vector<double>(width(c), 0.0));
    CHECK(values_of(none, c.state) == values_of(zero, c.state));
    std::vector<std::string> ids = ids_of(zero);
    ids.erase(std::remove(ids.begin(), ids.end(), c.way + "start"), ids.end());
    CHECK(ids == ids_of(none));
  }
}

TEST_CASE("encoder start: what comes back to the state agrees with central differences",
          "[encoder_start][gradient]") {
  for (const Case& c : cases()) {
    CAPTURE(c.chapter, c.way);
    std::vector<double> h_0(width(c));
    for (std::size_t i = 0; i < h_0.size(); ++i) h_0[i] = 0.3 - 0.2 * static_cast<double>(i);
    const std::vector<double> d = values_of(run(c, h_0, true), c.way + "d_h_0");
    const double step = 1e-5;
    const auto loss = [&] { return values_of(run(c, h_0, true), "loss").at(0); };
    for (std::size_t i = 0; i < h_0.size(); ++i) {
      const double here = h_0[i];
      h_0[i] = here + step;
      const double above = loss();
      h_0[i] = here - step;
      const double below = loss();
      h_0[i] = here;
      CHECK(close((above - below) / (2 * step), d.at(i), 1e-8));
    }
  }
}

TEST_CASE("encoder start: a memory is for an LSTM alone, and widths must fit",
          "[encoder_start][errors]") {
  const std::string gru = refused_with("global-local", {"inputs.encoder.c_0=[0, 0]"});
  CHECK(gru.find("inputs.encoder.c_0") != std::string::npos);
  const std::string wide =
      refused_with("seq2seq", {"inputs.encoder.h_0=[1, 2, 3, 4, 5, 6, 7, 8, 9]"});
  CHECK(wide.find("inputs.encoder.h_0 has width 9 (axis dh), but") != std::string::npos);
  CHECK(refused_with("bahdanau", {"inputs.encoder.forward.c_0=[0]"}).find("no field is called") !=
        std::string::npos);
}
