/// Library functions as a student writes them by hand, with a slip. tests/mutation/mutants.py puts
/// their calls in place of those of the library.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "attn/core/heads.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/row_statistics.hpp"
#include "attn/core/softmax.hpp"
#include "attn/core/vectors.hpp"

namespace attn::slip {

inline constexpr double inf = std::numeric_limits<double>::infinity();

template <class T>
std::size_t width_of(const T& t) {
  return t.shape().back();
}

/// For each row (or column, of each matrix) the entries by number.
template <class T, class Do>
void for_each_row(const T& t, Do&& act) {
  const std::size_t n = width_of(t);
  for (std::size_t r = 0; n > 0 && r < t.size() / n; ++r) act(r * n, n);
}

// Softmax

template <class E>
requires TensorExpression<E> Evaluated<E> softmax_unguarded(const E& e) {
  Evaluated<E> s = e;
  for_each_row(s, [&](std::size_t at, std::size_t n) {
    double most = -inf, sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) most = std::max(most, s.data()[at + j]);
    for (std::size_t j = 0; j < n; ++j) sum += s.data()[at + j] = std::exp(s.data()[at + j] - most);
    for (std::size_t j = 0; j < n; ++j) s.data()[at + j] /= sum;
  });
  return s;
}

template <class E>
requires TensorExpression<E> Evaluated<E> softmax_overflowing(const E& e) {
  Evaluated<E> s = e;
  for_each_row(s, [&](std::size_t at, std::size_t n) {
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) sum += s.data()[at + j] = std::exp(s.data()[at + j]);
    for (std::size_t j = 0; j < n && sum > 0.0; ++j) s.data()[at + j] /= sum;
  });
  return s;
}

/// The largest is looked for among those after the first, or is at least 0.
template <class E>
requires TensorExpression<E> Evaluated<E> softmax_from_zero(const E& e) {
  Evaluated<E> s = e;
  for_each_row(s, [&](std::size_t at, std::size_t n) {
    double most = 0.0, sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) most = std::max(most, s.data()[at + j]);
    for (std::size_t j = 0; j < n; ++j) sum += s.data()[at + j] = std::exp(s.data()[at + j] - most);
    for (std::size_t j = 0; j < n && sum > 0.0; ++j) s.data()[at + j] /= sum;
  });
  return s;
}

/// A row of which nothing is seen gets equal weights.
template <class E>
requires TensorExpression<E> Evaluated<E> softmax_uniform(const E& e) {
  Evaluated<E> s = attn::softmax(e);
  for_each_row(s, [&](std::size_t at, std::size_t n) {
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) sum += s.data()[at + j];
    for (std::size_t j = 0; j < n && sum == 0.0; ++j) s.data()[at + j] = 1.0 / double(n);
  });
  return s;
}

template <class E>
requires TensorExpression<E> Evaluated<E> softmax_over_all(const E& e) {
  Evaluated<E> s = e;
  double sum = 0.0;
  for (double& x : s) sum += x = std::exp(x);
  for (double& x : s) x /= sum;
  return s;
}

template <class E>
requires TensorExpression<E> Evaluated<E> shares(const E& e) {
  Evaluated<E> s = e;
  for_each_row(s, [&](std::size_t at, std::size_t n) {
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) sum += s.data()[at + j];
    for (std::size_t j = 0; j < n; ++j) s.data()[at + j] /= sum;
  });
  return s;
}

inline Mat softmax_columns(const Mat& s) { return transpose(attn::softmax(transpose(s))); }
inline Ten3 softmax_columns(const Ten3& s) {
  Ten3 w = s;
  const std::size_t m = s.shape(1), n = s.shape(2);
  for (std::size_t h = 0; h < s.shape(0); ++h) {
    const Mat one = softmax_columns(head(s, h));
    std::copy(one.begin(), one.end(), w.data() + h * m * n);
  }
  return w;
}

