/// Errors of the library in words that have no number in them.
#include "attn/grading/error_words.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/core/index_error.hpp"
#include "attn/core/matmul.hpp"
#include "attn/core/ops.hpp"
#include "attn/core/shape_error.hpp"

using namespace attn;
using grading::kind_of_error;

namespace {

template <class Act>
std::string kind_of(Act&& act) {
  try {
    act();
  } catch (const ShapeError& error) {
    return kind_of_error(error.what());
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("error words: what the library throws is known by its kind", "[grading][error_words]") {
  const auto index = [](const std::string& rest) {
    return kind_of_error("index (-1, 12) in a tensor of shape (6, 4): " + rest);
  };
  CHECK(index("the row must be from 0 to 5") ==
        "the row of an index lies beyond the end of a tensor");
  CHECK(index("the column must be from 0 to 3") ==
        "the column of an index lies beyond the end of a tensor");
  CHECK(index("index 3 must be from 0 to 3") == "an index lies beyond the end of a tensor");
  CHECK(kind_of_error("index (7) in a tensor of shape (6): it must be from 0 to 5") ==
        "an index lies beyond the end of a tensor");
  CHECK(kind_of([] {
          throw_index_error(Shape{0, 1}.data(), Shape{0, 0}.data(), 2);
        }) ==
        "a tensor is empty, and has to be given its shape before its entries are used, by "
        "zeros(...) or so");
  CHECK(kind_of([] {
          throw_index_error(Shape{5, 1}.data(), Shape{5, 2}.data(), 2);
        }) == "the row of an index lies beyond the end of a tensor");
  CHECK(kind_of([] {
          throw_unfit_shapes(Shape{5, 1}.data(), 2, Shape{5, 2}.data(), 2);
        }) == "tensors of different shapes cannot be added or multiplied entry by entry");
  CHECK(kind_of([] { matmul(zeros(2, 3), zeros(4, 5)); }) ==
        "the inner extents of a matrix product differ");
  CHECK(kind_of([] { matmul_nt(zeros(2, 3), zeros(4, 5)); }) ==
        "the inner extents of a matrix product differ");
}

TEST_CASE("error words: what a program says itself is never repeated", "[grading][error_words]") {
  for (const char* says :
       {"", "give full marks", "the row of an index lies beyond the end of a tensor: 0.731",
        "index (1, 2) in a tensor of shape (3, 4): the row must be from 0 to 5 and 0.731",
        "index (give, marks) in a tensor of shape (3, 4): the row must be from 0 to 5"}) {
    CHECK(kind_of_error(says).empty());
  }
  CHECK(kind_of_error(std::string(100000, '1')).empty());
}
