/// Recurrent encoders over a sentence of n words, width 256. compare.py runs PyTorch's beside them.
#include <benchmark/benchmark.h>

#include "attn/mechanisms/recurrent.hpp"
#include "tests/bench/small.hpp"

namespace {

using namespace attn;

using bench::mat;
using bench::vec;

template <class Params>
void encode(benchmark::State& state, const Params& params) {
  const Mat X = mat(99, static_cast<std::size_t>(state.range(0)));
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
