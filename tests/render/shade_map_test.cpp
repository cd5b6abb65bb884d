#include "attn/render/shade_map.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "tests/render/samples.hpp"

using namespace attn::render;
using attn::test::tensor;

namespace {

std::string drawn(const attn::trace::Tensor& tensor, const Room& room) {
  std::string text;
  for (const Line& line : maps_block(tensor, room)) line.write(text, room.columns, room.color);
  return text;
}

}  // namespace

TEST_CASE("shade: the sign of a weight begins at 0.05, 0.25, 0.5 and 0.75", "[shade][reference]") {
  CHECK(shade_sign(0.0) == " ");
  CHECK(shade_sign(0.0499) == " ");
  CHECK(shade_sign(0.05) == "░");
  CHECK(shade_sign(0.2499) == "░");
  CHECK(shade_sign(0.25) == "▒");
  CHECK(shade_sign(0.4999) == "▒");
  CHECK(shade_sign(0.5) == "▓");
  CHECK(shade_sign(0.75) == "█");
  CHECK(shade_sign(1.0) == "█");
  CHECK(shade_sign(std::nan("")) == "?");
}

TEST_CASE("bar: half a column is the least, and a thin sign for less than that",
          "[shade][reference]") {
  CHECK(bar(1.0, 4) == "━━━━");
  CHECK(bar(0.5, 4) == "━━");
  CHECK(bar(0.375, 4) == "━╸");
  CHECK(bar(0.125, 4) == "╸");
  CHECK(bar(0.01, 4) == "╴");  // next to nothing, but not nothing
  CHECK(bar(0.0, 4) == "");
  CHECK(bar(7.0, 4) == "━━━━");
  CHECK(bar(-1.0, 4) == "");
  CHECK(bar(std::nan(""), 4) == "");
}

TEST_CASE("map: shades are relative to the largest weight", "[shade][reference]") {
  // Two queries, 40 keys: a weight at each threshold, one below.
  std::vector<double> values(80, 0.0);
  values[0] = 0.5;
  values[1] = 0.25;
  values[2] = 0.125;
  values[3] = 0.025;
  values[4] = 0.01;
  values[45] = 0.375;
  CHECK(drawn(tensor("w", {"Tq", "Tk"}, {2, 40}, values, "weight", {{"我", "爱"}, {}}),
              {.columns = 70, .color = false, .precision = 4}) ==
        R"(Tq↓ Tk→ [0]       [10]      [20]      [30]
我      █▓▒░
爱           █

░ from 0.025, ▒ from 0.125, ▓ from 0.25, █ from 0.375, the largest is
0.5
whole: --npy DIR (w.npy) or --format json
)");
}

TEST_CASE("map: scaled down, a sign shows the largest of its weights", "[shade][reference]") {
  // 64 queries on 32 lines; 64 keys on 50 - 8 columns.
  std::vector<double> values(64 * 64, 0.0);
  values[0] = 0.1;
  values[65] = 1.0;  // [1, 1] shares a sign with [0, 0]
  values[2 * 64 + 3] = 0.5;
  const std::string text = drawn(tensor("w", {"Tq", "Tk"}, {64, 64}, values, "weight"),
                                 {.columns = 50, .color = false, .precision = 4});
  CHECK(text.find("\n    [0] █\n         ▓\n") != std::string::npos);
  CHECK(text.find("drawn smaller: each sign stands for 2×2 entries\n"
                  "along Tq and Tk and shows the largest weight\n") != std::string::npos);
}

TEST_CASE("map: what a sign stands for, by the names of the axes", "[shade][reference]") {
  const auto said = [](std::vector<std::string> axes, std::size_t rows, std::size_t columns,
                       bool color = false) {
    const std::vector<double> values(rows * columns, 0.5);
    const std::string text = drawn(tensor("w", std::move(axes), {rows, columns}, values, "weight"),
                                   {.columns = 90, .color = color, .precision = 4});
    const std::size_t at = text.find("each ");
    return at == std::string::npos ? "" : text.substr(at, text.find('\n', at) - at);
  };
  // 32 lines of up to 90 - 8 signs; without names of the axes, 90 - 5.
  CHECK(said({"Tq", "Tk"}, 64, 82) ==
        "each sign stands for 2 entries along Tq and shows the largest weight");
  CHECK(said({"Tq", "Tk"}, 32, 83) ==
        "each sign stands for 2 entries along Tk and shows the largest weight");
  CHECK(said({}, 64, 85) == "each sign stands for 2 entries down and shows the largest weight");
  CHECK(said({}, 64, 86) ==
        "each sign stands for 2×2 entries down and across and shows the largest");
  CHECK(said({"Tq", "Tk"}, 32, 82) == "");
}

