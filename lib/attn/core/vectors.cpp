#include "attn/core/vectors.hpp"

#include <algorithm>
#include <string>

#include "attn/core/shape_error.hpp"

namespace attn {

Vec row(const Mat& a, std::size_t i) {
  if (i >= rows(a)) {
    throw ShapeError("A has shape " + to_string(shape_of(a)) + ", and so no row " +
                     std::to_string(i));
  }
  Vec v(Vec::shape_type{cols(a)});
  std::copy_n(a.data() + i * cols(a), cols(a), v.data());
  return v;
}

Mat as_row(const Vec& v) {
  Mat a(Mat::shape_type{1, v.size()});
  std::copy(v.begin(), v.end(), a.data());
  return a;
}

Mat stacked(const std::vector<Vec>& rows) {
  const std::size_t d = rows.empty() ? 0 : rows.front().size();
  Mat a(Mat::shape_type{rows.size(), d});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    expect_shape("row " + std::to_string(i), shape_of(rows[i]), {d}, "d", "as long as the first");
    std::copy(rows[i].begin(), rows[i].end(), a.data() + i * d);
  }
  return a;
}

Vec concatenated(const Vec& a, const Vec& b) {
  Vec both(Vec::shape_type{a.size() + b.size()});
  std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), both.begin()));
  return both;
}

Vec first_entries(const Vec& v, std::size_t n) {
  Vec part(Vec::shape_type{n});
  std::copy_n(v.data(), n, part.data());
  return part;
}

Vec last_entries(const Vec& v, std::size_t n) {
  Vec part(Vec::shape_type{n});
  std::copy_n(v.data() + (v.size() - n), n, part.data());
  return part;
}

Mat reversed_rows(const Mat& a) {
  Mat turned(a.shape());
  for (std::size_t i = 0; i < rows(a); ++i) {
    std::copy_n(a.data() + i * cols(a), cols(a), turned.data() + (rows(a) - 1 - i) * cols(a));
  }
  return turned;
}

}  // namespace attn
