/// Text for terminals without UTF-8.
#include "attn/render/ascii.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "attn/render/display_width.hpp"

using attn::render::to_ascii;

TEST_CASE("ascii: what is ASCII stays as it is", "[render]") {
  CHECK(to_ascii("a b\n\x1b[1mc\x1b[0m") == "a b\n\x1b[1mc\x1b[0m");
  CHECK(to_ascii("").empty());
}

TEST_CASE("ascii: lines, shades and dots become signs that look like them", "[render]") {
  CHECK(to_ascii("── │ ┌┐└┘ ┼") == "-- | ++++ +");
  CHECK(to_ascii("░▒▓█") == ".:#@");
  CHECK(to_ascii("⠁⢀⣿⠀") == "'.: ");
  CHECK(to_ascii("✓ ✗ “a” × b…") == "+ x \"a\" x b~");
}

TEST_CASE("ascii: a longer sign takes the spaces before it, so that columns stay", "[render]") {
  CHECK(to_ascii("  1     −∞  2") == "  1   -inf  2");
  CHECK(to_ascii("a −∞") == "a -inf");
}

TEST_CASE("ascii: what ASCII has nothing for is as wide as it was", "[render]") {
  CHECK(to_ascii("zwölf 爱 e") == "zw?lf ?? e");
  for (const char* text : {"爱我 a", "ó", "＝", "─┐", "⠒"}) {
    CHECK(to_ascii(text).size() == attn::render::display_width(text));
  }
}
