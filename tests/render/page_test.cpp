#include "attn/render/page.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/render/display_width.hpp"

using namespace attn::render;

namespace {

using Lines = std::vector<std::string>;

Lines written(const Block& block, std::size_t columns = 1000, bool color = false) {
  Lines lines;
  for (const Line& line : block) {
    std::string text;
    line.write(text, columns, color);
    REQUIRE(text.back() == '\n');
    text.pop_back();
    lines.push_back(text);
  }
  return lines;
}

Block block(std::initializer_list<const char*> lines) {
  Block made;
  for (const char* line : lines) made.emplace_back(line);
  return made;
}

}  // namespace

TEST_CASE("wrap: breaks at spaces, and a line holds as much as fits", "[page][reference]") {
  CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrap("one two three", 6) == Lines{"one", "two", "three"});
  CHECK(wrap("  one \n two  ", 20) == Lines{"one two"});
  CHECK(wrap("", 10).empty());
  CHECK(wrap(" \n\n ", 10).empty());
}

TEST_CASE("wrap: an empty line begins a paragraph", "[page][reference]") {
  CHECK(wrap("one\n\ntwo three", 9) == Lines{"one", "", "two three"});
}

TEST_CASE("wrap: a word longer than a line is cut", "[page][reference]") {
  CHECK(wrap("a antidisestablishment b", 10) == Lines{"a", "antidisest", "ablishment", "b"});
}

TEST_CASE("wrap: Chinese breaks anywhere but before closing punctuation", "[page][reference]") {
  CHECK(wrap("我爱你我爱你", 4) == Lines{"我爱", "你我", "爱你"});
  CHECK(wrap("我爱你。我", 6) == Lines{"我爱", "你。我"});
  CHECK(wrap("我 love 你", 20) == Lines{"我 love 你"});
  CHECK(wrap("注意力attention机制", 9) == Lines{"注意力", "attention", "机制"});
}

TEST_CASE("wrap: every character but the spaces comes out, in order", "[page][law]") {
  const std::string text =
      "Q K^T  注意力 softmax(我爱你。)  antidisestablishmentarianism 🙂 x";
  std::string wanted;
  for (const char c : text) wanted += c == ' ' ? "" : std::string(1, c);
  for (std::size_t columns = 2; columns < 80; ++columns) {
    std::string got;
    for (const std::string& line : wrap(text, columns)) {
      REQUIRE(display_width(line) <= columns);
      for (const char c : line) got += c == ' ' ? "" : std::string(1, c);
    }
    REQUIRE(got == wanted);
  }
}

TEST_CASE("line: spaces at the end are not written, and too long a line is cut",
          "[page][reference]") {
  CHECK(written({Line("ab  ")}) == Lines{"ab"});
  CHECK(written({Line("我爱你 love")}, 8) == Lines{"我爱你 …"});
  CHECK(written({Line("我爱你 love")}, 11) == Lines{"我爱你 love"});
}

TEST_CASE("line: pieces of one style share one escape sequence", "[page][reference]") {
  Line line("a ", palette::title);
  line.add("b", palette::title).add(" c").add("d", {.foreground = 35, .background = 17});
  CHECK(written({line}, 10, true) == Lines{"\x1b[1ma b\x1b[0m c\x1b[38;5;35;48;5;17md\x1b[0m"});
  CHECK(written({line}, 10, false) == Lines{"a b cd"});
  CHECK(line.width() == 6);
}

TEST_CASE("flow: blocks stand side by side as long as they fit", "[page][reference]") {
  const std::vector<Block> blocks{block({"a", "aaa"}), block({"我"}), block({"c", "", "cc"})};
  CHECK(written(flow(blocks, 11, 2)) == Lines{"a    我  c", "aaa", "         cc"});
  CHECK(written(flow(blocks, 10, 2)) == Lines{"a    我", "aaa", "", "c", "", "cc"});
  CHECK(written(flow(blocks, 1, 2)) == Lines{"a", "aaa", "", "我", "", "c", "", "cc"});
  CHECK(flow({}, 10, 2).empty());
}
