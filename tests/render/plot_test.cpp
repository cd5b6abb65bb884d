#include "attn/render/plot.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "attn/render/axis.hpp"
#include "attn/render/canvas.hpp"
#include "tests/render/samples.hpp"

using namespace attn::render;
using attn::test::step;
using attn::test::tensor;
using attn::test::trace_of;
using attn::trace::Plot;
using attn::trace::Series;
using attn::trace::Trace;
using Mark = Series::Mark;

namespace {

attn::trace::Tensor vec(const std::string& name, std::vector<double> values) {
  const std::size_t n = values.size();
  return tensor(name, {"n"}, {n}, std::move(values));
}

std::string drawn(const Trace& trace, const Plot& plot, std::size_t columns = 37) {
  std::string text;
  for (const Line& line : plot_block(trace, plot, {columns, false, 4})) {
    line.write(text, columns, false);
  }
  return text;
}

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::vector<std::string> texts(const std::vector<Tick>& ticks) {
  std::vector<std::string> all;
  for (const Tick& tick : ticks) all.push_back(tick.text);
  return all;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("plot: two points", "[plot][reference]") {
  // The range 0 to 1 and 2 % at each end are 16 rows and 38 - 5 columns.
  const Trace trace = trace_of({step("s", {vec("x", {0, 1}), vec("y", {0, 1})})});
  const std::string bare = "    │\n    │\n";
  CHECK(drawn(trace, {"P", {{"data", "x", "y", Mark::points}}}, 38) ==
        "P\n"
        "× data\n"
        "1.0 ┤" +
            repeated(" ", 32) + "×\n" + bare + "0.8 ┤\n" + bare + "0.6 ┤\n" + bare + "0.4 ┤\n" +
            bare + "0.2 ┤\n" + bare + "  0 ┤×\n" + "    └┬" + repeated("─", 15) + "┬" +
            repeated("─", 15) + "┬\n" + "     0" + repeated(" ", 14) + "0.5" + repeated(" ", 12) +
            "1.0\n");
}

TEST_CASE("plot: a line between two points runs from corner to corner", "[plot][reference]") {
  // 0 and 1 are at dots 1 and 62 of 64, both ways: the diagonal is two characters a row.
  const Trace trace = trace_of({step("s", {vec("y", {0, 1})})});
  const std::string text = drawn(trace, {"", {{"y", "", "y", Mark::line}}});
  CHECK(text.find("1.0 ┤" + repeated(" ", 30) + "⡠⠂\n") != std::string::npos);
  CHECK(text.find("  0 ┤⠠⠊\n") != std::string::npos);
}

TEST_CASE("plot: every series has its own sign, without colour", "[plot][reference]") {
  const Trace trace =
      trace_of({step("s", {vec("x", {0, 1, 2, 3}), vec("a", {0, 1, 2, 3}), vec("b", {3, 2, 1, 0}),
                           vec("c", {1.5, 1.5, 1.5, 1.5})})});
  const std::string points = drawn(trace, {"",
                                           {{"one", "x", "a", Mark::points},
                                            {"two", "x", "b", Mark::points},
                                            {"three", "x", "c", Mark::points}}});
  CHECK(points.find("× one   + two   o three\n") != std::string::npos);
  CHECK(std::count(points.begin(), points.end(), '+') == 4 + 1);
  const std::string lines =
      drawn(trace, {"", {{"one", "x", "a", Mark::line}, {"two", "x", "b", Mark::line}}}, 60);
  CHECK(lines.find("a ⠒⠒⠒ one   b ⠒⠂⠒ two\n") != std::string::npos);
  CHECK(std::count(lines.begin(), lines.end(), 'a') == 1 + 2);  // legend, and twice on the line
  CHECK(std::count(lines.begin(), lines.end(), 'b') == 1 + 2);
}

TEST_CASE("plot: points of several series in one place are *", "[plot][reference]") {
  const Trace trace = trace_of({step(
      "s", {vec("x", {0, 1, 2}), vec("a", {0, 1, 2}), vec("b", {0, 1, 0}), vec("c", {2, 1, 2})})});
  const Plot plot{
      "", {{"one", "x", "a", Mark::points}, {"two", "x", "b", Mark::points}}};  // meet at 0 and 1
  const std::string two = drawn(trace, plot);
  CHECK(two.starts_with("× one   + two   * several\n"));
  CHECK(std::count(two.begin(), two.end(), '*') == 1 + 2);
  CHECK(std::count(two.begin(), two.end(), '+') == 1 + 1);
  Plot three = plot;
  three.series.push_back({"three", "x", "c", Mark::points});  // at 0 alone, else with others
  const std::string text = drawn(trace, three);
  CHECK(std::count(text.begin(), text.end(), '*') == 1 + 3);
  CHECK(std::count(text.begin(), text.end(), 'o') == 3 + 1);  // one, two, o; (0, 2)
  const std::string apart = drawn(trace, {"",
                                          {{"one", "x", "a", Mark::points},
                                           {"line", "x", "a", Mark::line},
                                           {"again", "a", "a", Mark::line}}});
  CHECK(apart.find("several") == std::string::npos);
}

TEST_CASE("plot: a line does not depend on the order of its points", "[plot][law]") {
  const Trace sorted =
      trace_of({step("s", {vec("x", {0, 1, 2, 3, 4}), vec("y", {0, 3, 1, 4, 2})})});
  const Trace mixed = trace_of({step("s", {vec("x", {3, 0, 4, 1, 2}), vec("y", {4, 0, 2, 3, 1})})});
  const Plot plot{"P", {{"y", "x", "y", Mark::line}}};
  CHECK(drawn(sorted, plot) == drawn(mixed, plot));
}

TEST_CASE("plot: points that are not finite are left out and counted", "[plot][reference]") {
  const double inf = std::numeric_limits<double>::infinity();
  const Trace gaps =
      trace_of({step("s", {vec("x", {0, 1, 2, inf, 3}), vec("y", {0, std::nan(""), -inf, 1, 3})})});
  const Trace clean = trace_of({step("s", {vec("x", {0, 3}), vec("y", {0, 3})})});
  const Plot plot{"", {{"y", "x", "y", Mark::points}}};
  const std::string text = drawn(gaps, plot);
  const std::string note = "y: 3 of 5 points are not finite\n";
  REQUIRE(text.find(note) != std::string::npos);
  CHECK(std::string(text).erase(text.find(note), note.size()) == drawn(clean, plot));
}

TEST_CASE("plot: a column of a table is drawn as a tensor of its own", "[plot][law]") {
  attn::trace::Tensor table = tensor("fits", {"n", "h"}, {3, 2}, {1, 9, 2, 4, 7, 5});
  table.labels = {{}, {"h=1", "h=2"}};
  const Trace trace = trace_of({step("s", {table, vec("second", {9, 4, 5})})});
  const auto line = [](const std::string& y) { return Plot{"", {{"fit", "", y, Mark::line}}}; };
  CHECK(drawn(trace, line("fits[h=2]")) == drawn(trace, line("second")));
  CHECK(drawn(trace, line("fits[h=1]")) != drawn(trace, line("second")));
  CHECK(drawn(trace, line("fits[h=3]")).find("there is no fits[h=3]") != std::string::npos);
  CHECK(drawn(trace, line("second[h=1]")).find("there is no second[h=1]") != std::string::npos);
}

TEST_CASE("plot: what cannot be drawn is said", "[plot][errors]") {
  Trace trace = trace_of({step("s", {vec("x", {0, 1, 2}), vec("y", {0, 1}), vec("later", {})})});
  const auto only_words = [&](const std::string& x, const std::string& y) {
    return drawn(trace, {"P", {{"curve", x, y, Mark::points}}}, 60);
  };
  CHECK(only_words("x", "z") == "P\n× curve\ncurve: no tensor is called z\n");
  CHECK(only_words("z", "y") == "P\n× curve\ncurve: no tensor is called z\n");
  CHECK(only_words("x", "later") == "P\n× curve\ncurve: later is not written yet\n");
  CHECK(only_words("x", "y") == "P\n× curve\ncurve: x has 3 numbers, y has 2\n");
  CHECK(drawn(trace, {"P", {}}) == "P\n");
}

TEST_CASE("plot: ranges of nothing are widened", "[plot][law]") {
  for (const double value : {0.0, 1.0, -3e300, 5e-324, 1e-300, 1.7976931348623157e308}) {
    for (const std::size_t n : {1u, 3u}) {
      const Trace trace = trace_of({step("s", {vec("y", std::vector<double>(n, value))})});
      for (const Mark mark : {Mark::points, Mark::line}) {
        const std::string text = drawn(trace, {"", {{"y", "", "y", mark}}});
        CHECK(std::count(text.begin(), text.end(), '\n') == 1 + 16 + 2);
      }
    }
  }
}

TEST_CASE("axis: ticks are round numbers", "[plot][reference]") {
  CHECK(texts(Axis(0, 5).ticks(5, 100)) == Texts{"0", "1", "2", "3", "4", "5"});
  CHECK(texts(Axis(-1, 1).ticks(4, 100)) == Texts{"-1.0", "-0.5", "0", "0.5", "1.0"});
  CHECK(texts(Axis(0, 0.03).ticks(3, 100)) == Texts{"0", "0.01", "0.02", "0.03"});
  CHECK(texts(Axis(1e8, 3e8).ticks(2, 100)) == Texts{"1e8", "2e8", "3e8"});
  CHECK(texts(Axis(0, 2e-9).ticks(4, 100)) == Texts{"0", "5.0e-10", "1.0e-9", "1.5e-9", "2.0e-9"});
}

TEST_CASE("axis: ticks are inside, apart, and as they are named", "[plot][law]") {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> number(-1, 1), power(-30, 30);
  for (int round = 0; round < 2000; ++round) {
    const double scale = std::pow(10, power(random));
    double low = number(random) * scale, high = number(random) * scale;
    if (low > high) std::swap(low, high);
    const Axis axis(low, high);
    const std::size_t places = 1000;
    const std::vector<Tick> ticks = axis.ticks(5, places);
    REQUIRE(ticks.size() >= 1);
    REQUIRE(ticks.size() <= 12);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
      REQUIRE(ticks[i].place < places);
      if (i > 0) REQUIRE(ticks[i].place > ticks[i - 1].place);
      if (i > 0) REQUIRE(ticks[i].text != ticks[i - 1].text);
      const auto named = static_cast<double>(axis.place(std::stod(ticks[i].text), places));
      REQUIRE(std::abs(named - static_cast<double>(ticks[i].place)) <= 1.0);
    }
  }
}

TEST_CASE("canvas: dots are where they should be", "[plot][reference]") {
  // Braille dots 7, 3, 2, 1 from the bottom up at the left, 8, 6, 5, 4 at the right.
  const std::string expected[4][2] = {{"⡀", "⢀"}, {"⠄", "⠠"}, {"⠂", "⠐"}, {"⠁", "⠈"}};
  for (std::size_t x = 0; x < 2; ++x) {
    for (std::size_t y = 0; y < 4; ++y) {
      Canvas canvas(2, 1);
      Stroke stroke;
      canvas.line(x, y, x + 1, y, stroke, {});  // one dot: the end belongs to the next line
      std::string text;
      canvas.text(0).write(text, 10, false);
      CHECK(text == expected[y][x] + "\n");
    }
  }
}
