#include "attn/mechanisms/layer_costs.hpp"

#include <algorithm>
#include <deque>
#include <limits>
#include <stdexcept>

namespace attn::layer_costs {
namespace {

constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// Counts the multiplications of a dot product of two vectors of width d, one by one.
std::size_t dot(std::size_t d) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < d; ++i) ++count;
  return count;
}

/// Of a (d, d) matrix with a vector: one dot product a row.
std::size_t matrix_vector(std::size_t d) {
  std::size_t count = 0;
  for (std::size_t row = 0; row < d; ++row) count += dot(d);
  return count;
}

/// Calls `visit` with each position that is `step` apart from `to` and lies in a window of `width`
/// positions.
template <class Visit>
void each_in_window(std::size_t to, std::size_t n, std::size_t width, std::size_t step,
                    Visit&& visit) {
  const std::size_t before = (width - 1) / 2;
  for (std::size_t tap = 0; tap < width; ++tap) {
    const std::size_t left = before * step, right = tap * step;
    if (to + right < left || to + right - left >= n) continue;  // beyond the ends
    visit(to + right - left);
  }
}

/// For each position those that read it, in the layer above and in its own.
struct Readers {
  explicit Readers(const Layer& layer) : above(layer.positions), within(layer.positions) {
    for (const Connection& c : layer.connections) {
      (c.within ? within : above)[c.from].push_back(c.to);
    }
  }
  std::vector<std::vector<std::size_t>> above, within;
};

/// A place in the stack: position of the output of layer `height`; height 0 is the input.
struct Place {
  std::size_t height, position, steps;
};

/// The shortest path from `input` to each output position, by breadth-first search through the
/// stack. Which layer an output stands in does not matter: the stack is as high as it must be.
std::vector<std::size_t> shortest_from(std::size_t input, const std::vector<Readers>& stack,
                                       std::size_t n) {
  std::vector<std::size_t> shortest(n, none);
  // Positions of layers that are the same need be visited in one of them only, the lowest.
  std::vector<std::vector<bool>> seen(stack.size(), std::vector<bool>(n, false));
  std::deque<Place> queue{{0, input, 0}};
  std::size_t missing = n;
  while (!queue.empty() && missing > 0) {
    const Place place = queue.front();
    queue.pop_front();
    const auto reach = [&](std::size_t height, std::size_t position) {
      std::vector<bool>& seen_there = seen[(height - 1) % stack.size()];
      if (seen_there[position]) return;
      seen_there[position] = true;
      if (shortest[position] == none) {
        shortest[position] = place.steps + 1;
        --missing;
      }
      queue.push_back({height, position, place.steps + 1});
    };
    const Readers& next = stack[place.height % stack.size()];
    for (const std::size_t to : next.above[place.position]) reach(place.height + 1, to);
    if (place.height == 0) continue;
    const Readers& own = stack[(place.height - 1) % stack.size()];
    for (const std::size_t to : own.within[place.position]) reach(place.height, to);
  }
  return shortest;
}

}  // namespace

Layer self_attention(std::size_t n, std::size_t d) {
  Layer layer{"self-attention", n, {}};
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      layer.connections.push_back({j, i, false, dot(d) + dot(d)});  // q_i . k_j, and a_ij v_j
    }
  }
  return layer;
}

Layer restricted_attention(std::size_t n, std::size_t d, std::size_t r) {
  Layer layer{"restricted", n, {}};
  for (std::size_t i = 0; i < n; ++i) {
    each_in_window(i, n, r, 1, [&](std::size_t j) {
      layer.connections.push_back({j, i, false, dot(d) + dot(d)});
    });
  }
  return layer;
}

Layer recurrence(std::size_t n, std::size_t d) {
  Layer layer{"recurrence", n, {}};
  const std::size_t each = matrix_vector(d);
  for (std::size_t t = 0; t < n; ++t) {
    layer.connections.push_back({t, t, false, each});                // W x_t
    if (t > 0) layer.connections.push_back({t - 1, t, true, each});  // U h_{t-1}
  }
  return layer;
}

Layer convolution(std::size_t n, std::size_t d, std::size_t k, std::size_t dilation) {
  Layer layer{dilation == 1 ? "convolution" : "dilated", n, {}};
  const std::size_t each = matrix_vector(d);
  for (std::size_t t = 0; t < n; ++t) {
    each_in_window(t, n, k, dilation, [&](std::size_t from) {
      layer.connections.push_back({from, t, false, each});
    });
  }
  return layer;
}

double multiplications(const Layer& layer) {
  double sum = 0.0;
  for (const Connection& c : layer.connections) sum += static_cast<double>(c.multiplications);
  return sum;
}

std::size_t sequential_steps(const Layer& layer) {
  // Connections within a layer lead to later positions, and come in their order.
  std::vector<std::size_t> chain(layer.positions, 1);
  for (const Connection& c : layer.connections) {
    if (c.within) chain[c.to] = std::max(chain[c.to], chain[c.from] + 1);
  }
  return layer.positions == 0 ? 0 : *std::max_element(chain.begin(), chain.end());
}

Paths paths(const std::vector<Layer>& stack) {
  std::vector<Readers> readers;
  for (const Layer& layer : stack) readers.emplace_back(layer);
  const std::size_t n = stack.front().positions;
  Paths found;
  for (std::size_t input = 0; input < n; ++input) {
    for (const std::size_t length : shortest_from(input, readers, n)) {
      if (length == none) continue;
      ++found.connected;
      found.longest = std::max(found.longest, length);
    }
  }
  return found;
}

Result study(const Config& config) {
  const auto [n, d, k, r] = config;
  if (std::min({n, d, k, r}) == 0) throw std::invalid_argument("n, d, k and r must be at least 1");
  std::vector<Layer> dilated{convolution(n, d, k)};
  for (std::size_t dilation = k; k > 1 && dilation < n; dilation *= k) {
    dilated.push_back(convolution(n, d, k, dilation));
  }
  dilated.front().name = "dilated";
  const std::vector<std::vector<Layer>> stacks{{self_attention(n, d)},
                                               {restricted_attention(n, d, r)},
                                               {recurrence(n, d)},
                                               {convolution(n, d, k)},
                                               dilated};
  Result result;
  for (Vec* column :
       {&result.multiplications, &result.sequential, &result.longest_path, &result.connected}) {
    *column = zeros(stacks.size());
  }
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    const Layer& layer = stacks[i].front();
    const Paths found = paths(stacks[i]);
    result.names.push_back(layer.name);
    result.multiplications(i) = multiplications(layer);
    result.sequential(i) = static_cast<double>(sequential_steps(layer));
    result.longest_path(i) = static_cast<double>(found.longest);
    result.connected(i) = static_cast<double>(found.connected);
  }
  return result;
}

double projections(std::size_t n, std::size_t d) {
  const double each = static_cast<double>(matrix_vector(d));
  double count = 0.0;
  for (std::size_t position = 0; position < n; ++position) count += each + each + each;
  return count;
}

}  // namespace attn::layer_costs
