#include <catch2/catch_test_macros.hpp>

#include "attn/io/suggestions.hpp"

namespace attn::io {
namespace {

TEST_CASE("nearest: a slip of a letter or two finds the name", "[suggestions]") {
  const std::vector<std::string> names{"nadaraya-watson", "scoring", "scaled-dot-product", "list"};
  CHECK(nearest("scorign", names) == "scoring");   // two letters swapped
  CHECK(nearest("scorng", names) == "scoring");    // one left out
  CHECK(nearest("scoringg", names) == "scoring");  // one too many
  CHECK(nearest("Scoring", names) == "scoring");   // another case
  CHECK(nearest("scaled_dot_product", names) == "scaled-dot-product");
  CHECK(nearest("nadaraya-watsen", names) == "nadaraya-watson");
  CHECK(nearest("lst", names) == "list");
}

TEST_CASE("nearest: the beginning of a name finds it", "[suggestions]") {
  const std::vector<std::string> names{"nadaraya-watson", "scoring", "scaled-dot-product", "list"};
  CHECK(nearest("scaled", names) == "scaled-dot-product");
  CHECK(nearest("na", names) == "nadaraya-watson");
  CHECK(nearest("n", names).empty());
  CHECK(nearest("dot", names).empty());
}

TEST_CASE("nearest: where no name is near, none is suggested", "[suggestions]") {
  CHECK(nearest("transformer", {"scoring", "list"}).empty());
  CHECK(nearest("x", {"y", "z"}).empty());
  CHECK(nearest("", {"a"}).empty());
  CHECK(nearest("scoring", {}).empty());
  CHECK(nearest(std::string(100000, 'a'), {"a", std::string(100000, 'b')}).empty());
}

TEST_CASE("nearest_path: parts are compared one by one", "[suggestions]") {
  const std::vector<std::string> paths{"inputs.queries", "inputs.keys", "options.scale"};
  CHECK(nearest_path("inputs.kyes", paths) == "inputs.keys");
  CHECK(nearest_path("input.keys", paths) == "inputs.keys");
  CHECK(nearest_path("inputs.zebra", paths).empty());
  CHECK(nearest_path("scale", paths) == "options.scale");
  CHECK(nearest_path("inputs.scale", paths) == "options.scale");
}

TEST_CASE("suggestion: without a near name, all are listed", "[suggestions]") {
  CHECK(suggestion("scorign", {"scoring", "list"}) == "; did you mean scoring?");
  CHECK(suggestion("zebra", {"scoring", "list"}) == "; expected one of scoring or list");
  CHECK(suggestion("zebra", {"scoring"}) == "; expected scoring");
  CHECK(suggestion("zebra", {}).empty());
  CHECK(alternatives({"a"}) == "a");
  CHECK(alternatives({"a", "b", "c"}) == "a, b or c");
}

}  // namespace
}  // namespace attn::io
