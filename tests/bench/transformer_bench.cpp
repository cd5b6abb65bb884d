/// Decoding n words with a cache over a source of 64 words: two of the decoder's layers, as large
/// as in the paper, a vocabulary of 1000, with a teacher. compare.py runs the same in PyTorch
/// beside it.
#include <benchmark/benchmark.h>

#include "attn/mechanisms/transformer.hpp"
#include "tests/bench/small.hpp"

namespace {

using namespace attn;
using bench::mat;
using bench::vec;

constexpr std::size_t heads = 8, dm = 512, dff = 2048, words = 1000, layers = 2, source = 64;

multi_head::Params attention(std::uint64_t seed) {
  return {heads,
          mat(seed, dm, dm),
          vec(seed + 1, dm),
          mat(seed + 2, dm, dm),
          vec(seed + 3, dm),
          mat(seed + 4, dm, dm),
          vec(seed + 5, dm),
          mat(seed + 6, dm, dm),
          vec(seed + 7, dm)};
}

feed_forward::Params network(std::uint64_t seed) {
  return {mat(seed, dm, dff), vec(seed + 1, dff), mat(seed + 2, dff, dm), vec(seed + 3, dm)};
}

transformer::Params model(std::size_t n) {
  const layer_norm::Params norm = layer_norm::untrained(dm);
  transformer::Params params;
  params.E_source = params.E_target = mat(1, words, dm);
  params.P_source = mat(2, source, dm);
  params.P_target = mat(3, n, dm);
  for (std::uint64_t i = 0; i < layers; ++i) {
    params.encoder.layers.push_back({attention(100 * i), norm, network(100 * i + 10), norm});
    params.decoder.layers.push_back({attention(100 * i + 20), norm, attention(100 * i + 30), norm,
                                     network(100 * i + 40), norm});
  }
  params.output = {mat(4, dm, words), vec(5, words)};
  return params;
}

void transformer_decoding(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const transformer::Params params = model(n);
  std::vector<std::size_t> sentence(source);
  for (std::size_t t = 0; t < source; ++t) sentence[t] = 7 * t;
  const transformer::Source encoded = transformer::encode(params, sentence, source);
  Decoding how{.start = 0, .stop = 1};
  for (std::size_t t = 0; t < n; ++t) how.target.push_back(2 + t);
  for (auto _ : state) {
    benchmark::DoNotOptimize(transformer::decode_word_by_word(params, encoded, how));
  }
}

BENCHMARK(transformer_decoding)->Name("transformer_decoding")->Arg(64);

}  // namespace
