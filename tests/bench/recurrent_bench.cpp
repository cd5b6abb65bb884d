/// Recurrent encoders over a sentence of n words, width 256. compare.py runs PyTorch's beside them.
#include <benchmark/benchmark.h>

#include "attn/core/random.hpp"
#include "attn/mechanisms/recurrent.hpp"

namespace {

using namespace attn;

constexpr std::size_t width = 256;

/// Small numbers: the cells should not saturate.
template <class Tensor>
Tensor small(const typename Tensor::shape_type& shape, std::uint64_t seed) {
  const std::vector<double> values =
      random_values(Shape(shape.begin(), shape.end()), {Init::normal, 0.0, 0.06}, seed);
  Tensor tensor(shape);
  std::copy(values.begin(), values.end(), tensor.begin());
  return tensor;
}

Mat mat(std::uint64_t seed) { return small<Mat>({width, width}, seed); }
Vec vec(std::uint64_t seed) { return small<Vec>({width}, seed); }

template <class Params>
void encode(benchmark::State& state, const Params& params) {
  const Mat X = small<Mat>({static_cast<std::size_t>(state.range(0)), width}, 99);
  const recurrent::State start = recurrent::zero_state(params);
  for (auto _ : state) benchmark::DoNotOptimize(recurrent::forward(params, X, start));
}

void gru_encoder(benchmark::State& state) {
  encode(state, gru::Params{mat(1), mat(2), mat(3), mat(4), mat(5), mat(6), vec(7), vec(8), vec(9),
                            vec(10), gru::Reset::after, gru::Update::keeps_old});
}

void lstm_encoder(benchmark::State& state) {
  encode(state, lstm::Params{mat(1), mat(2), mat(3), mat(4), mat(5), mat(6), mat(7), mat(8), vec(9),
                             vec(10), vec(11), vec(12)});
}

BENCHMARK(gru_encoder)->Name("gru_encoder")->Arg(100);
BENCHMARK(lstm_encoder)->Name("lstm_encoder")->Arg(100);

}  // namespace
