#include "attn/grading/report/visible.hpp"

#include <catch2/catch_test_macros.hpp>

#include "attn/render/display_width.hpp"
#include "tests/grading/report/samples.hpp"

using namespace attn::grading;
using attn::render::printable;
using attn::render::shortened;

TEST_CASE("visible: controls, overrides and bad bytes become signs", "[grading][visible]") {
  CHECK(printable("love 我 é") == "love 我 é");
  CHECK(printable("\x1b[31m") == "␛[31m");
  CHECK(printable("a\tb\r\nc") == "a␉b␍␊c");
  CHECK(printable("\x7f") == "␡");
  CHECK(printable("\xC2\x9B"
                  "31m") == "\uFFFD31m");
  CHECK(printable("a\u202Eb\u2066c") == "a\uFFFDb\uFFFDc");
  CHECK(printable("\xFF\xC3(") == "\uFFFD\uFFFD(");
  CHECK(printable(std::string(1, '\0')) == "␀");
  CHECK(visible_lines("a\tb\r\nc\rd") == "a\tb\nc␍d");
}

TEST_CASE("visible: what XML forbids has a sign, too", "[grading][visible]") {
  CHECK(printable("a\xEF\xBF\xBE"
                  "b\xEF\xBF\xBF") == "a\uFFFDb\uFFFD");
}

TEST_CASE("visible: what is too long is cut at its width", "[grading][visible]") {
  CHECK(shortened("abc", 3) == "abc");
  CHECK(shortened("abcd", 3) == "ab…");
  CHECK(shortened("我爱你", 4) == "我…");
  CHECK(shortened("abc", 0).empty());
  CHECK(padded("我爱你", 4) == "我… ");
  CHECK(padded("ab", 4) == "ab  ");
  CHECK(test::harmless(printable(test::hostile())));
  CHECK_FALSE(test::harmless(test::hostile()));
}
