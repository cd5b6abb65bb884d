// What the text output looks like, written by hand from the rules in the headers of render/.
#include "attn/render/text.hpp"

#include <catch2/catch_test_macros.hpp>
#include <limits>

#include "tests/render/samples.hpp"

using namespace attn::trace;
using attn::render::render_text;
using attn::test::Labels;
using attn::test::scalar;
using attn::test::step;
using attn::test::tensor;
using attn::test::trace_of;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
const Labels words{{"我", "爱"}, {"I", "love", "you"}};

/// The lines that show the tensors of one step, without their indent.
std::string shown(std::vector<Tensor> tensors, std::size_t width = 80, bool color = false) {
  Trace trace = trace_of({step("s", std::move(tensors))});
  const std::string text =
      render_text(trace, {.width = width, .color = color, .precision = 4, .only = {}});
  std::string block;
  std::size_t line = 0;
  for (std::size_t start = 0; start < text.size(); ++line) {
    const std::size_t end = text.find('\n', start);
    if (line >= 4) {
      block += text.substr(std::min(start + 3, end), end - std::min(start + 3, end)) + "\n";
    }
    start = end + 1;
  }
  return block;
}

}  // namespace

TEST_CASE("text: what is folded is named, and shown where its step is asked for",
          "[render][reference]") {
  Step layer = step("layer2",
                    {tensor("layer2.q", {"T"}, {2}, {5, 1}), tensor("layer2.y", {"T"}, {2}, {3, 4}),
                     tensor("other", {"T"}, {2}, {7, 8}), tensor("later", {"T"}, {2}, {})});
  for (const std::size_t i : {0u, 2u, 3u}) layer.tensors[i].folded = true;
  const Trace trace = trace_of({layer});
  const std::string page = render_text(trace, {.width = 60});
  CHECK(page.find("layer2.y (T=2)") != std::string::npos);
  CHECK(page.find("layer2.q") == std::string::npos);
  CHECK(page.find("\n   not shown: q, other; --steps layer2 shows them\n") != std::string::npos);
  CHECK(page.find("later (T)  not written yet") != std::string::npos);
  const std::string asked = render_text(trace, {.width = 60, .only = {0}});
  CHECK(asked.find("layer2.q (T=2)") != std::string::npos);
  CHECK(asked.find("not shown") == std::string::npos);
}

TEST_CASE("text: a whole page", "[render][reference]") {
  Step scores =
      step("scores", {tensor("scores", {"Tq", "Tk"}, {2, 3}, {5, 1, 3, 0, 6, -2}, "", words)});
  scores.title = "Compare every query with every key";
  scores.formula = "S = Q K^T";
  scores.source = "eq. (1)";
  scores.prose =
      "Each score is the dot product of one query with one key: large where the two point the same "
      "way.";
  scores.tensors[0].formula = "S = Q K^T";
  Step weights = step("weights", {tensor("weights", {"Tq", "Tk"}, {2, 3},
                                         {0.125, 0.375, 0.5, 0, 0.75, 0.25}, "weight", words)});
  weights.title = "Turn scores into weights";
  weights.formula = "A = softmax(S)";
  Trace trace = trace_of({scores, weights});
  trace.title = "Dot-product attention";
  trace.source = "Vaswani et al., arXiv:1706.03762v7, section 3.2.1";
  trace.axes = {{"Tq", "number of queries"}, {"Tk", "number of keys"}};

  CHECK(render_text(trace, {.width = 60, .color = false, .precision = 4, .only = {}}) ==
        R"(Dot-product attention
Vaswani et al., arXiv:1706.03762v7, section 3.2.1
Tq number of queries · Tk number of keys

── 1 · Compare every query with every key ──────── scores ──

   S = Q K^T                                         eq. (1)

   Each score is the dot product of one query with one key:
   large where the two point the same way.

   scores (Tq=2, Tk=3)
     Tq↓ Tk→  I  love  you
     我       5     1    3
     爱       0     6   -2

── 2 · Turn scores into weights ───────────────── weights ──

   A = softmax(S)

   weights (Tq=2, Tk=3)
     Tq↓ Tk→      I       love       you
     我       0.125 ░░  0.375 ▒▒  0.500 ▓▓
     爱       0         0.750 ██  0.250 ▒▒

   ░ from 0.05, ▒ from 0.25, ▓ from 0.5, █ from 0.75
)");
}