/// m_i in d_ij = a_ij (da_ij - m_i) taken otherwise.
template <class T, class Mean>
T softmax_backward_with(const T& a, const T& d, Mean&& mean) {
  T out = d;
  for_each_row(d, [&](std::size_t at, std::size_t n) {
    const double m = mean(a.data() + at, d.data() + at, n);
    for (std::size_t j = 0; j < n; ++j)
      out.data()[at + j] = a.data()[at + j] * (d.data()[at + j] - m);
  });
  return out;
}
template <class T>
T softmax_backward_diagonal(const T& a, const T& d) {
  return softmax_backward_with(a, d, [](auto, auto, std::size_t) { return 0.0; });
}
template <class T>
T softmax_backward_plain_mean(const T& a, const T& d) {
  return softmax_backward_with(a, d, [](auto, const double* x, std::size_t n) {
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) sum += x[j];
    return sum / double(n);
  });
}
template <class T>
T softmax_backward_sum(const T& a, const T& d) {
  return softmax_backward_with(a, d, [](auto, const double* x, std::size_t n) {
    double sum = 0.0;
    for (std::size_t j = 0; j < n; ++j) sum += x[j];
    return sum;
  });
}
/// a_ij (1 - a_ij) da_ij, the diagonal of the Jacobian
template <class T>
T softmax_backward_jacobian_diagonal(const T& a, const T& d) {
  T out = d;
  for (std::size_t i = 0; i < d.size(); ++i) out.data()[i] *= a.data()[i] * (1.0 - a.data()[i]);
  return out;
}
template <class T>
T softmax_backward_not_weighted(const T& a, const T& d) {
  T out = d;
  for_each_row(d, [&](std::size_t at, std::size_t n) {
    double m = 0.0;
    for (std::size_t j = 0; j < n; ++j) m += a.data()[at + j] * d.data()[at + j];
    for (std::size_t j = 0; j < n; ++j) out.data()[at + j] -= m;
  });
  return out;
}
inline Mat softmax_backward_columns(const Mat& a, const Mat& d) {
  return transpose(attn::softmax_backward(transpose(a), transpose(d)));
}

// Masks

template <class T, class Hide>
T hidden_where(const T& s, double as, Hide&& hide) {
  T out = s;
  const std::size_t n = width_of(s);
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (hide(i / n, i % n)) out.data()[i] = as;
  }
  return out;
}
template <class T>
T mask_zero(const T& s, const Mask& m) {
  return hidden_where(s, 0.0, [&](std::size_t i, std::size_t j) { return !m(i % m.shape(0), j); });
}
template <class T>
T mask_1e9(const T& s, const Mask& m) {
  return hidden_where(s, -1e9, [&](std::size_t i, std::size_t j) { return !m(i % m.shape(0), j); });
}
template <class T>
T mask_minus_1e9_added(const T& s, const Mask& m) {
  T out = s;
  const std::size_t n = width_of(s);
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (!m((i / n) % m.shape(0), i % n)) out.data()[i] -= 1e9;
  }
  return out;
}
template <class T>
T mask_inverted(const T& s, const Mask& m) {
  return hidden_where(s, -inf, [&](std::size_t i, std::size_t j) { return m(i % m.shape(0), j); });
}
template <class T>
T mask_causal(const T& s, const Mask& m) {
  return hidden_where(s, -inf, [&](std::size_t i, std::size_t j) { return j > i % m.shape(0); });
}
template <class T>
T mask_causal_strict(const T& s, const Mask& m) {
  return hidden_where(s, -inf, [&](std::size_t i, std::size_t j) { return j >= i % m.shape(0); });
}
template <class T>
T mask_first_row(const T& s, const Mask& m) {
  return hidden_where(s, -inf, [&](std::size_t, std::size_t j) { return !m(0, j); });
}
template <class T>
T mask_first_column(const T& s, const Mask& m) {
  return hidden_where(s, -inf, [&](std::size_t i, std::size_t) { return !m(i % m.shape(0), 0); });
}
template <class T>
T mask_shifted(const T& s, const Mask& m) {
  return hidden_where(
      s, -inf, [&](std::size_t i, std::size_t j) { return j > 0 && !m(i % m.shape(0), j - 1); });
}
template <class T>
T mask_transposed(const T& s, const Mask& m) {
  return hidden_where(s, -inf, [&](std::size_t i, std::size_t j) {
    i %= m.shape(0);
    return j < m.shape(0) && i < m.shape(1) && !m(j, i);
  });
}
/// A row that sees nothing is left as it is.
template <class T>
T mask_but_empty_rows(const T& s, const Mask& m) {
  return hidden_where(s, -inf, [&](std::size_t i, std::size_t j) {
    i %= m.shape(0);
    bool any = false;
    for (std::size_t k = 0; k < m.shape(1); ++k) any |= m(i, k);
    return any && !m(i, j);
  });
}

