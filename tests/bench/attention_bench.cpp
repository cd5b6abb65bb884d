/// The arithmetic that attention is made of, for n queries and n keys of width 64; and multi-head
/// self-attention of width 512, 8 heads of 64. compare.py runs these beside NumPy and PyTorch.
#include <benchmark/benchmark.h>

#include "attn/core/matmul.hpp"
#include "attn/core/random.hpp"
#include "attn/core/softmax.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/multi_head.hpp"
#include "attn/mechanisms/online_softmax.hpp"
#include "attn/mechanisms/scaled_dot.hpp"

namespace {

using namespace attn;

constexpr std::size_t dk = 64;

Mat normal(std::size_t m, std::size_t n, std::uint64_t seed, double spread = 1.0) {
  const std::vector<double> values = random_values({m, n}, {Init::normal, 0.0, spread}, seed);
  Mat matrix(Mat::shape_type{m, n});
  std::copy(values.begin(), values.end(), matrix.begin());
  return matrix;
}

std::size_t extent(const benchmark::State& state) {
  return static_cast<std::size_t>(state.range(0));
}

void matmul_nt_bench(benchmark::State& state) {
  const Mat a = normal(extent(state), dk, 1);
  const Mat b = normal(extent(state), dk, 2);
  for (auto _ : state) benchmark::DoNotOptimize(matmul_nt(a, b));
}

void matmul_square_bench(benchmark::State& state) {
  const Mat a = normal(extent(state), extent(state), 1);
  const Mat b = normal(extent(state), extent(state), 2);
  for (auto _ : state) benchmark::DoNotOptimize(matmul(a, b));
}

void softmax_bench(benchmark::State& state) {
  const Mat scores = normal(extent(state), extent(state), 1);
  for (auto _ : state) benchmark::DoNotOptimize(softmax(scores));
}

void scaled_dot_bench(benchmark::State& state) {
  const Mat queries = normal(extent(state), dk, 1);
  const Mat keys = normal(extent(state), dk, 2);
  const Mat values = normal(extent(state), dk, 3);
  for (auto _ : state) benchmark::DoNotOptimize(scaled_dot::forward(queries, keys, values));
}

void online_softmax_bench(benchmark::State& state, bool causal) {
  const Mat queries = normal(extent(state), dk, 1);
  const Mat keys = normal(extent(state), dk, 2);
  const Mat values = normal(extent(state), dk, 3);
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        online_softmax::forward(queries, keys, values, {.causal = causal}, 0.125));
  }
}

void multi_head_bench(benchmark::State& state) {
  constexpr std::size_t dm = 512, heads = 8;
  const auto W = [](std::uint64_t seed) { return normal(dm, dm, seed, 0.04); };
  const multi_head::Params params{heads, W(1),      zeros(dm), W(2),     zeros(dm),
                                  W(3),  zeros(dm), W(4),      zeros(dm)};
  const Mat x = normal(extent(state), dm, 5);
  const Mask mask = mask::full(extent(state), extent(state));
  for (auto _ : state) benchmark::DoNotOptimize(multi_head::forward(params, x, x, x, mask));
}

BENCHMARK(matmul_nt_bench)->Name("matmul_nt")->RangeMultiplier(4)->Range(64, 4096);
BENCHMARK(matmul_square_bench)->Name("matmul_square")->RangeMultiplier(4)->Range(64, 1024);
BENCHMARK(softmax_bench)->Name("softmax")->RangeMultiplier(4)->Range(64, 4096);
BENCHMARK(scaled_dot_bench)->Name("scaled_dot")->RangeMultiplier(4)->Range(64, 4096);
BENCHMARK_CAPTURE(online_softmax_bench, plain, false)->Name("online_softmax")->Arg(1024)->Arg(4096);
BENCHMARK_CAPTURE(online_softmax_bench, causal, true)->Name("online_softmax_causal")->Arg(4096);
BENCHMARK(multi_head_bench)->Name("multi_head")->Arg(128)->Arg(512)->Arg(2048);

}  // namespace