TEST_CASE("text: numbers are aligned at the point", "[render][reference]") {
  CHECK(shown({tensor("x", {"n", "m"}, {3, 2}, {1.5, -10, 0, 0.25, -inf, inf})}) ==
        R"(x (n=3, m=2)
  n↓ m→    [0]     [1]
    [0]   1.50  -10.00
    [1]   0       0.25
    [2]  −∞       ∞
)");
}

TEST_CASE("text: rounding is ~0, and a line says so once", "[render][reference]") {
  const Tensor gradient = tensor("g", {"n", "m"}, {2, 2}, {0.5, -1e-16, 0, 2});
  CHECK(shown({gradient}) == R"(g (n=2, m=2)
  n↓ m→  [0]   [1]
    [0]  0.5  ~0
    [1]  0     2.0

~0  below 1e-14 of the largest number: rounding
)");
  CHECK(shown({gradient}, 40) == R"(g (n=2, m=2)
  n↓ m→  [0]   [1]
    [0]  0.5  ~0
    [1]  0     2.0

~0 below 1e-14 of the largest number:
rounding
)");
  Tensor again = gradient;
  again.name = "again";
  const std::string text =
      render_text(trace_of({step("one", {gradient}), step("two", {again})}), {});
  CHECK(text.find("~0  below") != std::string::npos);
  CHECK(text.find("~0  below") == text.rfind("~0  below"));
}

TEST_CASE("text: tiny weights and a tensor of tiny numbers are kept", "[render][reference]") {
  CHECK(shown({tensor("w", {"n", "m"}, {1, 2}, {1, 1e-18}, "weight")}) == R"(w (n=1, m=2)
  n↓ m→     [0]       [1]
    [0]  1     ██  1e-18

░ from 0.05, ▒ from 0.25, ▓ from 0.5, █ from 0.75
)");
  CHECK(shown({tensor("x", {"n"}, {2}, {1e-18, -2e-18}), scalar("c", 1e-18)}) ==
        R"(x (n=2)            c = 1e-18
    [0]     [1]
  1e-18  -2e-18
)");
}

TEST_CASE("text: the maps of a step have one scale", "[render][reference]") {
  std::vector<double> peak(40, 0.0);
  peak[0] = 0.08;  // 0.02 is a quarter of it
  std::string flat;
  for (int i = 0; i < 40; ++i) flat += "▒";
  CHECK(shown({tensor("flat", {"Tq", "Tk"}, {1, 40}, std::vector<double>(40, 0.02), "weight"),
               tensor("peak", {"Tq", "Tk"}, {1, 40}, peak, "weight")}) ==
        R"(flat (Tq=1, Tk=40)
  Tq↓ Tk→ [0]       [10]      [20]      [30]
      [0] )" +
            flat + R"(

  whole: --npy DIR (flat.npy) or --format json

peak (Tq=1, Tk=40)
  Tq↓ Tk→ [0]       [10]      [20]      [30]
      [0] █

  ░ from 0.004, ▒ from 0.02, ▓ from 0.04, █ from 0.06, the largest is 0.08
  one scale for all maps of this step
  whole: --npy DIR (peak.npy) or --format json
)");
}

TEST_CASE("text: a formula that is too long goes on below", "[render][reference]") {
  Tensor loss = tensor("loss", {"n"}, {1}, {1});
  loss.formula = "L = sum over i of (f(x_i) - y_i)^2, x_i not among its own keys";
  CHECK(shown({loss}, 40) == R"(loss (n=1)
  L = sum over i of (f(x_i) - y_i)^2,
  x_i not among its own keys
  [0]
    1
)");
}