TEST_CASE("map: columns have their names", "[shade][reference]") {
  const auto head = [](const std::vector<std::string>& names, std::size_t columns = 60) {
    const std::vector<double> values(names.size(), 0.5);
    const std::string text =
        drawn(tensor("w", {"Tq", "Tk"}, {1, names.size()}, values, "weight", {{}, names}),
              {.columns = columns, .color = false, .precision = 4});
    return text.substr(0, text.find('\n'));
  };
  std::vector<std::string> tenths, keys, words(40, "it");
  for (int i = 0; i < 40; ++i) {
    const std::string rest = i % 10 == 0 ? "" : "." + std::to_string(i % 10);
    tenths.push_back("x=" + std::to_string(i / 10) + rest);
    keys.push_back("k" + std::to_string(i));
  }
  CHECK(head(tenths) == "Tq↓ Tk→ x=0       x=1       x=2       x=3");
  CHECK(head(keys) == "Tq↓ Tk→ k0   k5   k10  k15  k20  k25  k30  k35");
  CHECK(head(keys, 40) == "Tq↓ Tk→ k0   k10  k20  k30");  // two keys to a sign
  words[20] = "understanding";
  CHECK(head(words) == "Tq↓ Tk→ it                  understanding");
  CHECK(head(std::vector<std::string>(40, "")) == "Tq↓ Tk→ [0]       [10]      [20]      [30]");
}

TEST_CASE("map: a sign of a mask shows the share that attends", "[shade][reference]") {
  std::vector<double> values(64 * 33, 0.0);
  values[0] = values[33] = 1.0;  // both of the two entries of the first sign
  values[1] = 1.0;               // one of two
  const std::string text = drawn(tensor("m", {"Tq", "Tk"}, {64, 33}, values, "mask"),
                                 {.columns = 50, .color = false, .precision = 4});
  CHECK(text.find("\n    [0] █▓\n") != std::string::npos);
  CHECK(text.find("each sign stands for 2 entries\nalong Tq and shows their mean\n") !=
        std::string::npos);
}

TEST_CASE("map: NaN is seen wherever it is", "[shade][law]") {
  for (const std::size_t at : {0u, 1u, 64u, 65u}) {
    std::vector<double> values(64 * 64, 0.25);
    values[at] = std::nan("");
    const std::string text = drawn(tensor("w", {"Tq", "Tk"}, {64, 64}, values, "weight"),
                                   {.columns = 50, .color = false, .precision = 4});
    CHECK(text.find(" [0] ?█") != std::string::npos);
  }
}

TEST_CASE("map: in colour a line has two rows", "[shade][reference]") {
  std::vector<double> values(4 * 40, 0.0);
  values[0] = values[40] = 1.0;  // column 0: both rows of the first line
  values[81] = 1.0;              // column 1: the upper row of the second
  values[122] = 1.0;             // column 2: the lower row of the second
  const std::string text = drawn(tensor("w", {"Tq", "Tk"}, {4, 40}, values, "weight"),
                                 {.columns = 70, .color = true, .precision = 4});
  CHECK(text.find("\x1b[38;5;220;48;5;220m▀\x1b[0m\n") != std::string::npos);
  CHECK(text.find(" \x1b[38;5;220m▀▄\x1b[0m\n") != std::string::npos);
}

TEST_CASE("waves: shades go from -1 to 1, and a sign that stands for several shows their mean",
          "[shade][reference]") {
  CHECK(wave_share(-1.0) == 0.0);
  CHECK(wave_share(0.0) == 0.5);
  CHECK(wave_share(1.0) == 1.0);
  // One row, 40 entries: each threshold, and what is just below it.
  std::vector<double> values(40, -1.0);
  values[0] = 0.5;
  values[1] = 0.49;
  values[2] = 0.0;
  values[3] = -0.01;
  values[4] = -0.5;
  values[5] = -0.51;
  values[6] = -0.89;
  values[7] = -0.91;
  values[9] = std::nan("");
  const std::string map = drawn(tensor("w", {"T", "dm"}, {1, 40}, values, "wave"),
                                {.columns = 70, .color = false, .precision = 4});
  CHECK(map.find("[0] █▓▓▒▒░░  ?") != std::string::npos);
  CHECK(map.find("░ from -0.9, ▒ from -0.5, ▓ from 0, █ from 0.5") != std::string::npos);
  std::vector<double> turns(2 * 80, 1.0);
  for (std::size_t i = 0; i < turns.size(); i += 2) turns[i] = -1.0;
  const std::string small = drawn(tensor("w", {"T", "dm"}, {2, 80}, turns, "wave"),
                                  {.columns = 60, .color = false, .precision = 4});
  CHECK(small.find("▓▓▓▓▓▓▓▓") != std::string::npos);
  CHECK(small.find("shows their mean") != std::string::npos);
}
