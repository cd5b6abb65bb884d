#include "attn/io/fault.hpp"

#include <catch2/catch_test_macros.hpp>

namespace attn::io {
namespace {

TEST_CASE("InputError: a line for each fault, with its place", "[fault]") {
  const InputError error(std::vector<Fault>{{{"a.yaml"}, "one"}, {{"a.yaml", 3, 12}, "two"}});
  CHECK(std::string(error.what()) == "a.yaml: one\na.yaml:3:12: two");
  REQUIRE(error.faults().size() == 2);
  CHECK(error.faults()[1].message == "two");
  CHECK(to_string(error.faults()[1].place) == "a.yaml:3:12");
}

TEST_CASE("InputError: control characters of names and values never reach a terminal", "[fault]") {
  const InputError error(Place{"a\x1b[2J"}, "b\nc\x7f\t我");
  CHECK(std::string(error.what()) == "a\\x1B[2J: b\\nc\\x7F\\x09我");
}

}  // namespace
}  // namespace attn::io
