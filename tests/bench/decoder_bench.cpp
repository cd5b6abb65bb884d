/// Decoding n words over a source of n annotations, width 256, a vocabulary of 1000, with a
/// teacher. compare.py runs the same in PyTorch beside them.
#include <benchmark/benchmark.h>

#include "attn/mechanisms/luong.hpp"
#include "attn/mechanisms/rnnsearch.hpp"
#include "tests/bench/small.hpp"

namespace {

using namespace attn;
using bench::mat;
using bench::vec;
using bench::width;

constexpr std::size_t words = 1000;

Decoding teacher(std::size_t n) {
  Decoding how{.start = 0, .stop = 1};
  for (std::size_t t = 0; t + 1 < n; ++t) how.target.push_back(2 + t % (words - 2));
  how.target.push_back(how.stop);
  return how;
}

gru::Params cell() {
  return {mat(1), mat(2), mat(3), mat(4), mat(5), mat(6), vec(7), vec(8), vec(9), vec(10)};
}

void bahdanau_decoding(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const rnnsearch::Params params{
      .E = mat(20, words),
      .start = {mat(21, width, width / 2), vec(22)},
      .alignment = {mat(23), mat(24), vec(25)},
      .cell = cell(),
      .C_z = mat(26),
      .C_r = mat(27),
      .C = mat(28),
      .deep = {mat(29, 2 * width), mat(30, 2 * width), mat(31, 2 * width), vec(32, 2 * width)},
      .output = {mat(33, words), vec(34, words)}};
  const Mat annotations = mat(35, n);  // [->h; <-h], each of half the width
  const Decoding how = teacher(n);
  for (auto _ : state) benchmark::DoNotOptimize(rnnsearch::decode(params, annotations, how));
}

void luong_decoding(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  luong::Params<gru::Params> params;
  params.E = mat(40, words);
  params.cell = cell();
  params.attention.score = general::Params{mat(41)};
  params.attention.attentional.W_c = mat(42, width, 2 * width);
  params.readout = {mat(43, words), vec(44, words)};
  const Mat annotations = mat(45, n);
  const Decoding how = teacher(n);
  const recurrent::State start{vec(46)};
  for (auto _ : state) benchmark::DoNotOptimize(luong::decode(params, annotations, start, how));
}

BENCHMARK(bahdanau_decoding)->Name("bahdanau_decoding")->Arg(50);
BENCHMARK(luong_decoding)->Name("luong_decoding")->Arg(50);

}  // namespace
