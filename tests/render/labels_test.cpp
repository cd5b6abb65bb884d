#include "attn/render/labels.hpp"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>

#include "attn/render/display_width.hpp"

using attn::render::display_width;
using attn::render::shortened_apart;
using Names = std::vector<std::string>;

TEST_CASE("labels: what fits stays as it is", "[labels][reference]") {
  CHECK(shortened_apart({"a", "bcd", "我爱"}, 4) == Names{"a", "bcd", "我爱"});
  CHECK(shortened_apart({}, 4).empty());
}

TEST_CASE("labels: a long name loses its end", "[labels][reference]") {
  CHECK(shortened_apart({"attention", "is"}, 6) == Names{"atten…", "is"});
}

TEST_CASE("labels: names that begin alike lose their beginning", "[labels][reference]") {
  CHECK(shortened_apart({"the cat sat", "the cat ran", "dog"}, 8) ==
        Names{"…t sat", "…t ran", "dog"});
  CHECK(shortened_apart({"我 爱 你 们 吗", "我 爱 你 们 呢"}, 8) == Names{"…们 吗", "…们 呢"});
}

TEST_CASE("labels: what is still alike has its position", "[labels][reference]") {
  CHECK(shortened_apart({"aaaaaaaaaaaa1", "aaaaaaaaaaaa2", "abbbbbbbbbbbbb"}, 6) ==
        Names{"…aa1", "…aa2", "abbbb…"});
  CHECK(shortened_apart({"abcdeP--------1", "abcdeP--------2", "abcdeQ--------1"}, 6) ==
        Names{"ab…[0]", "abc…-2", "ab…[2]"});
}

TEST_CASE("labels: whatever the names, they fit, and those that differ still do", "[labels][law]") {
  std::mt19937_64 random(11);
  const Names pieces{"a", "b", "我", "the ", "cat ", "é"};
  for (int round = 0; round < 2000; ++round) {
    Names names(1 + random() % 8);
    for (std::string& name : names) {
      for (std::size_t n = random() % 14; n > 0; --n) name += pieces[random() % pieces.size()];
    }
    const std::size_t columns = 10 + random() % 12;
    const Names cut = shortened_apart(names, columns);
    REQUIRE(cut.size() == names.size());
    for (std::size_t i = 0; i < names.size(); ++i) {
      CAPTURE(names[i], cut[i], columns);
      CHECK(display_width(cut[i]) <= columns);
      if (display_width(names[i]) <= columns) CHECK(cut[i] == names[i]);
      for (std::size_t j = 0; j < i; ++j) CHECK((cut[i] == cut[j]) == (names[i] == names[j]));
    }
  }
}

TEST_CASE("labels: without room for anything they are still cut to it", "[labels][errors]") {
  for (std::size_t columns = 0; columns < 8; ++columns) {
    for (const std::string& name : shortened_apart({"attention", "attend", "我爱你"}, columns)) {
      CHECK(display_width(name) <= columns);
    }
  }
}