TEST_CASE("text: a mask is ticks and dots", "[render][reference]") {
  CHECK(shown({tensor("mask", {"Tq", "Tk"}, {2, 3}, {1, 0, 1, 0, 1, 1}, "mask", words)}) ==
        R"(mask (Tq=2, Tk=3)
  Tq↓ Tk→  I  love  you
  我       ✓    ·    ✓
  爱       ·    ✓    ✓
)");
}

TEST_CASE("text: a scalar is its name and its number", "[render][reference]") {
  Tensor scale = scalar("scale", 0.5);
  scale.formula = "1/sqrt(dk)";
  CHECK(shown({scale}) == "scale = 0.5  1/sqrt(dk)\n");
}

TEST_CASE("text: a tensor that is not computed says so", "[render][reference]") {
  CHECK(shown({tensor("later", {"Tq", "Tk"}, {0, 0}, {})}) == "later (Tq, Tk)  not written yet\n");
}

TEST_CASE("text: small tensors stand side by side where there is room", "[render][reference]") {
  const std::vector<Tensor> tensors{tensor("b", {"n"}, {2}, {1, 2}), scalar("c", 3),
                                    tensor("v", {"m"}, {3}, {0.5, -1, 2})};
  CHECK(shown(tensors) == R"(b (n=2)       c = 3    v (m=3)
  [0]  [1]               [0]   [1]  [2]
    1    2               0.5  -1.0  2.0
)");
  CHECK(shown(tensors, 40) == R"(b (n=2)       c = 3
  [0]  [1]
    1    2

v (m=3)
  [0]   [1]  [2]
  0.5  -1.0  2.0
)");
}

TEST_CASE("text: a wide table goes on below", "[render][reference]") {
  std::vector<double> values;
  for (int i = 0; i < 10; ++i) values.push_back(1000 + i);
  CHECK(shown({tensor("x", {"n", "m"}, {1, 10}, values)}, 40) == R"(x (n=1, m=10)
  n↓ m→   [0]   [1]   [2]   [3]   [4]
    [0]  1000  1001  1002  1003  1004

  n↓ m→   [5]   [6]   [7]   [8]   [9]
    [0]  1005  1006  1007  1008  1009
)");
}

TEST_CASE("text: a long vector is a grid, each line with its first index", "[render][reference]") {
  std::vector<double> values;
  for (int i = 0; i < 12; ++i) values.push_back(1000 + i);
  CHECK(shown({tensor("x", {"n"}, {12}, values)}, 40) == R"(x (n=12)
   [0]  1000  1001  1002  1003  1004
   [5]  1005  1006  1007  1008  1009
  [10]  1010  1011
)");
}

TEST_CASE("text: a vector of weights has bars", "[render][reference]") {
  CHECK(shown({tensor("w", {"Tk"}, {3}, {0.5, 0, 0.125}, "weight", {{"I", "love", "you"}})}) ==
        R"(w (Tk=3)
  I     0.500  ━━━━━━━━━━━━━━━━
  love  0
  you   0.125  ━━━━
)");
}

TEST_CASE("text: three axes are slices of the last two", "[render][reference]") {
  CHECK(shown({tensor("h", {"Tq", "Tk", "da"}, {2, 1, 2}, {1, 2, 3, 4}, "",
                      {{"我", "爱"}, {"I"}, {}})}) == R"(h (Tq=2, Tk=1, da=2)
  Tq [0] 我            Tq [1] 爱
  Tk↓ da→  [0]  [1]    Tk↓ da→  [0]  [1]
  I          1    2    I          3    4
)");
}

TEST_CASE("text: four axes are slices of the last two", "[render][reference]") {
  CHECK(shown({tensor("h", {"B", "H", "i", "j"}, {1, 3, 1, 1}, {7, 8, 9}, "",
                      {{}, {"a", "b", "c"}, {}, {}})}) == R"(h (B=1, H=3, i=1, j=1)
  B [0] H [0] a    B [0] H [1] b    B [0] H [2] c
  i↓ j→  [0]       i↓ j→  [0]       i↓ j→  [0]
    [0]    7         [0]    8         [0]    9
)");
}

