/// Which way round the matrices of each chapter stand: their random entries depend on it.
#include <catch2/catch_test_macros.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "tests/support/program.hpp"

using namespace attn::test;
using nlohmann::json;

namespace {

/// By path, of every field in this part of a schema that multiplies from the right, its fan_in.
void collect(const json& properties, const std::string& before,
             std::map<std::string, std::string>& found) {
  for (const auto& [name, field] : properties.items()) {
    if (field.contains("properties")) collect(field["properties"], before + name + ".", found);
    const std::string said = field.value("description", "");
    const std::string words = "fan_in is ";
    const std::size_t at = said.find(words);
    if (at == std::string::npos) continue;
    const std::size_t start = at + words.size();
    found[before + name] = said.substr(start, said.size() - start - 1);
  }
}

std::map<std::string, std::string> right_of_chapter(const std::string& chapter) {
  std::map<std::string, std::string> found;
  const json schema = json::parse(run_attn({chapter, "--show-schema"}).out);
  collect(schema["properties"]["parameters"]["properties"], "", found);
  return found;
}

}  // namespace

TEST_CASE("chapters: he_uniform knows which matrices stand right of what they multiply",
          "[chapters][law]") {
  using Fans = std::map<std::string, std::string>;
  const Fans projections{{"W_q", "dm"}, {"W_k", "dm"}, {"W_v", "dm"}};
  const auto stack = [](const std::string& name, bool cross) {
    Fans fans{{name + "W_1", "dm"}, {name + "W_2", "dff"}};
    for (const char* letter : {"q", "k", "v", "o"}) {
      fans[name + "W_" + letter] = "dm";
      if (cross) fans[name + "W_" + letter + "_cross"] = "dm";
    }
    return fans;
  };
  Fans transformer = stack("encoder.", false);
  transformer.merge(stack("decoder.", true));
  transformer["output.W"] = "dm";
  const std::map<std::string, Fans> expected{
      {"scoring", {{"general.W_a", "dq"}, {"perceptron.W", "dq"}}},
      {"seq2seq", {}},
      {"bahdanau", {}},
      {"global-local", {{"general.W_a", "ds"}}},
      {"soft-hard", {}},
      {"self-attention", projections},
      {"positional-encoding", projections},
      {"multi-head", {{"W_q", "dq"}, {"W_k", "dx_k"}, {"W_v", "dx_v"}, {"W_o", "Hdv"}}},
      {"transformer-encoder", stack("", false)},
      {"transformer-decoder", transformer},
  };
  for (const auto& [chapter, fans] : expected) {
    CAPTURE(chapter);
    CHECK(right_of_chapter(chapter) == fans);
  }
}
