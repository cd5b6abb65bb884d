#include "attn/core/matmul.hpp"

#include <Eigen/Core>

#include "attn/core/shape_error.hpp"

namespace attn {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using View = Eigen::Map<RowMajor>;
using ConstView = Eigen::Map<const RowMajor>;

/// How many vectors a tensor holds, all but its last axis taken together.
template <class Tensor>
std::size_t count(const Tensor& t) {
  std::size_t vectors = 1;
  for (std::size_t axis = 0; axis + 1 < t.dimension(); ++axis) vectors *= t.shape(axis);
  return vectors;
}

template <class Tensor>
std::size_t width(const Tensor& t) {
  return t.shape(t.dimension() - 1);
}

template <class Tensor>
ConstView view(const Tensor& t) {
  return {t.data(), static_cast<Eigen::Index>(count(t)), static_cast<Eigen::Index>(width(t))};
}

template <class Tensor>
View view(Tensor& t) {
  return {t.data(), static_cast<Eigen::Index>(count(t)), static_cast<Eigen::Index>(width(t))};
}

Eigen::Map<const Eigen::VectorXd> column(const Vec& v) {
  return {v.data(), static_cast<Eigen::Index>(v.size())};
}

Eigen::Map<Eigen::VectorXd> column(Vec& v) {
  return {v.data(), static_cast<Eigen::Index>(v.size())};
}

/// Matrix h of a tensor (H, m, n).
ConstView slice(const Ten3& t, std::size_t h) {
  return {t.data() + h * t.shape(1) * t.shape(2), static_cast<Eigen::Index>(t.shape(1)),
          static_cast<Eigen::Index>(t.shape(2))};
}

View slice(Ten3& t, std::size_t h) {
  return {t.data() + h * t.shape(1) * t.shape(2), static_cast<Eigen::Index>(t.shape(1)),
          static_cast<Eigen::Index>(t.shape(2))};
}

template <class Left, class Right>
void expect_inner(std::size_t a, std::size_t b, const Left& left, const Right& right,
                  const std::string& product) {
  if (a == b) return;
  const char other = product[product.find_last_of("Bxy")];
  throw ShapeError("cannot multiply " + product + ": A has shape " + to_string(shape_of(left)) +
                   " and " + other + " has shape " + to_string(shape_of(right)) +
                   ", so the inner extents are " + std::to_string(a) + " and " + std::to_string(b));
}

ConstView view(RowsView a) {
  return {a.data, static_cast<Eigen::Index>(a.rows), static_cast<Eigen::Index>(a.cols)};
}

View view(RowsBuffer a) {
  return {a.data, static_cast<Eigen::Index>(a.rows), static_cast<Eigen::Index>(a.cols)};
}

/// y = x B for one row x. It takes as long as B takes to be read from memory; so its rows are read
/// in their order, four at a time. (Eigen's kernel for this gets half of what memory gives.)
void multiply_row(const double* x, ConstView b, View y) {
  const Eigen::Index k = b.rows(), in_fours = k - k % 4;
  y.setZero();
  for (Eigen::Index i = 0; i < in_fours; i += 4) {
    y += x[i] * b.row(i) + x[i + 1] * b.row(i + 1) + x[i + 2] * b.row(i + 2) +
         x[i + 3] * b.row(i + 3);
  }
  for (Eigen::Index i = in_fours; i < k; ++i) y += x[i] * b.row(i);
}

void expect_batch(const Ten3& a, const Ten3& b) {
  if (a.shape(0) == b.shape(0)) return;
  throw ShapeError("cannot multiply matrix by matrix: A has shape " + to_string(shape_of(a)) +
                   " and B has shape " + to_string(shape_of(b)) + ", so there are " +
                   std::to_string(a.shape(0)) + " and " + std::to_string(b.shape(0)));
}

}  // namespace

Mat matmul(const Mat& a, const Mat& b) {
  expect_inner(cols(a), rows(b), a, b, "A B");
  Mat c(Mat::shape_type{rows(a), cols(b)});
  if (rows(a) == 1) {
    multiply_row(a.data(), view(b), view(c));
  } else {
    view(c).noalias() = view(a) * view(b);
  }
  return c;
}