// Products

/// From row `from`, without the last `less` of the axis that is summed over.
inline Mat part(const Mat& a, std::size_t r0, std::size_t r1, std::size_t c0, std::size_t c1) {
  Mat out = zeros(r1 - r0, c1 - c0);
  for (std::size_t i = r0; i < r1; ++i)
    for (std::size_t j = c0; j < c1; ++j) out(i - r0, j - c0) = a(i, j);
  return out;
}
inline Mat matmul_less_first(const Mat& a, const Mat& b) {
  return matmul(part(a, 0, rows(a), 1, cols(a)), part(b, 1, rows(b), 0, cols(b)));
}
inline Mat matmul_less_last(const Mat& a, const Mat& b) {
  return matmul(part(a, 0, rows(a), 0, cols(a) - 1), part(b, 0, rows(b) - 1, 0, cols(b)));
}
inline Mat matmul_nt_less_first(const Mat& a, const Mat& b) {
  return matmul_nt(part(a, 0, rows(a), 1, cols(a)), part(b, 0, rows(b), 1, cols(b)));
}
inline Mat matmul_nt_less_last(const Mat& a, const Mat& b) {
  return matmul_nt(part(a, 0, rows(a), 0, cols(a) - 1), part(b, 0, rows(b), 0, cols(b) - 1));
}
inline Mat matmul_tn_less_first(const Mat& a, const Mat& b) {
  return matmul_tn(part(a, 1, rows(a), 0, cols(a)), part(b, 1, rows(b), 0, cols(b)));
}
inline Mat matmul_tn_less_last(const Mat& a, const Mat& b) {
  return matmul_tn(part(a, 0, rows(a) - 1, 0, cols(a)), part(b, 0, rows(b) - 1, 0, cols(b)));
}
inline Vec matvec_less_last(const Mat& a, const Vec& x) {
  return matvec(part(a, 0, rows(a), 0, cols(a) - 1), first_entries(x, x.size() - 1));
}
inline Vec matvec_less_first(const Mat& a, const Vec& x) {
  return matvec(part(a, 0, rows(a), 1, cols(a)), last_entries(x, x.size() - 1));
}

// Sums and norms