TEST_CASE("text: the columns of weights are equally wide", "[render][reference]") {
  CHECK(shown({tensor("w", {"n", "m"}, {2, 2}, {0.5, 0, 1.0, 0}, "weight")}) == R"(w (n=2, m=2)
  n↓ m→    [0]     [1]
    [0]  0.5 ▓▓  0
    [1]  1.0 ██  0

░ from 0.05, ▒ from 0.25, ▓ from 0.5, █ from 0.75
)");
}

TEST_CASE("text: steps that are not shown still count, and feed the plots", "[render][reference]") {
  Step last = step("last", {});
  last.plots = {{"P", {{"loss", "", "loss", Series::Mark::line}}}};
  const Trace trace = trace_of({step("first", {tensor("loss", {"n"}, {2}, {1, 2})}), last});
  const std::string text =
      render_text(trace, {.width = 60, .color = false, .precision = 4, .only = {1}});
  CHECK(text.find("first") == std::string::npos);
  CHECK(text.find("── 2 · Step last ") != std::string::npos);
  CHECK(text.find("no tensor") == std::string::npos);
  CHECK(text.find("┤") != std::string::npos);
}

TEST_CASE("text: a long title goes on below its beginning", "[render][reference]") {
  Trace trace = trace_of({step("s", {})});
  trace.steps[0].title = "One two three four five six seven eight";
  CHECK(render_text(trace, {.width = 40, .color = false, .precision = 4, .only = {}}) ==
        R"(A sample

── 1 · One two three four five ──── s ──
       six seven eight
)");
}

TEST_CASE("text: in colour a weight has its shade behind it", "[render][reference]") {
  const std::string text =
      shown({tensor("w", {"n", "m"}, {1, 3}, {1, 0.01, 0}, "weight")}, 80, true);
  CHECK(text.find("\x1b[38;5;16;48;5;220m 1.00 \x1b[0m") != std::string::npos);  // black on gold
  CHECK(text.find(" 0.01 ") != std::string::npos);
  CHECK(text.find("\x1b[38;5;245m 0 ") != std::string::npos);
  CHECK(text.find("░") == std::string::npos);
}

TEST_CASE("text: a drawing stands between the prose and the tensors, line by line",
          "[render][reference]") {
  Step path = step("s", {scalar("L", 1.0)});
  path.prose = "One way.";
  path.drawing = {"h ──> a", "  └─> a line that is much longer than there is room for"};
  const std::string text =
      render_text(trace_of({path}), {.width = 40, .color = false, .precision = 4, .only = {}});
  CHECK(text.substr(text.find("   One way.")) == R"(   One way.

   h ──> a
     └─> a line that is much longer tha…

   L = 1
)");
}

TEST_CASE("text: nothing in a trace can drive the terminal", "[render][errors]") {
  const std::string evil = "\x1b]0;owned\x07\x1b[2J\r\b";
  Trace trace = trace_of({step(evil, {tensor(evil, {evil}, {1}, {1}, "", {{evil}})})});
  trace.title = trace.source = trace.steps[0].title = trace.steps[0].formula = evil;
  trace.steps[0].source = trace.steps[0].prose = trace.steps[0].tensors[0].formula = evil;
  trace.axes = {{evil, evil}};
  trace.steps[0].plots = {{evil, {{evil, evil, evil, Series::Mark::line}}}};
  for (const char c : render_text(trace, {})) {
    REQUIRE((c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)));
  }
}

TEST_CASE("text: labels that do not fit their axis are not shown", "[render][errors]") {
  CHECK(shown({tensor("x", {"n"}, {2}, {1, 2}, "", {{"only"}})}) == R"(x (n=2)
  only  [1]
     1    2
)");
  CHECK(shown({tensor("x", {"n", "m"}, {2, 2}, {1, 2, 3})}) ==
        "x (n=2, m=2)  3 numbers do not fill this shape\n");
}
