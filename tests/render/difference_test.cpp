#include "attn/render/difference.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

using attn::render::render_difference;
using attn::trace::Difference;
using What = Difference::What;

namespace {

/// A number that differs at weights[0, 1].
Difference sample(double expected, double got, double allowed) {
  Difference d;
  d.step = "weights";
  d.tensor = "weights";
  d.axes = {"Tq", "Tk"};
  d.cell = {0, 1};
  d.names = {"我", "love"};
  d.expected = expected;
  d.got = got;
  d.allowed = allowed;
  d.differing = 2;
  d.cells = 6;
  d.expected_shape = d.got_shape = {2, 3};
  return d;
}

}  // namespace

TEST_CASE("difference: a number that differs", "[difference][reference]") {
  Difference d = sample(0.047, 0.04661371, 1e-5);
  d.source = "by hand";
  d.place = "a.yaml:14:5";
  CHECK(render_difference(d) == R"(  in step weights
  weights[0, 1]  我, love
    expected    0.047
    got         0.0466137
    difference  0.000386, allowed 1e-05
    in all      2 of 6 numbers differ
    source      by hand
    written in  a.yaml:14:5
)");
}

TEST_CASE("difference: digits enough to tell the numbers apart", "[difference][reference]") {
  // They part at the tenth digit: two more are shown.
  const std::string text = render_difference(sample(1.0 / 3, 1.0 / 3 + 1e-10, 1e-12));
  CHECK(text.find("expected    0.333333333333\n") != std::string::npos);
  CHECK(text.find("got         0.333333333433\n") != std::string::npos);
  CHECK(text.find("difference  1e-10, allowed 1e-12\n") != std::string::npos);
}

TEST_CASE("difference: expected and got never look alike", "[difference][law]") {
  for (const double x : {1.0, -3.7, 1e300, 5e-324, 0.1, 123456789.0, 1.0 / 3}) {
    const double next = std::nextafter(x, 1e308);
    const std::string text = render_difference(sample(x, next, 0.0));
    const auto value = [&](const std::string& name) {
      const std::size_t at = text.find(name) + 12;
      return text.substr(at, text.find('\n', at) - at);
    };
    CHECK(value("expected") != value("got     "));
  }
}

TEST_CASE("difference: what is not finite", "[difference][reference]") {
  const std::string text =
      render_difference(sample(-std::numeric_limits<double>::infinity(), std::nan(""), 1e-9));
  CHECK(text.find("expected    −∞\n    got         NaN\n    in all") != std::string::npos);
}

TEST_CASE("difference: a scalar has no cell", "[difference][reference]") {
  Difference d = sample(0.5, 1.0, 1e-9);
  d.cell.clear();
  d.names.clear();
  d.tensor = "scale";
  d.differing = d.cells = 1;
  const std::string text = render_difference(d);
  CHECK(text.find("\n  scale\n") != std::string::npos);
  CHECK(text.find("1 of 1 number differs") != std::string::npos);
}

TEST_CASE("difference: a name that the trace does not have", "[difference][reference]") {
  Difference d;
  d.what = What::missing;
  d.tensor = "wieghts";
  d.nearest = "weights";
  d.expected_shape = {2, 3};
  d.place = "a.yaml:14:5";
  CHECK(render_difference(d) == R"(  wieghts
    expected    (2, 3)
    got         no tensor of this name; did you mean weights?
    written in  a.yaml:14:5
)");
}

TEST_CASE("difference: a tensor that is not computed", "[difference][reference]") {
  Difference d = sample(0, 0, 0);
  d.what = What::absent;
  d.cell.clear();
  d.names.clear();
  CHECK(render_difference(d) == R"(  in step weights
  weights
    expected    (Tq=2, Tk=3)
    got         not written yet
)");
}

TEST_CASE("difference: another shape", "[difference][reference]") {
  Difference d = sample(0, 0, 0);
  d.what = What::shape;
  d.cell.clear();
  d.names.clear();
  d.got_shape = {3, 2};
  CHECK(render_difference(d) == R"(  in step weights
  weights
    expected    shape (Tq=2, Tk=3)
    got         shape (Tq=3, Tk=2)
)");
}

TEST_CASE("difference: a step or a tensor that only one trace has", "[difference][reference]") {
  Difference d;
  d.what = What::missing;
  d.step = "summary";
  CHECK(render_difference(d) == "  in step summary: expected, but not there\n");
  d.what = What::extra;
  CHECK(render_difference(d) == "  in step summary: there, but not expected\n");
  d.tensor = "entropy";
  d.got_shape = {3};
  CHECK(render_difference(d) == R"(  in step summary
  entropy
    expected    no such tensor
    got         (3)
)");
}

TEST_CASE("difference: colour adds nothing but colour", "[difference][law]") {
  const Difference d = sample(1, 2, 0.5);
  const std::string colored = render_difference(d, true);
  std::string plain;
  for (std::size_t i = 0; i < colored.size(); ++i) {
    if (colored[i] == '\x1b') {
      i = colored.find('m', i);
    } else {
      plain += colored[i];
    }
  }
  CHECK(plain == render_difference(d, false));
  CHECK(colored != plain);
}
