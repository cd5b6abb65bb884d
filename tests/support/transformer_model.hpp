/// Configs of the chapter transformer-decoder.
#pragma once

#include <string>

namespace attn::test {

/// A model of two layers, three words and any width, as a file.
inline std::string transformer_model(const std::string& dm, const std::string& options) {
  std::string text = R"(chapter: transformer-decoder
tokens:
  source: [a, b, a]
  source_vocabulary: [a, b]
  target_vocabulary: [<s>, </s>, c]
parameters:
  source: {E: {random: normal, seed: 1, shape: [2, DM]}}
  target: {E: {random: normal, seed: 2, shape: [3, DM]}}
  encoder:
    W_q: {random: xavier_uniform, seed: 3, shape: [2, DM, DM]}
    W_k: {random: xavier_uniform, seed: 4}
    W_v: {random: xavier_uniform, seed: 5}
    W_o: {random: xavier_uniform, seed: 6}
    W_1: {random: xavier_uniform, seed: 7, shape: [2, DM, 8]}
    W_2: {random: xavier_uniform, seed: 8}
  decoder:
    W_q: {random: xavier_uniform, seed: 9, shape: [2, DM, DM]}
    W_k: {random: xavier_uniform, seed: 10}
    W_v: {random: xavier_uniform, seed: 11}
    W_o: {random: xavier_uniform, seed: 12}
    W_q_cross: {random: xavier_uniform, seed: 13}
    W_k_cross: {random: xavier_uniform, seed: 14}
    W_v_cross: {random: xavier_uniform, seed: 15}
    W_o_cross: {random: xavier_uniform, seed: 16}
    W_1: {random: xavier_uniform, seed: 17}
    W_2: {random: xavier_uniform, seed: 18}
  output: {W: {random: xavier_uniform, seed: 19}}
)";
  for (std::size_t at = text.find("DM"); at != std::string::npos; at = text.find("DM")) {
    text.replace(at, 2, dm);
  }
  return text + "options: {" + options + "}\n";
}

}  // namespace attn::test
