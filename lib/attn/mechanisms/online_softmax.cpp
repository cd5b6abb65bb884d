#include "attn/mechanisms/online_softmax.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "attn/core/exp.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/norms.hpp"
#include "attn/core/ops.hpp"
#include "attn/mechanisms/inputs.hpp"
#include "attn/mechanisms/mask.hpp"
#include "attn/mechanisms/softcap.hpp"

namespace attn::online_softmax {
namespace {

constexpr double inf = std::numeric_limits<double>::infinity();

/// A rule, worked out: query i sees the first reach[i] keys, and of these the ones that mask and
/// bias allow.
struct Sight {
  std::vector<std::size_t> reach;
  const Rule& rule;
};

Sight sight_of(const Rule& rule, std::size_t Tq, std::size_t Tk) {
  const std::vector<std::size_t>& lens = rule.valid_lens;
  if (rule.mask) expect_mask(*rule.mask, Tq, Tk);
  if (!lens.empty()) mask::expect_lengths(lens, Tq, Tk);
  if (rule.bias) {
    expect_shape("bias", shape_of(*rule.bias), {Tq, Tk}, "Tq,Tk", "one entry for each score");
  }
  Sight sight{std::vector<std::size_t>(Tq, Tk), rule};
  for (std::size_t i = 0; i < Tq; ++i) {
    std::size_t& reach = sight.reach[i];
    if (rule.causal) reach = mask::causal_reach(i, rule.offset, Tk);
    if (!lens.empty()) reach = std::min(reach, lens.size() == 1 ? lens[0] : lens[i]);
  }
  return sight;
}

void expect_inputs(const Mat& queries, const Mat& keys, const Mat& values, const Blocks& blocks) {
  expect_equal_widths(queries, keys);
  expect_values(values, rows(keys));
  if (blocks.queries > 0 && blocks.keys > 0) return;
  throw ShapeError("blocks of " + std::to_string(blocks.queries) + " queries and " +
                   std::to_string(blocks.keys) + " keys: expected at least one of each");
}

/// Some queries and some keys, from `q` and `k` on.
struct Block {
  std::size_t q, n_q, k, n_k;
};

/// Goes over all blocks in which any query sees a key, all keys of some queries before the next
/// queries.
template <class Visit>
void for_each_block(std::size_t Tq, const Sight& sight, const Blocks& blocks, Visit&& visit) {
  for (std::size_t q = 0; q < Tq; q += blocks.queries) {
    const std::size_t n_q = std::min(blocks.queries, Tq - q);
    const auto reach = sight.reach.begin() + static_cast<std::ptrdiff_t>(q);
    const std::size_t end = *std::max_element(reach, reach + static_cast<std::ptrdiff_t>(n_q));
    for (std::size_t k = 0; k < end; k += blocks.keys) {
      visit(Block{q, n_q, k, std::min(blocks.keys, end - k)});
    }
  }
}

/// Memory for the scores of one block, which each block uses again.
Mat block_buffer(std::size_t Tq, std::size_t Tk, const Blocks& blocks) {
  return Mat(Mat::shape_type{std::min(blocks.queries, Tq), std::min(blocks.keys, Tk)});
}

/// The scores of query i that are seen in this block, capped and with the bias: the first of its
/// row, -inf where the mask hides a key. What is beyond gets a weight of 0.
std::span<double> seen(const Sight& sight, const Block& at, std::size_t i, RowsBuffer scores) {
  const std::span<double> row = scores.row(i - at.q);
  const std::size_t reach = sight.reach[i];
  const std::size_t n = std::min(reach > at.k ? reach - at.k : 0, at.n_k);
  std::fill(row.begin() + static_cast<std::ptrdiff_t>(n), row.end(), 0.0);
  const Rule& rule = sight.rule;
  for (std::size_t j = 0; rule.softcap && j < n; ++j) {
    row[j] = softcap::capped(row[j], *rule.softcap);
  }
  for (std::size_t j = 0; rule.bias && j < n; ++j) row[j] += (*rule.bias)(i, at.k + j);
  for (std::size_t j = 0; rule.mask && j < n; ++j) {
    if (!(*rule.mask)(i, at.k + j)) row[j] = -inf;
  }
  return row.first(n);
}

void multiply(std::span<double> x, double factor) {
  for (double& entry : x) entry *= factor;
}

/// Takes more scores of query i into its maximum and sums, and makes them exp(s - maximum); but 0
/// at the leading key, which f.sums and f.beyond leave out until the end: what the others add up to
/// is not to be lost beside its 1.
void absorb(Forward& f, std::size_t i, std::span<double> scores, std::size_t first_key,
            const Mat& values) {
  const double before = f.maxima(i);
  const double here = largest(scores);
  const double now = here <= before ? before : here;  // also when it is NaN
  if (now == -inf) {                                  // nothing has been seen yet
    std::fill(scores.begin(), scores.end(), 0.0);
    return;
  }
  if (now == before) {
    f.sums(i) += exp_shifted(scores, now, scores);
    return;
  }
  const std::span<double> others = rows_of(f.beyond, i, 1).row(0);
  if (before != -inf) {  // the key that led until now becomes one of the others
    const double shrink = std::exp(before - now);  // what was summed before was exp(s - before)
    f.sums(i) = shrink * (f.sums(i) + 1.0);
    for (std::size_t d = 0; d < others.size(); ++d) {
      others[d] = shrink * (others[d] + values(f.leading[i], d));
    }
  }
  const auto lead = std::find_if(scores.begin(), scores.end(), [&](double s) { return s == now; });
  const auto at = static_cast<std::size_t>(lead - scores.begin());
  f.maxima(i) = now;
  f.leading[i] = first_key + (at < scores.size() ? at : 0);
  f.sums(i) += now - now;  // 0, or NaN where no weight is a number
  if (at < scores.size()) scores[at] = -inf;
  f.sums(i) += exp_shifted(scores, now, scores);
}

/// Puts the leading key's value and its weight of 1, so far left out, to what the others add up to.
void complete(Forward& f, std::size_t i, const Mat& values) {
  if (f.maxima(i) == -inf) return;
  const double others = f.sums(i);
  f.sums(i) = others + 1.0;
  const double share = 1.0 / f.sums(i);
  for (std::size_t d = 0; d < cols(values); ++d) {
    const double v = values(f.leading[i], d), sum = f.beyond(i, d);
    f.context(i, d) = (sum + v) * share;
    f.beyond(i, d) = (sum - others * v) * share;
  }
}

/// Makes the scores of a block the weights that they had, a_ij = exp(s_ij - m_i) / l_i.
void make_weights(const Forward& forward, const Sight& sight, const Block& at, RowsBuffer scores) {
  for (std::size_t i = at.q; i < at.q + at.n_q; ++i) {
    const std::span<double> row = seen(sight, at, i, scores);
    if (forward.maxima(i) == -inf) {
      std::fill(row.begin(), row.end(), 0.0);
      continue;
    }
    exp_shifted(row, forward.maxima(i), row);
    multiply(row, 1.0 / forward.sums(i));
  }
}

/// d_weights becomes the gradient of the scores, a_ij (dA_ij - D_i), with both measured from dA of
/// the leading key: dA_ij - D_i = (dA_ij - dA_i,leading) - dc_i . (c_i - v_leading). Where one
/// weight is almost 1, D_i is its dA to the last bit, and their difference would be rounding alone.
void softmax_backward(RowsView weights, const Forward& forward, const Vec& d_leading,
                      const Vec& rest, const Block& at, RowsBuffer d_weights) {
  for (std::size_t i = 0; i < at.n_q; ++i) {
    const std::span<const double> a = weights.row(i);
    const std::span<double> d = d_weights.row(i);
    const std::size_t leading = forward.leading[at.q + i];
    if (at.k <= leading && leading < at.k + at.n_k) d[leading - at.k] = d_leading(at.q + i);
    for (std::size_t j = 0; j < at.n_k; ++j) {
      d[j] = a[j] * ((d[j] - d_leading(at.q + i)) - rest(at.q + i));
    }
  }
}

/// Where the scores were capped: 1/cosh of each scaled score by the cap, whose square is the slope.
void keep_slopes(const Rule& rule, RowsView scaled, const Block& at, RowsBuffer slopes) {
  for (std::size_t i = 0; rule.softcap && i < at.n_q; ++i) {
    for (std::size_t j = 0; j < at.n_k; ++j) {
      slopes.row(i)[j] = 1.0 / std::cosh(scaled.row(i)[j] / *rule.softcap);
    }
  }
}

/// d, the gradient of the capped scores and of what was added to them, goes to the bias, and
/// becomes the gradient of the scaled scores.
void cap_backward(const Rule& rule, RowsView slopes, const Block& at, RowsBuffer d, Mat& d_bias) {
  for (std::size_t i = 0; i < at.n_q; ++i) {
    const std::span<double> row = d.row(i);
    for (std::size_t j = 0; rule.bias && j < at.n_k; ++j) d_bias(at.q + i, at.k + j) = row[j];
    for (std::size_t j = 0; rule.softcap && j < at.n_k; ++j) {
      row[j] = row[j] * slopes.row(i)[j] * slopes.row(i)[j];
    }
  }
}

/// dA_i,leading = dc_i . v_leading, for each query.
Vec leading_gradients(const Forward& forward, const Mat& values, const Mat& d_context) {
  Vec d_leading = zeros(rows(d_context));
  for (std::size_t i = 0; i < rows(d_context); ++i) {
    for (std::size_t d = 0; d < cols(values); ++d) {
      d_leading(i) += d_context(i, d) * values(forward.leading[i], d);
    }
  }
  return d_leading;
}

}  // namespace

Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Rule& rule,
                double scale, const Blocks& blocks) {
  expect_inputs(queries, keys, values, blocks);
  const std::size_t Tq = rows(queries);
  // What is summed before it is divided is up to Tk values: smaller ones, if they are so large.
  const double room = std::numeric_limits<double>::max() / (2.0 * static_cast<double>(rows(keys)));
  const double most = largest_size({values.data(), values.size()});
  if (most > room && most < inf) {
    const double factor = unit_factor(most);
    const Mat smaller = factor * values;
    Forward f = forward(queries, keys, smaller, rule, scale, blocks);
    f.context /= factor;
    f.beyond /= factor;
    return f;
  }
  const Sight sight = sight_of(rule, Tq, rows(keys));
  Forward f;
  f.maxima = Vec(Vec::shape_type{Tq}, -inf);
  f.sums = zeros(Tq);
  f.context = zeros(Tq, cols(values));
  f.leading.assign(Tq, 0);
  f.beyond = zeros(Tq, cols(values));
  Mat buffer = block_buffer(Tq, rows(keys), blocks);
  for_each_block(Tq, sight, blocks, [&](const Block& at) {
    const RowsBuffer scores{buffer.data(), at.n_q, at.n_k};
    // scale Q K^T, eq. (1), for this block
    matmul_nt_into(scale, rows_of(queries, at.q, at.n_q), rows_of(keys, at.k, at.n_k), scores);
    for (std::size_t i = at.q; i < at.q + at.n_q; ++i) {
      absorb(f, i, seen(sight, at, i, scores), at.k, values);
    }
    // which now are exp(s_ij - m_i): sum_j exp(s_ij - m_i) v_j
    add_matmul(scores, rows_of(values, at.k, at.n_k), rows_of(f.beyond, at.q, at.n_q));
  });
  for (std::size_t i = 0; i < Tq; ++i) complete(f, i, values);
  return f;
}

