#include "attn/io/yaml.hpp"

#include <catch2/catch_test_macros.hpp>

namespace attn::io {
namespace {

Node parse(const std::string& text) { return parse_yaml({"a.yaml", text}).root; }

std::string at(const Node& node) { return to_string(node.place()); }

TEST_CASE("parse_yaml: maps keep their order, lists their items, scalars their quotes", "[yaml]") {
  const Node root = parse("b: 1\na: [x, 'y', \"z\", ~, null]\nc: |\n  12\n");
  REQUIRE(root.entries.size() == 3);
  CHECK(root.entries[0].key.text == "b");
  CHECK(root.entries[1].key.text == "a");
  const Node& list = root.entries[1].value;
  REQUIRE(list.items.size() == 5);
  CHECK_FALSE(list.items[0].quoted);
  CHECK(list.items[1].quoted);
  CHECK(list.items[2].quoted);
  CHECK(list.items[3].is_null());
  CHECK(list.items[4].is_null());
  CHECK(root.find("b")->text == "1");
  CHECK(root.find("c")->quoted);  // a block of text is text, whatever it says
  CHECK(root.find("c")->text == "12\n");
  CHECK(root.find("x") == nullptr);
}

TEST_CASE("parse_yaml: places count lines and characters from 1", "[yaml]") {
  const Node root = parse("a: 1\n我们: [爱, b,\r\n  c]\n");
  CHECK(at(root) == "a.yaml:1:1");
  CHECK(at(root.entries[0].value) == "a.yaml:1:4");
  CHECK(at(root.entries[1].key) == "a.yaml:2:1");
  CHECK(at(root.entries[1].value) == "a.yaml:2:5");
  CHECK(at(root.entries[1].value.items[1]) == "a.yaml:2:9");
  CHECK(at(root.entries[1].value.items[2]) == "a.yaml:3:3");
}

TEST_CASE("parse_yaml: places are right far along a long line", "[yaml]") {
  std::string text = "a: [";
  for (int i = 0; i < 5000; ++i) text += "我,";
  const Node root = parse(text + "x]");
  CHECK(at(root.entries[0].value.items[5000]) == "a.yaml:1:10005");
}

TEST_CASE("parse_yaml: an alias is a copy, at its own place", "[yaml]") {
  const Node root = parse("a: &x [1, {b: 2}]\nc: *x\n");
  const Node& copy = root.entries[1].value;
  CHECK(at(copy) == "a.yaml:2:4");
  CHECK(copy.items.size() == 2);
  CHECK(copy.items[1].find("b")->text == "2");
}

TEST_CASE("parse_yaml: sixty-four levels are deep enough, sixty-five too deep", "[yaml]") {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '[') + "1" + std::string(levels, ']');
  };
  CHECK_NOTHROW(parse(nested(64)));
  CHECK_THROWS_AS(parse(nested(65)), InputError);
}

}  // namespace
}  // namespace attn::io
