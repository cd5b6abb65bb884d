#include "attn/core/axes.hpp"

#include <catch2/catch_test_macros.hpp>

using attn::split_axes;
using Names = std::vector<std::string>;

TEST_CASE("axes: the short form is split at its commas", "[axes]") {
  CHECK(split_axes("Tq,Tk,da") == Names{"Tq", "Tk", "da"});
  CHECK(split_axes("epoch") == Names{"epoch"});
}

TEST_CASE("axes: a scalar has none", "[axes]") { CHECK(split_axes("").empty()); }
