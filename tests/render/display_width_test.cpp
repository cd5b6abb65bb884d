#include "attn/render/display_width.hpp"

#include <catch2/catch_test_macros.hpp>

using attn::render::display_width;
using attn::render::next_glyph;
using attn::render::printable;
using attn::render::shortened;

TEST_CASE("display_width: letters take one column, Chinese, Japanese, Korean two",
          "[display_width][reference]") {
  CHECK(display_width("") == 0);
  CHECK(display_width("love") == 4);
  CHECK(display_width("müde") == 4);
  CHECK(display_width("我爱你") == 6);
  CHECK(display_width("ありがとう") == 10);
  CHECK(display_width("사랑") == 4);
  CHECK(display_width("Ａ！") == 4);  // full-width forms
  CHECK(display_width("Я люблю") == 7);
  CHECK(display_width("━░▓█┤⠒✓·…−∞") == 11);
}

TEST_CASE("display_width: marks join the character before them", "[display_width][reference]") {
  CHECK(display_width("e\u0301") == 1);             // é of two code points
  CHECK(display_width("\u1112\u1161\u11ab") == 2);  // 한 of three
  CHECK(display_width("है") == 1);                   // Devanagari with a vowel sign above
  CHECK(display_width("שָׁ") == 1);
}

TEST_CASE("display_width: an emoji takes two columns, however it is put together",
          "[display_width][reference]") {
  CHECK(display_width("🙂") == 2);
  CHECK(display_width("👍🏽") == 2);     // with a skin tone
  CHECK(display_width("👩‍🔬") == 2);  // woman, joiner, microscope
  CHECK(display_width("🇨🇳🇩🇪") == 4);         // two flags
  CHECK(display_width("❤️") == 2);       // a heart, to be drawn as an emoji
  CHECK(display_width("❤") == 1);
}

TEST_CASE("display_width: glyphs are taken off one by one", "[display_width][reference]") {
  std::string_view rest = "a我e\u0301";
  CHECK(next_glyph(rest).bytes == "a");
  CHECK(next_glyph(rest).bytes == "我");
  CHECK(next_glyph(rest).bytes == "e\u0301");
  CHECK(rest.empty());
}

TEST_CASE("printable: text that is harmless stays as it is", "[display_width][law]") {
  for (const std::string text :
       {"", "love", "我爱你", "e\u0301", "👩‍🔬", "−∞ ░▒▓█", "שלום"}) {
    CHECK(printable(text) == text);
  }
}

TEST_CASE("printable: controls become signs", "[display_width][reference]") {
  CHECK(printable("\x1b[31mred") == "␛[31mred");
  CHECK(printable("a\nb\tc\rd") == "a␊b␉c␍d");
  CHECK(printable(std::string_view("\0\x7f", 2)) == "␀␡");
  CHECK(printable("\u009b31m") == "\uFFFD31m");            // CSI as one character
  CHECK(printable("a\u202eb") == "a\uFFFDb");              // would turn the line around
  CHECK(printable("a\u200bb\uFEFF") == "a\uFFFDb\uFFFD");  // would hide
  CHECK(printable("\u2028") == "\uFFFD");
}

TEST_CASE("printable: what is not UTF-8 becomes one sign for each byte",
          "[display_width][reference]") {
  CHECK(printable("\xff") == "\uFFFD");
  CHECK(printable("a\x80z") == "a\uFFFDz");
  CHECK(printable("\xe6\x88") == "\uFFFD\uFFFD");                      // 我 without its last byte
  CHECK(printable("\xc0\xaf") == "\uFFFD\uFFFD");                      // overlong
  CHECK(printable("\xe0\x80\xaf") == "\uFFFD\uFFFD\uFFFD");            // overlong
  CHECK(printable("\xed\xa0\x80") == "\uFFFD\uFFFD\uFFFD");            // surrogate
  CHECK(printable("\xf4\x90\x80\x80") == "\uFFFD\uFFFD\uFFFD\uFFFD");  // beyond U+10FFFF
}

TEST_CASE("printable: a mark without a character gets a circle", "[display_width][reference]") {
  CHECK(printable("\u0301") == "◌\u0301");
}

TEST_CASE("printable: no bytes whatever leave a control behind", "[display_width][law]") {
  for (unsigned a = 0; a < 256; ++a) {
    for (unsigned b = 0; b < 256; ++b) {
      const std::string text{static_cast<char>(a), static_cast<char>(b)};
      const std::string safe = printable(text);
      for (const char c : safe) REQUIRE((static_cast<unsigned char>(c) >= 0x20 && c != 0x7f));
      REQUIRE(printable(safe) == safe);
    }
  }
}

TEST_CASE("shortened: a text that fits is left alone", "[display_width][reference]") {
  CHECK(shortened("love", 4) == "love");
  CHECK(shortened("love", 3) == "lo…");
  CHECK(shortened("love", 1) == "…");
  CHECK(shortened("love", 0) == "");
  CHECK(shortened("我爱你", 6) == "我爱你");
  CHECK(shortened("我爱你", 5) == "我爱…");
  CHECK(shortened("我爱你", 4) == "我…");  // half a character cannot be shown
}