Backward backward(const Mat& queries, const Mat& keys, const Mat& values, const Rule& rule,
                  double scale, const Forward& forward, const Mat& d_context,
                  const Blocks& blocks) {
  expect_inputs(queries, keys, values, blocks);
  expect_d_context(d_context, forward.context);
  const std::size_t Tq = rows(queries);
  const Sight sight = sight_of(rule, Tq, rows(keys));
  Backward b;
  // the mean of dL/dweights under the weights, which the softmax's gradient needs, is
  // sum_j a_ij dc_i . v_j = dc_i . c_i
  b.means = row_products(d_context, forward.context);
  const Vec d_leading = leading_gradients(forward, values, d_context);
  const Vec rest = row_products(d_context, forward.beyond);
  b.d_values = zeros(rows(values), cols(values));
  b.d_queries = zeros(Tq, cols(queries));
  b.d_keys = zeros(rows(keys), cols(keys));
  if (rule.bias) b.d_bias = zeros(Tq, rows(keys));
  Mat weights_buffer = block_buffer(Tq, rows(keys), blocks), d_buffer = weights_buffer;
  Mat slopes_buffer = rule.softcap ? weights_buffer : Mat();
  for_each_block(Tq, sight, blocks, [&](const Block& at) {
    const RowsView q = rows_of(queries, at.q, at.n_q), k = rows_of(keys, at.k, at.n_k);
    const RowsView v = rows_of(values, at.k, at.n_k), d_c = rows_of(d_context, at.q, at.n_q);
    const RowsBuffer weights{weights_buffer.data(), at.n_q, at.n_k};
    const RowsBuffer d{d_buffer.data(), at.n_q, at.n_k};
    const RowsBuffer slopes{slopes_buffer.data(), at.n_q, at.n_k};
    matmul_nt_into(scale, q, k, weights);
    keep_slopes(rule, weights, at, slopes);
    make_weights(forward, sight, at, weights);
    // forward was: context = weights values
    add_matmul_tn(weights, d_c, rows_of(b.d_values, at.k, at.n_k));
    matmul_nt_into(1.0, d_c, v, d);
    // forward was: weights = softmax(scaled)
    softmax_backward(weights, forward, d_leading, rest, at, d);
    // forward was: c tanh(scaled / c) + bias, if there is a cap or a bias
    cap_backward(rule, slopes, at, d, b.d_bias);
    // forward was: scaled = scale * queries keys^T; the scale comes at the end
    add_matmul(d, k, rows_of(b.d_queries, at.q, at.n_q));
    add_matmul_tn(d, q, rows_of(b.d_keys, at.k, at.n_k));
  });
  b.d_queries *= scale;
  b.d_keys *= scale;
  return b;
}

}  // namespace attn::online_softmax