Mat matmul_nt(const Mat& a, const Mat& b) {
  expect_inner(cols(a), cols(b), a, b, "A B^T");
  Mat c(Mat::shape_type{rows(a), rows(b)});
  view(c).noalias() = view(a) * view(b).transpose();
  return c;
}

Mat matmul_tn(const Mat& a, const Mat& b) {
  expect_inner(rows(a), rows(b), a, b, "A^T B");
  Mat c(Mat::shape_type{cols(a), cols(b)});
  view(c).noalias() = view(a).transpose() * view(b);
  return c;
}

Vec matvec(const Mat& a, const Vec& x) {
  expect_inner(cols(a), x.size(), a, x, "A x");
  Vec y(Vec::shape_type{rows(a)});
  column(y).noalias() = view(a) * column(x);
  return y;
}

Vec matvec_tn(const Mat& a, const Vec& y) {
  expect_inner(rows(a), y.size(), a, y, "A^T y");
  Vec x(Vec::shape_type{cols(a)});
  column(x).noalias() = view(a).transpose() * column(y);
  return x;
}

Mat outer(const Vec& a, const Vec& b) {
  Mat c(Mat::shape_type{a.size(), b.size()});
  view(c).noalias() = column(a) * column(b).transpose();
  return c;
}

Ten3 matmul(const Ten3& a, const Mat& b) {
  expect_inner(width(a), rows(b), a, b, "A B");
  Ten3 c(Ten3::shape_type{a.shape(0), a.shape(1), cols(b)});
  view(c).noalias() = view(a) * view(b);
  return c;
}

Ten3 matmul_nt(const Ten3& a, const Mat& b) {
  expect_inner(width(a), cols(b), a, b, "A B^T");
  Ten3 c(Ten3::shape_type{a.shape(0), a.shape(1), rows(b)});
  view(c).noalias() = view(a) * view(b).transpose();
  return c;
}

Mat matmul_tn(const Ten3& a, const Ten3& b) {
  expect_inner(a.shape(0), b.shape(0), a, b, "A^T B");
  expect_inner(a.shape(1), b.shape(1), a, b, "A^T B");
  Mat c(Mat::shape_type{width(a), width(b)});
  view(c).noalias() = view(a).transpose() * view(b);
  return c;
}

Ten3 batched_matmul(const Ten3& a, const Ten3& b) {
  expect_batch(a, b);
  expect_inner(a.shape(2), b.shape(1), a, b, "A B");
  Ten3 c(Ten3::shape_type{a.shape(0), a.shape(1), b.shape(2)});
  for (std::size_t h = 0; h < a.shape(0); ++h) slice(c, h).noalias() = slice(a, h) * slice(b, h);
  return c;
}

Ten3 batched_matmul_nt(const Ten3& a, const Ten3& b) {
  expect_batch(a, b);
  expect_inner(a.shape(2), b.shape(2), a, b, "A B^T");
  Ten3 c(Ten3::shape_type{a.shape(0), a.shape(1), b.shape(1)});
  for (std::size_t h = 0; h < a.shape(0); ++h) {
    slice(c, h).noalias() = slice(a, h) * slice(b, h).transpose();
  }
  return c;
}

Ten3 batched_matmul_tn(const Ten3& a, const Ten3& b) {
  expect_batch(a, b);
  expect_inner(a.shape(1), b.shape(1), a, b, "A^T B");
  Ten3 c(Ten3::shape_type{a.shape(0), a.shape(2), b.shape(2)});
  for (std::size_t h = 0; h < a.shape(0); ++h) {
    slice(c, h).noalias() = slice(a, h).transpose() * slice(b, h);
  }
  return c;
}

void matmul_nt_into(double factor, RowsView a, RowsView b, RowsBuffer c) {
  view(c).noalias() = factor * view(a) * view(b).transpose();
}

void add_matmul(RowsView a, RowsView b, RowsBuffer c) { view(c).noalias() += view(a) * view(b); }

void add_matmul_tn(RowsView a, RowsView b, RowsBuffer c) {
  view(c).noalias() += view(a).transpose() * view(b);
}

}  // namespace attn
