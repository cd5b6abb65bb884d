/// Which way round the matrices of each chapter stand: their random entries depend on it.
#include <catch2/catch_test_macros.hpp>
#include <set>
#include <string>

#include "chapters/registry.hpp"

using namespace attn;

TEST_CASE("chapters: he_uniform knows which matrices stand right of what they multiply",
          "[chapters][law]") {
  const std::set<std::string> right{
      "general.W_a", "perceptron.W", "output.W",  "W_q",       "W_k",       "W_v",       "W_o",
      "W_1",         "W_2",          "W_q_cross", "W_k_cross", "W_v_cross", "W_o_cross",
  };
  const std::string stacks[]{"parameters.encoder.", "parameters.decoder.", "parameters."};
  // What seq2seq and its kin call W_o is (Vy, ds), a row for each word, and an LSTM's is (dh, dx).
  const std::set<std::string> x_w_chapters{"scoring",
                                           "global-local",
                                           "self-attention",
                                           "multi-head",
                                           "positional-encoding",
                                           "transformer-encoder",
                                           "transformer-decoder"};
  for (const chapters::Chapter* chapter : chapters::all()) {
    for (const io::FieldSpec& field : chapter->schema().fields) {
      if (!field.path.starts_with("parameters.") || field.axes.find(',') == std::string::npos)
        continue;
      std::string name = field.path;
      for (const std::string& stack : stacks) {
        if (name.starts_with(stack)) {
          name = name.substr(stack.size());
          break;
        }
      }
      const bool recurrent = std::string(chapter->name) == "global-local" && name != "general.W_a";
      const bool expected =
          x_w_chapters.contains(std::string(chapter->name)) && right.contains(name) && !recurrent;
      CAPTURE(chapter->name, field.path, field.axes);
      CHECK(field.rows_in == expected);
    }
  }
}
