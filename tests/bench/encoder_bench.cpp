/// A layer of the Transformer's encoder, as large as in the paper, over a sentence of n words.
/// compare.py runs PyTorch's own module beside it.
#include <benchmark/benchmark.h>

#include "attn/mechanisms/encoder_block.hpp"
#include "attn/mechanisms/mask.hpp"
#include "tests/bench/small.hpp"

namespace {

using namespace attn;
using bench::mat;
using bench::vec;

constexpr std::size_t heads = 8, dm = 512, dff = 2048;

encoder_block::Params layer(feed_forward::Activation activation) {
  return {{heads, mat(1, dm, dm), vec(2, dm), mat(3, dm, dm), vec(4, dm), mat(5, dm, dm),
           vec(6, dm), mat(7, dm, dm), vec(8, dm)},
          layer_norm::untrained(dm),
          {mat(9, dm, dff), vec(10, dff), mat(11, dff, dm), vec(12, dm), activation},
          layer_norm::untrained(dm)};
}

void run(benchmark::State& state, feed_forward::Activation activation) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const encoder_block::Params params = layer(activation);
  const Mat x = bench::small<Mat>({n, dm}, 99);
  const Mask all = mask::full(n, n);
  for (auto _ : state) benchmark::DoNotOptimize(encoder_block::forward(params, x, all));
}

void encoder_layer(benchmark::State& state) { run(state, feed_forward::Activation::relu); }
void encoder_layer_gelu(benchmark::State& state) { run(state, feed_forward::Activation::gelu); }

BENCHMARK(encoder_layer)->Name("encoder_layer")->Arg(128)->Arg(512);
BENCHMARK(encoder_layer_gelu)->Name("encoder_layer_gelu")->Arg(128)->Arg(512);

}  // namespace