inline Vec mean_of_rows(const Mat& a) { return sum_of_rows(a) / double(rows(a)); }
inline Vec sum_of_rows_less_first(const Mat& a) {
  return sum_of_rows(part(a, 1, rows(a), 0, cols(a)));
}
inline Vec sum_of_rows_less_last(const Mat& a) {
  return sum_of_rows(part(a, 0, rows(a) - 1, 0, cols(a)));
}
inline Vec last_row(const Mat& a) { return row(a, rows(a) - 1); }
inline Vec first_row(const Mat& a) { return row(a, 0); }
inline Vec greatest_of_rows(const Mat& a) {
  Vec v = row(a, 0);
  for (std::size_t i = 0; i < rows(a); ++i)
    for (std::size_t j = 0; j < cols(a); ++j) v(j) = std::max(v(j), a(i, j));
  return v;
}
inline Vec sum_of_columns(const Mat& a) { return sum_of_rows(transpose(a)); }
inline Vec row_squares(const Mat& a) { return row_products(a, a); }
inline Vec row_sizes(const Mat& a) {
  Vec v = zeros(rows(a));
  for (std::size_t i = 0; i < rows(a); ++i)
    for (std::size_t j = 0; j < cols(a); ++j) v(i) += std::abs(a(i, j));
  return v;
}
inline Vec row_rms(const Mat& a) { return row_norms(a) / std::sqrt(double(cols(a))); }
inline Vec row_norms_at_least(const Mat& a) {
  Vec v = row_norms(a);
  for (double& x : v) x = std::max(x, 1e-8);
  return v;
}
inline Vec row_sums(const Mat& a) { return sum_of_columns(a); }
inline Vec row_greatest(const Mat& a) { return greatest_of_rows(transpose(a)); }
inline Vec row_variances_unbiased(const Mat& a, const Vec& m) {
  return row_variances(a, m) * (double(cols(a)) / double(cols(a) - 1));
}
inline Vec row_variances_about_zero(const Mat& a, const Vec& m) {
  return row_variances(a, 0.0 * m);
}
inline Vec row_variances_summed(const Mat& a, const Vec& m) {
  return row_variances(a, m) * double(cols(a));
}
inline Vec row_deviations(const Mat& a, const Vec& m) {
  Vec v = row_variances(a, m);
  for (double& x : v) x = std::sqrt(x);
  return v;
}
inline Vec inverse_deviations_epsilon_outside(const Vec& v, double epsilon) {
  Vec out = v;
  for (double& x : out) x = 1.0 / (std::sqrt(x) + epsilon);
  return out;
}
inline Vec inverse_deviations_no_epsilon(const Vec& v, double) {
  Vec out = v;
  for (double& x : out) x = 1.0 / std::sqrt(x);
  return out;
}
inline Vec inverse_variances(const Vec& v, double epsilon) {
  Vec out = v;
  for (double& x : out) x = 1.0 / (x + epsilon);
  return out;
}
inline Vec deviations(const Vec& v, double epsilon) {
  Vec out = v;
  for (double& x : out) x = std::sqrt(x + epsilon);
  return out;
}
inline double inner_product_mean(const Mat& a, const Mat& b) {
  return inner_product(a, b) / double(a.size());
}
inline Mat true_distances(const Mat& a, const Mat& b) {
  Mat d = squared_distances(a, b);
  for (double& x : d) x = std::sqrt(x);
  return d;
}
inline Mat city_distances(const Mat& a, const Mat& b) {
  Mat d = zeros(rows(a), rows(b));
  for (std::size_t i = 0; i < rows(a); ++i)
    for (std::size_t j = 0; j < rows(b); ++j)
      for (std::size_t c = 0; c < cols(a); ++c) d(i, j) += std::abs(a(i, c) - b(j, c));
  return d;
}
inline Mat cumulative_before(const Mat& a) {
  Mat c = zeros(rows(a), cols(a));
  for (std::size_t i = 0; i < rows(a); ++i)
    for (std::size_t j = 1; j < cols(a); ++j) c(i, j) = c(i, j - 1) + a(i, j - 1);
  return c;
}
inline Mat cumulative_from_end(const Mat& a) {
  Mat c = a;
  for (std::size_t i = 0; i < rows(a); ++i)
    for (std::size_t j = cols(a) - 1; j-- > 0;) c(i, j) += c(i, j + 1);
  return c;
}
inline Mat cumulative_down(const Mat& a) {
  Mat c = a;
  for (std::size_t i = 1; i < rows(a); ++i)
    for (std::size_t j = 0; j < cols(a); ++j) c(i, j) += c(i - 1, j);
  return c;
}
inline Mat cumulative_running_on(const Mat& a) {
  Mat c = a;
  for (std::size_t i = 1; i < a.size(); ++i) c.data()[i] += c.data()[i - 1];
  return c;
}

// Heads

