#include "attn/core/matmul.hpp"

#include <Eigen/Core>

#include "attn/core/shape_error.hpp"

namespace attn {
namespace {

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::Map<const RowMajor> view(const Mat& m) {
  return {m.data(), static_cast<Eigen::Index>(rows(m)), static_cast<Eigen::Index>(cols(m))};
}

Eigen::Map<RowMajor> view(Mat& m) {
  return {m.data(), static_cast<Eigen::Index>(rows(m)), static_cast<Eigen::Index>(cols(m))};
}

void expect_inner(std::size_t a, std::size_t b, const Mat& left, const Mat& right,
                  const char* product) {
  if (a == b) return;
  throw ShapeError(std::string("cannot multiply ") + product + ": A has shape " +
                   to_string(shape_of(left)) + " and B has shape " + to_string(shape_of(right)) +
                   ", so the inner extents are " + std::to_string(a) + " and " + std::to_string(b));
}

}  // namespace

Mat matmul(const Mat& a, const Mat& b) {
  expect_inner(cols(a), rows(b), a, b, "A B");
  Mat c(Mat::shape_type{rows(a), cols(b)});
  view(c).noalias() = view(a) * view(b);
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

}  // namespace attn
