/// Matrix products. The implementation is the only file that knows Eigen.
#pragma once

#include "attn/core/tensor.hpp"

namespace attn {

/// C = A B with A (m, k), B (k, n), C (m, n). \throws ShapeError if the inner extents differ.
Mat matmul(const Mat& a, const Mat& b);

/// C = A B^T with A (m, k), B (n, k), C (m, n). \throws ShapeError if the inner extents differ.
Mat matmul_nt(const Mat& a, const Mat& b);

/// C = A^T B with A (k, m), B (k, n), C (m, n). \throws ShapeError if the inner extents differ.
Mat matmul_tn(const Mat& a, const Mat& b);

}  // namespace attn
