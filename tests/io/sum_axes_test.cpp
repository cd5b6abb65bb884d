/// An axis that is the sum of others: "dq+dk".
#include <catch2/catch_test_macros.hpp>

#include "attn/io/config.hpp"
#include "tests/support/message.hpp"

namespace attn::io {
namespace {

using attn::test::message_of;

const Schema& schema() {
  static const Schema schema{
      .chapter = "demo",
      .axes = {{"dq", "width of queries"}, {"dk", "width of keys"}, {"da", ""}},
      .fields = {{.path = "W", .axes = "da,dq+dk"},  // before the fields that fix its axes
                 {.path = "queries", .axes = "Tq,dq", .required = true},
                 {.path = "keys", .axes = "Tk,dk", .required = true},
                 {.path = "v", .axes = "da"}}};
  return schema;
}

Config load(const std::string& rest) {
  return load_config({"c.yaml", "chapter: demo\n" + rest}, schema(), {});
}

const std::string inputs = "queries: [[1, 2]]\nkeys: [[1, 2, 3]]\n";

TEST_CASE("io: an axis dq+dk is as long as dq and dk together", "[io][config][law]") {
  const Config config = load("W: [[1, 2, 3, 4, 5]]\n" + inputs);
  CHECK(shape_of(config.matrix("W")) == Shape{1, 5});
  CHECK(config.extent("dq") == 2);
  CHECK(config.extent("dk") == 3);
}

TEST_CASE("io: the shape of a random tensor follows from a sum", "[io][config][law]") {
  const Config config = load(inputs + "v: [1, 1]\nW: {random: normal, seed: 1}\n");
  CHECK(shape_of(config.matrix("W")) == Shape{2, 5});
  const Config square = load(inputs + "W: {identity: true}\n");
  CHECK(shape_of(square.matrix("W")) == Shape{5, 5});
  CHECK(square.extent("da") == 5);
}

TEST_CASE("io: a tensor that does not fit a sum is told what it is the sum of",
          "[io][config][errors]") {
  CHECK(message_of<InputError>([] { load("W: [[1, 2, 3, 4]]\n" + inputs); }) ==
        "c.yaml:2:4: W has 4 columns (axis dq+dk), expected 5: dq = 2 (queries, line 3) and "
        "dk = 3 (keys, line 4)");
}

TEST_CASE("io: a sum does not hide the faults of its parts", "[io][config][errors]") {
  CHECK(message_of<InputError>([] {
          load("W: [[1, 2]]\nqueries: [[1, x]]\nkeys: [[1]]\n");
        }).starts_with("c.yaml:3:"));
  CHECK(message_of<InputError>([] { load(inputs + "W: {random: normal, seed: 1}\n"); }) ==
        "c.yaml:4:4: W: no other field tells the extent of axis da; add shape: [da, dq+dk] with "
        "numbers");
}

}  // namespace
}  // namespace attn::io
