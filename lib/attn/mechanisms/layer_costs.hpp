/// What a layer costs, and how far a signal travels in it: self-attention against recurrence and
/// convolution. Vaswani et al., "Attention Is All You Need", arXiv:1706.03762v7, section 4 and
/// table 1.
///
/// Nothing is put into a formula. A layer is the list of its connections, which of its positions
/// reads which, each with the multiplications that it takes; these are added up, and paths are
/// found by breadth-first search.
/// Axes: layers that are compared; n positions, d width, k width of the kernel, r positions that
/// restricted attention sees.
#pragma once

#include <string>
#include <vector>

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::layer_costs {

/// A position of the layer reads a position: of the layer's input, or of the layer itself (the
/// state before).
struct Connection {
  std::size_t from = 0, to = 0;
  bool within = false;              ///< from a position of the same layer
  std::size_t multiplications = 0;  ///< of matrix products, that this connection takes
};

struct Layer {
  std::string name;
  std::size_t positions = 0;
  std::vector<Connection> connections;
};

/// Two d-vectors are multiplied for the score, and the value with its weight: the projections
/// before it are not counted, as in table 1.
Layer self_attention(std::size_t n, std::size_t d);

/// Each position sees the r positions around it, (r - 1) / 2 of them before it.
Layer restricted_attention(std::size_t n, std::size_t d, std::size_t r);

/// W x_t and U h_{t-1}, each with a (d, d) matrix; h_0 is 0 and takes none.
Layer recurrence(std::size_t n, std::size_t d);

/// A (d, d) matrix for each of the k positions under the kernel, (k - 1) / 2 of them before it,
/// `dilation` apart. Those beyond the ends are 0 and take none.
Layer convolution(std::size_t n, std::size_t d, std::size_t k, std::size_t dilation = 1);

/// Of all connections.
double multiplications(const Layer& layer);

/// Positions of the layer of which each needs the one before: the longest chain within the layer.
std::size_t sequential_steps(const Layer& layer);

/// In a stack of layers: these from the first to the last, and again from the first.
struct Paths {
  std::size_t longest = 0;  ///< the most connections on a shortest path from an input to an output
  std::size_t connected = 0;  ///< pairs (input, output) that have a path at all
};
Paths paths(const std::vector<Layer>& stack);

struct Config {
  std::size_t n = 1, d = 1, k = 3, r = 3;  ///< each at least 1
};

/// Self-attention, restricted self-attention, recurrence, convolution, dilated convolution (with
/// dilations 1, k, k^2, ... below n, from layer to layer).
struct Result {
  std::vector<std::string> names;
  Vec multiplications;  // (layers)
  Vec sequential;       // (layers)
  Vec longest_path;     // (layers)
  Vec connected;        // (layers), pairs of an input and an output that have a path at all
};

/// \throws std::invalid_argument if a number of the config is 0.
Result study(const Config& config);

/// Of Q, K and V for n positions, each with a (d, d) matrix: what table 1 leaves out.
double projections(std::size_t n, std::size_t d);

}  // namespace attn::layer_costs
