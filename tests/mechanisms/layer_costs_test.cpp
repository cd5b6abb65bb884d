#include "attn/mechanisms/layer_costs.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"

namespace attn::layer_costs {
using namespace attn::test;

TEST_CASE("layer_costs: what plain loops count, and matrix powers find",
          "[layer_costs][reference]") {
  for (const Fixture& c : Fixture("layer_costs")["cases"].items()) {
    INFO(c.path());
    const Result r =
        study({c["n"].integer(), c["d"].integer(), c["k"].integer(), c["r"].integer()});
    CHECK(r.names == std::vector<std::string>{"self-attention", "restricted", "recurrence",
                                              "convolution", "dilated"});
    CHECK(close(r.multiplications, c["multiplications"].vec(), 0.0));
    CHECK(close(r.sequential, c["sequential"].vec(), 0.0));
    CHECK(close(r.longest_path, c["longest_path"].vec(), 0.0));
    CHECK(close(r.connected, c["connected"].vec(), 0.0));
  }
}

TEST_CASE("layer_costs: the orders of table 1 hold", "[layer_costs][law]") {
  for (const std::size_t n : {2u, 5u, 16u}) {
    for (const std::size_t d : {1u, 3u, 8u}) {
      const double nn = static_cast<double>(n), dd = static_cast<double>(d);
      CHECK(multiplications(self_attention(n, d)) == 2.0 * nn * nn * dd);
      CHECK(multiplications(recurrence(n, d)) == (2.0 * nn - 1.0) * dd * dd);
      CHECK(multiplications(convolution(n, d, 1)) == nn * dd * dd);
      CHECK(projections(n, d) == 3.0 * nn * dd * dd);
      CHECK(sequential_steps(recurrence(n, d)) == n);
      CHECK(sequential_steps(self_attention(n, d)) == 1);
      CHECK(paths({self_attention(n, d)}).longest == 1);
      CHECK(paths({recurrence(n, d)}).longest == n);
    }
  }
}

TEST_CASE("layer_costs: a kernel as wide as the sequence on both sides reaches all at once",
          "[layer_costs][law]") {
  CHECK(paths({convolution(6, 2, 11)}).longest == 1);
  CHECK(paths({convolution(6, 2, 9)}).longest == 2);
}

TEST_CASE("layer_costs: of an even number of taps one more lies behind", "[layer_costs][law]") {
  std::vector<std::size_t> read_by_second;
  for (const Connection& c : convolution(4, 1, 4).connections) {
    if (c.to == 1) read_by_second.push_back(c.from);  // itself, one before, two after
  }
  CHECK(read_by_second == std::vector<std::size_t>{0, 1, 2, 3});
  CHECK(restricted_attention(3, 1, 2).connections[1].from == 1);  // the first reads the second
  CHECK(restricted_attention(3, 1, 2).connections.back().from == 2);
  CHECK(restricted_attention(3, 1, 2).connections.size() == 5);
}

TEST_CASE("layer_costs: a kernel of width 1 connects no two positions", "[layer_costs][law]") {
  const Paths found = paths({convolution(4, 2, 1)});
  CHECK(found.longest == 1);
  CHECK(found.connected == 4);
}

TEST_CASE("layer_costs: dilated kernels need as many layers as powers of k fit",
          "[layer_costs][law]") {
  // Two taps, one way: the layers 1, 2, 4, 8 carry 0 to 15.
  std::vector<Layer> stack;
  for (const std::size_t dilation : {1u, 2u, 4u, 8u}) {
    stack.push_back(convolution(16, 1, 2, dilation));
  }
  CHECK(paths(stack).longest == 4);
  CHECK(paths({stack.front()}).longest == 15);
}

TEST_CASE("layer_costs: nothing of 0 is counted", "[layer_costs][errors]") {
  for (const Config& config :
       {Config{0, 1, 1, 1}, Config{1, 0, 1, 1}, Config{1, 1, 0, 1}, Config{1, 1, 1, 0}}) {
    CHECK(message_of<std::invalid_argument>([&] { study(config); }) ==
          "n, d, k and r must be at least 1");
  }
}

}  // namespace attn::layer_costs
