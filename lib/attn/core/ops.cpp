#include "attn/core/ops.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "attn/core/shape_error.hpp"

namespace attn {
namespace {

void expect_same_width(const Mat& a, const Mat& b) {
  expect_shape("B", shape_of(b), {rows(b), cols(a)}, "Tk,d", "B is as wide as A");
}

void expect_columns(const Mat& a, std::size_t n) {
  if (n <= cols(a)) return;
  throw ShapeError("A has shape " + to_string(shape_of(a)) + ", and so not " + std::to_string(n) +
                   " columns");
}

/// Columns from `first` on, n of them.
Mat columns(const Mat& a, std::size_t first, std::size_t n) {
  Mat some = zeros(rows(a), n);
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t d = 0; d < n; ++d) some(i, d) = a(i, first + d);
  }
  return some;
}

}  // namespace

Mat add_to_rows(const Mat& a, const Vec& v) {
  expect_shape("v", shape_of(v), {cols(a)}, "d", "one entry for each column of A");
  Mat sums = a;
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t d = 0; d < cols(a); ++d) sums(i, d) += v(d);
  }
  return sums;
}

Vec sum_of_rows(const Mat& a) {
  Vec sum = zeros(cols(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t d = 0; d < cols(a); ++d) sum(d) += a(i, d);
  }
  return sum;
}

Mat first_columns(const Mat& a, std::size_t n) {
  expect_columns(a, n);
  return columns(a, 0, n);
}

Mat last_columns(const Mat& a, std::size_t n) {
  expect_columns(a, n);
  return columns(a, cols(a) - n, n);
}

Mat first_rows(const Mat& a, std::size_t n) {
  if (n > rows(a)) {
    throw ShapeError("A has shape " + to_string(shape_of(a)) + ", and so not " + std::to_string(n) +
                     " rows");
  }
  Mat first = zeros(n, cols(a));
  std::copy_n(a.data(), n * cols(a), first.data());
  return first;
}

Mat transpose(const Mat& a) {
  Mat t = zeros(cols(a), rows(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < cols(a); ++j) t(j, i) = a(i, j);
  }
  return t;
}

double inner_product(const Mat& a, const Mat& b) {
  expect_shape("B", shape_of(b), shape_of(a), "m,n", "the shape of A");
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a.data()[i] * b.data()[i];
  return sum;
}

Vec row_products(const Mat& a, const Mat& b) {
  expect_shape("B", shape_of(b), shape_of(a), "n,d", "the shape of A");
  Vec products = zeros(rows(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t d = 0; d < cols(a); ++d) products(i) += a(i, d) * b(i, d);
  }
  return products;
}

Vec row_norms(const Mat& a) {
  Vec norms = zeros(rows(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t d = 0; d < cols(a); ++d) norms(i) = std::hypot(norms(i), a(i, d));
  }
  return norms;
}

Ten3 pair_sums(const Mat& a, const Mat& b) {
  expect_same_width(a, b);
  Ten3 t = zeros(rows(a), rows(b), cols(a));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < rows(b); ++j) {
      for (std::size_t d = 0; d < cols(a); ++d) t(i, j, d) = a(i, d) + b(j, d);
    }
  }
  return t;
}

Ten3 pair_concat(const Mat& a, const Mat& b) {
  Ten3 t = zeros(rows(a), rows(b), cols(a) + cols(b));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < rows(b); ++j) {
      for (std::size_t d = 0; d < cols(a); ++d) t(i, j, d) = a(i, d);
      for (std::size_t d = 0; d < cols(b); ++d) t(i, j, cols(a) + d) = b(j, d);
    }
  }
  return t;
}

Mat squared_distances(const Mat& a, const Mat& b) {
  expect_same_width(a, b);
  Mat squares = zeros(rows(a), rows(b));
  for (std::size_t i = 0; i < rows(a); ++i) {
    for (std::size_t j = 0; j < rows(b); ++j) {
      for (std::size_t d = 0; d < cols(a); ++d) {
        const double difference = a(i, d) - b(j, d);
        squares(i, j) += difference * difference;
      }
    }
  }
  return squares;
}

Mat sum_over_keys(const Ten3& t) {
  Mat sum = zeros(t.shape(0), t.shape(2));
  for (std::size_t i = 0; i < t.shape(0); ++i) {
    for (std::size_t j = 0; j < t.shape(1); ++j) {
      for (std::size_t d = 0; d < t.shape(2); ++d) sum(i, d) += t(i, j, d);
    }
  }
  return sum;
}

Mat sum_over_queries(const Ten3& t) {
  Mat sum = zeros(t.shape(1), t.shape(2));
  for (std::size_t i = 0; i < t.shape(0); ++i) {
    for (std::size_t j = 0; j < t.shape(1); ++j) {
      for (std::size_t d = 0; d < t.shape(2); ++d) sum(j, d) += t(i, j, d);
    }
  }
  return sum;
}

Mat dot_pairs(const Ten3& t, const Vec& v) {
  expect_shape("v", shape_of(v), {t.shape(2)}, "d", "one entry for each of t_ij");
  Mat dots = zeros(t.shape(0), t.shape(1));
  for (std::size_t i = 0; i < t.shape(0); ++i) {
    for (std::size_t j = 0; j < t.shape(1); ++j) {
      for (std::size_t d = 0; d < t.shape(2); ++d) dots(i, j) += t(i, j, d) * v(d);
    }
  }
  return dots;
}

Ten3 scale_pairs(const Mat& s, const Vec& v) {
  Ten3 t = zeros(rows(s), cols(s), v.size());
  for (std::size_t i = 0; i < rows(s); ++i) {
    for (std::size_t j = 0; j < cols(s); ++j) {
      for (std::size_t d = 0; d < v.size(); ++d) t(i, j, d) = s(i, j) * v(d);
    }
  }
  return t;
}

Vec weighted_sum_of_pairs(const Mat& s, const Ten3& t) {
  expect_shape("S", shape_of(s), {t.shape(0), t.shape(1)}, "Tq,Tk", "one entry for each t_ij");
  Vec sum = zeros(t.shape(2));
  for (std::size_t i = 0; i < t.shape(0); ++i) {
    for (std::size_t j = 0; j < t.shape(1); ++j) {
      for (std::size_t d = 0; d < t.shape(2); ++d) sum(d) += s(i, j) * t(i, j, d);
    }
  }
  return sum;
}

}  // namespace attn
