#include "attn/grading/report/visible.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/render/display_width.hpp"
#include "tests/grading/report/samples.hpp"

using namespace attn::grading;

namespace {

std::string utf8(char32_t code) {
  const auto byte = [](char32_t value) { return static_cast<char>(value); };
  if (code < 0x80) return {byte(code)};
  if (code < 0x800) return {byte(0xC0 | (code >> 6)), byte(0x80 | (code & 63))};
  if (code < 0x10000) {
    return {byte(0xE0 | (code >> 12)), byte(0x80 | ((code >> 6) & 63)), byte(0x80 | (code & 63))};
  }
  return {byte(0xF0 | (code >> 18)), byte(0x80 | ((code >> 12) & 63)),
          byte(0x80 | ((code >> 6) & 63)), byte(0x80 | (code & 63))};
}

}  // namespace

TEST_CASE("visible: controls, overrides and bad bytes become signs", "[grading][visible]") {
  CHECK(visible("love 我 é") == "love 我 é");
  CHECK(visible("\x1b[31m") == "␛[31m");
  CHECK(visible("a\tb\r\nc") == "a␉b␍␊c");
  CHECK(visible("\x7f") == "␡");
  CHECK(visible("\xC2\x9B"
                "31m") == "\uFFFD31m");
  CHECK(visible("a\u202Eb\u2066c") == "a\uFFFDb\uFFFDc");
  CHECK(visible("\xFF\xC3(") == "\uFFFD\uFFFD(");
  CHECK(visible(std::string(1, '\0')) == "␀");
  CHECK(visible_lines("a\tb\r\nc\rd") == "a\tb\nc␍d");
}

TEST_CASE("visible: the signs are those of render, for every character", "[grading][visible]") {
  for (char32_t code = 0; code <= 0x10FFFF; ++code) {
    if (code >= 0xD800 && code <= 0xDFFF) continue;
    if (code == 0xFFFE || code == 0xFFFF) continue;  // XML forbids these two
    const std::string text = "a" + utf8(code);
    if (visible(text) == attn::render::printable(text)) continue;
    FAIL("U+" << std::hex << static_cast<unsigned long>(code));
  }
}

TEST_CASE("visible: columns agree with render for common names", "[grading][visible]") {
  for (const char* text : {"", "Ada Lovelace", "Müller", "e\u0301", "李明", "ありがとう", "사랑",
                           "Ａ！", "Ольга", "🙂", "𠮷"}) {
    CAPTURE(text);
    CHECK(columns(text) == attn::render::display_width(text));
  }
}

TEST_CASE("visible: what is too long is cut at its width", "[grading][visible]") {
  CHECK(fitted("abc", 3) == "abc");
  CHECK(fitted("abcd", 3) == "ab…");
  CHECK(fitted("我爱你", 4) == "我…");
  CHECK(fitted("abc", 0).empty());
  CHECK(padded("我爱你", 4) == "我… ");
  CHECK(padded("ab", 4) == "ab  ");
  CHECK(test::harmless(visible(test::hostile())));
  CHECK_FALSE(test::harmless(test::hostile()));
}