/// Head h has every H-th column.
inline Ten3 split_interleaved(const Mat& x, std::size_t H) {
  const std::size_t T = rows(x), d = cols(x) / H;
  Ten3 out = zeros(H, T, d);
  for (std::size_t h = 0; h < H; ++h)
    for (std::size_t t = 0; t < T; ++t)
      for (std::size_t c = 0; c < d; ++c) out(h, t, c) = x(t, c * H + h);
  return out;
}
/// The numbers in their order in memory, in another shape.
inline Ten3 split_reshaped(const Mat& x, std::size_t H) {
  Ten3 out = zeros(H, rows(x), cols(x) / H);
  std::copy(x.begin(), x.end(), out.data());
  return out;
}
inline Mat merge_interleaved(const Ten3& x) {
  const std::size_t H = x.shape(0), T = x.shape(1), d = x.shape(2);
  Mat out = zeros(T, H * d);
  for (std::size_t h = 0; h < H; ++h)
    for (std::size_t t = 0; t < T; ++t)
      for (std::size_t c = 0; c < d; ++c) out(t, c * H + h) = x(h, t, c);
  return out;
}
inline Mat merge_reshaped(const Ten3& x) {
  Mat out = zeros(x.shape(1), x.shape(0) * x.shape(2));
  std::copy(x.begin(), x.end(), out.data());
  return out;
}

// Nonlinearities at their kinks

template <class T>
T relu_backward_at_zero(const T& x, const T& d) {
  T out = d;
  for (std::size_t i = 0; i < x.size(); ++i) out.data()[i] = x.data()[i] < 0.0 ? 0.0 : d.data()[i];
  return out;
}
template <class T>
T relu_backward_half(const T& x, const T& d) {
  T out = d;
  for (std::size_t i = 0; i < x.size(); ++i)
    out.data()[i] *= x.data()[i] < 0.0 ? 0.0 : x.data()[i] > 0.0 ? 1.0 : 0.5;
  return out;
}
template <class T>
T tanh_backward_of_input(const T& y, const T& d) {
  T out = d;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double t = std::tanh(y.data()[i]);
    out.data()[i] *= 1.0 - t * t;
  }
  return out;
}
template <class T>
T tanh_backward_linear(const T& y, const T& d) {
  T out = d;
  for (std::size_t i = 0; i < y.size(); ++i) out.data()[i] *= 1.0 - y.data()[i];
  return out;
}

// Whole results

inline double eval(double x) { return x; }
template <class E>
requires TensorExpression<E> Evaluated<E> eval(const E& e) { return e; }

/// The rows moved on by one.
template <class T>
T moved_rows(const T& t) {
  T out = t;
  const std::size_t part = t.size() / t.shape().front();
  std::rotate(out.data(), out.data() + part, out.data() + out.size());
  return out;
}
template <class T>
T reversed(const T& t) {
  T out = t;
  std::reverse(out.data(), out.data() + out.size());
  return out;
}
/// The first row in place of each.
template <class T>
T first_for_all(const T& t) {
  T out = t;
  const std::size_t part = t.size() / t.shape().front();
  for (std::size_t i = 0; i < out.size(); ++i) out.data()[i] = t.data()[i % part];
  return out;
}
template <class T>
T last_row_zero(const T& t) {
  T out = t;
  const std::size_t part = t.size() / t.shape().front();
  std::fill(out.data() + out.size() - part, out.data() + out.size(), 0.0);
  return out;
}
template <class T>
T last_column_zero(const T& t) {
  T out = t;
  const std::size_t n = width_of(t);
  for (std::size_t i = n - 1; i < out.size(); i += n) out.data()[i] = 0.0;
  return out;
}
template <class T>
T single(const T& t) {
  if constexpr (std::is_floating_point_v<T>) {
    return static_cast<float>(t);
  } else {
    T out = t;
    for (double& x : out) x = static_cast<float>(x);
    return out;
  }
}
inline Mat transposed_numbers(const Mat& t) {
  const Mat other = transpose(t);
  Mat out = t;
  std::copy(other.begin(), other.end(), out.begin());
  return out;
}
template <class T>
T no_less_than_zero(const T& t) {
  T out = t;
  for (double& x : out) x = std::max(x, 0.0);
  return out;
}

}  // namespace attn::slip
