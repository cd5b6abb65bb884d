#include "attn/render/difference.hpp"

#include <fmt/format.h>

#include <cmath>

#include "attn/render/display_width.hpp"
#include "attn/render/page.hpp"

namespace attn::render {
namespace {

using What = trace::Difference::What;

constexpr int all_digits = 17;  // then the shortest text that reads back as the same number

std::string plain(double value, int digits) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "−∞" : "∞";
  return digits < all_digits ? fmt::format("{:.{}g}", value, digits) : fmt::format("{}", value);
}

/// The fewest digits with which two numbers can be told apart, and two more; but at least 6.
int digits_for(double a, double b) {
  for (int digits = 6; digits < all_digits; ++digits) {
    if (plain(a, digits) == plain(b, digits)) continue;
    return digits == 6 ? digits : std::min(digits + 2, all_digits);
  }
  return all_digits;
}

/// "(Tq=3, Tk=4)" or, for a single number, "a single number".
std::string shape_text(const std::vector<std::size_t>& shape,
                       const std::vector<std::string>& axes) {
  if (shape.empty()) return "a single number";
  std::string text;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += text.empty() ? "(" : ", ";
    if (axes.size() == shape.size()) text += printable(axes[i]) + "=";
    text += std::to_string(shape[i]);
  }
  return text + ")";
}

/// "weights[0, 1]  我, love": a cell as NumPy counts, and by its names.
Line cell_line(const trace::Difference& d) {
  std::string cell, names;
  for (std::size_t i = 0; i < d.cell.size(); ++i) {
    cell += (i == 0 ? "[" : ", ") + std::to_string(d.cell[i]);
    if (i >= d.names.size() || d.names[i].empty()) continue;
    names += (names.empty() ? "" : ", ") + printable(d.names[i]);
  }
  Line line("  " + printable(d.tensor) + (cell.empty() ? "" : cell + "]"), palette::name);
  if (!names.empty()) line.add("  ").add(names, palette::label);
  return line;
}

Line pair(std::string_view name, std::string_view value, const Style& style = {}) {
  return Line().add("    ").add(name, palette::faint).pad_to(16).add(value, style);
}

void values_differ(Block& block, const trace::Difference& d) {
  const int digits = digits_for(d.expected, d.got);
  block.push_back(cell_line(d));
  block.push_back(pair("expected", plain(d.expected, digits), palette::good));
  block.push_back(pair("got", plain(d.got, digits), palette::bad));
  const double difference = std::abs(d.got - d.expected);
  if (std::isfinite(difference)) {
    block.push_back(pair("difference",
                         fmt::format("{}, allowed {}", plain(difference, 3), plain(d.allowed, 3))));
  }
  const std::string_view differ = d.cells == 1 ? "number differs" : "numbers differ";
  block.push_back(pair("in all", fmt::format("{} of {} {}", d.differing, d.cells, differ)));
}

/// For tensors that are not there, or have another shape.
void others_differ(Block& block, const trace::Difference& d) {
  const std::string wanted = shape_text(d.expected_shape, d.axes);
  block.push_back(cell_line(d));
  switch (d.what) {
    case What::missing: {
      const std::string meant =
          d.nearest.empty() ? "" : "; did you mean " + printable(d.nearest) + "?";
      block.push_back(pair("expected", wanted, palette::good));
      block.push_back(pair("got", "no tensor of this name" + meant, palette::bad));
      break;
    }
    case What::absent:
      block.push_back(pair("expected", wanted, palette::good));
      block.push_back(pair("got", "not written yet", palette::bad));
      break;
    case What::shape:
      block.push_back(pair("expected", "shape " + wanted, palette::good));
      block.push_back(pair("got", "shape " + shape_text(d.got_shape, d.axes), palette::bad));
      break;
    case What::extra:
      block.push_back(pair("expected", "no such tensor", palette::good));
      block.push_back(pair("got", shape_text(d.got_shape, d.axes), palette::bad));
      break;
    case What::value:
      break;
  }
}

}  // namespace

std::string render_difference(const trace::Difference& d, bool color) {
  Block block;
  if (!d.step.empty()) {
    Line line("  in step ");
    line.add(printable(d.step), palette::label);
    if (d.tensor.empty()) {
      line.add(d.what == What::missing ? ": expected, but not there" : ": there, but not expected");
    }
    block.push_back(line);
  }
  if (d.what == What::value) {
    values_differ(block, d);
  } else if (!d.tensor.empty()) {
    others_differ(block, d);
  }
  if (!d.source.empty()) block.push_back(pair("source", printable(d.source)));
  if (!d.place.empty()) block.push_back(pair("written in", printable(d.place)));
  std::string out;
  for (const Line& line : block) line.write(out, line.width(), color);
  return out;
}

}  // namespace attn::render
