/// Where students' sources are compiled, every index is looked at. This file is compiled as they
/// are (ATTN_CHECK_BOUNDS), and linked with a library that is not.
#include "attn/core/index_error.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "attn/core/matmul.hpp"
#include "attn/core/shape_error.hpp"
#include "attn/core/tensor.hpp"

namespace attn {
namespace {

template <class Act>
std::string said(Act&& act) {
  try {
    act();
  } catch (const ShapeError& error) {
    return error.what();
  }
  return "";
}

TEST_CASE("index: one beyond its axis says which, and what may be", "[core][errors]") {
  Mat m = zeros(3, 4);
  Vec v = zeros(5);
  Ten3 t = zeros(2, 3, 4);
  CHECK(said([&] { m(3, 0) = 1.0; }) ==
        "index (3, 0) in a tensor of shape (3, 4): the row must be from 0 to 2");
  CHECK(said([&] { m(0, 4) = 1.0; }) ==
        "index (0, 4) in a tensor of shape (3, 4): the column must be from 0 to 3");
  CHECK(said([&] { v(5) += 1.0; }) == "index (5) in a tensor of shape (5): it must be from 0 to 4");
  CHECK(said([&] { v[5] += 1.0; }) == "index (5) in a tensor of shape (5): it must be from 0 to 4");
  // Counted down beyond 0.
  std::size_t i = 0;
  CHECK(said([&] { t(0, --i, 2) = 1.0; }) ==
        "index (0, -1, 2) in a tensor of shape (2, 3, 4): index 2 must be from 0 to 2");
  Mat unsized;
  CHECK(said([&] { unsized(0, 0) = 1.0; }) ==
        "index (0, 0) in a tensor of shape (0, 0): it is empty, and has to be given its shape "
        "first, by zeros(...) or so");
  Mask mask(Mask::shape_type{2, 2}, true);
  const Mask& seen = mask;
  CHECK(said([&] { mask(1, 1) = seen(2, 0); }).starts_with("index (2, 0)"));
  CHECK(said([&] { m(2, 3) = t(1, 2, 3) + v(4); }).empty());
}

TEST_CASE("index: what is checked and what is not work on the same tensors", "[core]") {
  Mat a{{1, 2}, {3, 4}};
  const Mat product = matmul(a, a);
  CHECK(product(0, 1) == 10.0);
  a = 2.0 * a + product;
  CHECK(a(1, 0) == 21.0);
}

TEST_CASE("tensors: shapes that do not go together entry by entry are said", "[core][errors]") {
  const Mat a = zeros(3, 4), b = zeros(4, 3);
  const Vec v = zeros(5);
  const Ten3 t = zeros(2, 3, 4);
  Mat c;
  Ten3 u;
  const std::string entries = " cannot be added or multiplied entry by entry";
  CHECK(said([&] { c = a * b; }) == "tensors of shapes (3, 4) and (4, 3)" + entries);
  CHECK(said([&] { c = a + 2.0 * b; }) == "tensors of shapes (3, 4) and (4, 3)" + entries);
  CHECK(said([&] { c = a * v; }) == "tensors of shapes (3, 4) and (5)" + entries);
  CHECK(said([&] { u = t - b; }) == "tensors of shapes (2, 3, 4) and (4, 3)" + entries);
  CHECK(said([&] { u = t * a; }).empty());  // the matrix is the same for all
}

}  // namespace
}  // namespace attn
