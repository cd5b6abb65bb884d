#include "attn/render/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "attn/render/axis.hpp"
#include "attn/render/canvas.hpp"
#include "attn/render/display_width.hpp"
#include "attn/render/labels.hpp"

namespace attn::render {
namespace {

using Mark = trace::Series::Mark;

constexpr std::string_view point_signs[] = {"×", "+", "o", "◆", "▲", "■"};
constexpr std::string_view patterns[] = {"1", "1111110000", "100", "11111110010000"};
constexpr std::string_view samples[] = {"⠒⠒⠒", "⠒⠂⠒", "⠂⠂⠂", "⠒⠐⠒"};
constexpr std::string_view letters[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};

constexpr std::string_view several_sign = "*";  // points of several series in one place

struct Point {
  double x, y;
};

/// A series, read from the trace and ready to be drawn.
struct Curve {
  std::string label;
  Mark mark = Mark::points;
  std::vector<Point> points;  ///< finite; those of a line by increasing x
  std::string trouble;        ///< why something is missing from the picture, if it is
  Style style;
  std::string_view sign;     ///< of points; of a line its letter, if there are several lines
  std::string_view pattern;  ///< of a line
  std::string_view sample;
};

/// The numbers of a tensor whose last axis has the entry `label` that stand there: a column.
std::optional<std::vector<double>> column(const trace::Tensor& tensor, const std::string& label) {
  if (tensor.labels.empty()) return std::nullopt;
  const std::vector<std::string>& labels = tensor.labels.back();
  const auto found = std::find(labels.begin(), labels.end(), label);
  if (found == labels.end()) return std::nullopt;
  std::vector<double> values;
  for (auto i = static_cast<std::size_t>(found - labels.begin()); i < tensor.values.size();
       i += labels.size()) {
    values.push_back(tensor.values[i]);
  }
  return values;
}

/// Fills `values` with the numbers of the tensor `name`, or of its column: `name[label]`.
/// \return what is wrong with it, or "".
std::string read(const trace::Trace& trace, const std::string& name, std::vector<double>& values) {
  const std::size_t bracket = name.find('[');
  const bool whole = bracket == std::string::npos || !name.ends_with(']');
  const trace::Tensor* tensor = trace::find(trace, whole ? name : name.substr(0, bracket));
  if (tensor == nullptr) return "no tensor is called " + printable(name);
  if (tensor->absent()) return printable(name) + " is not written yet";
  if (whole) {
    values = tensor->values;
    return "";
  }
  const std::string label = name.substr(bracket + 1, name.size() - bracket - 2);
  const std::optional<std::vector<double>> found = column(*tensor, label);
  if (!found) return "there is no " + printable(name);
  values = *found;
  return "";
}

Curve read_curve(const trace::Trace& trace, const trace::Series& series) {
  Curve curve;
  curve.label = printable(series.label.empty() ? series.y : series.label);
  curve.mark = series.mark;
  std::vector<double> x, y;
  curve.trouble = read(trace, series.y, y);
  if (curve.trouble.empty() && !series.x.empty()) curve.trouble = read(trace, series.x, x);
  if (!curve.trouble.empty()) return curve;
  if (series.x.empty()) {
    for (std::size_t i = 0; i < y.size(); ++i) x.push_back(static_cast<double>(i));
  }
  if (x.size() != y.size()) {
    curve.trouble = fmt::format("{} has {} numbers, {} has {}", printable(series.x), x.size(),
                                printable(series.y), y.size());
    return curve;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (std::isfinite(x[i]) && std::isfinite(y[i])) curve.points.push_back({x[i], y[i]});
  }
  if (const std::size_t left_out = x.size() - curve.points.size(); left_out > 0) {
    curve.trouble = fmt::format("{} of {} points are not finite", left_out, x.size());
  }
  if (curve.mark == Mark::line) {
    std::stable_sort(curve.points.begin(), curve.points.end(),
                     [](const Point& a, const Point& b) { return a.x < b.x; });
  }
  return curve;
}

std::vector<Curve> read_curves(const trace::Trace& trace, const trace::Plot& plot) {
  std::vector<Curve> curves;
  const auto is_line = [](const trace::Series& s) { return s.mark == Mark::line; };
  const auto all_lines = std::count_if(plot.series.begin(), plot.series.end(), is_line);
  std::size_t lines = 0, points = 0;
  for (const trace::Series& series : plot.series) {
    Curve curve = read_curve(trace, series);
    curve.style = palette::series(curves.size());
    if (is_line(series)) {
      curve.pattern = patterns[lines % std::size(patterns)];
      curve.sample = samples[lines % std::size(samples)];
      if (all_lines > 1) curve.sign = letters[lines % std::size(letters)];
      ++lines;
    } else {
      curve.sign = point_signs[points++ % std::size(point_signs)];
    }
    curves.push_back(std::move(curve));
  }
  return curves;
}

/// The axis that holds every curve's numbers.
template <class Coordinate>
std::optional<Axis> axis_of(const std::vector<Curve>& curves, Coordinate coordinate) {
  std::optional<double> low, high;
  for (const Curve& curve : curves) {
    for (const Point& point : curve.points) {
      const double value = coordinate(point);
      low = std::min(low.value_or(value), value);
      high = std::max(high.value_or(value), value);
    }
  }
  if (!low) return std::nullopt;
  return Axis(*low, *high);
}

void draw_line(Canvas& canvas, const Curve& curve, const Axis& across, const Axis& up) {
  Stroke stroke{curve.pattern};
  const auto x = [&](const Point& p) { return across.place(p.x, canvas.columns() * 2); };
  const auto y = [&](const Point& p) { return up.place(p.y, canvas.rows() * 4); };
  for (std::size_t i = 1; i < curve.points.size(); ++i) {
    const Point &from = curve.points[i - 1], &to = curve.points[i];
    canvas.line(x(from), y(from), x(to), y(to), stroke, curve.style);
  }
  if (curve.points.empty()) return;
  const Point& last = curve.points.back();
  canvas.dot(x(last), y(last), curve.style);
  // A single dot would hardly be seen.
  if (curve.points.size() == 1) canvas.sign(x(last) / 2, y(last) / 4, "·", curve.style);
}

/// The letter of a line, on the line, at two places where those of the others are not.
void draw_letters(Canvas& canvas, const Curve& curve, std::size_t index, std::size_t lines,
                  const Axis& across, const Axis& up) {
  if (curve.points.empty()) return;
  for (std::size_t half = 0; half < 2; ++half) {
    const std::size_t n = 2 * lines;
    const std::size_t wanted = canvas.columns() * (2 * (index + half * lines) + 1) / (2 * n);
    const auto column = [&](const Point& p) { return across.place(p.x, canvas.columns()); };
    const auto after = std::find_if(curve.points.begin(), curve.points.end(),
                                    [&](const Point& p) { return column(p) >= wanted; });
    if (after == curve.points.end() || (after == curve.points.begin() && column(*after) > wanted)) {
      continue;
    }
    double y = after->y;
    if (after != curve.points.begin()) {
      const Point& before = *(after - 1);
      const double from = static_cast<double>(column(before));
      const double share = (static_cast<double>(wanted) - from) /
                           std::max(1.0, static_cast<double>(column(*after)) - from);
      y = before.y + (after->y - before.y) * share;
    }
    canvas.sign(wanted, up.place(y, canvas.rows()), curve.sign, curve.style);
  }
}

/// The points of all series. \return whether those of several series meet somewhere.
bool draw_points(Canvas& canvas, const std::vector<Curve>& curves, const Axis& across,
                 const Axis& up) {
  std::vector<const Curve*> drawn(canvas.columns() * canvas.rows(), nullptr);
  bool several = false;
  for (const Curve& curve : curves) {
    if (curve.mark == Mark::line) continue;
    for (const Point& p : curve.points) {
      const std::size_t column = across.place(p.x, canvas.columns());
      const std::size_t row = up.place(p.y, canvas.rows());
      const Curve*& before = drawn[row * canvas.columns() + column];
      if (before == nullptr) before = &curve;
      if (before == &curve) {
        canvas.sign(column, row, curve.sign, curve.style);
      } else {
        canvas.sign(column, row, several_sign, palette::name);
        several = true;
      }
    }
  }
  return several;
}

/// \return whether points of several series meet somewhere.
bool draw(Canvas& canvas, const std::vector<Curve>& curves, const Axis& across, const Axis& up) {
  std::size_t lines = 0;
  for (const Curve& curve : curves) {
    if (curve.mark != Mark::line) continue;
    draw_line(canvas, curve, across, up);
    ++lines;
  }
  const bool several = draw_points(canvas, curves, across, up);
  std::size_t index = 0;
  for (const Curve& curve : curves) {
    if (curve.mark != Mark::line) continue;
    if (lines > 1) draw_letters(canvas, curve, index, lines, across, up);
    ++index;
  }
  return several;
}

/// Sign and name of every series, in as many lines as it takes.
Block legend(const std::vector<Curve>& curves, bool several, std::size_t columns) {
  Block entries;
  std::vector<std::string> labels;
  for (const Curve& curve : curves) labels.push_back(curve.label);
  labels = shortened_apart(labels, columns / 2);
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const Curve& curve = curves[i];
    Line entry;
    entry.add(curve.sign, curve.style);
    if (!curve.sign.empty() && !curve.sample.empty()) entry.add(" ");
    entry.add(curve.sample, curve.style).add(" ");
    entries.push_back(entry.add(labels[i]));
  }
  if (several) entries.push_back(Line(several_sign, palette::name).add(" several"));
  Block block;
  Line line;
  for (const Line& entry : entries) {
    if (line.width() > 0 && line.width() + 3 + entry.width() > columns) {
      block.push_back(std::move(line));
      line = Line();
    }
    if (line.width() > 0) line.add("   ");
    line.add(entry);
  }
  if (line.width() > 0) block.push_back(std::move(line));
  return block;
}

/// The picture with its axes: numbers at the left and below.
Block framed(const Canvas& canvas, const std::vector<Tick>& up, const std::vector<Tick>& across,
             std::size_t left) {
  Block block;
  for (std::size_t i = 0; i < canvas.rows(); ++i) {
    const std::size_t row = canvas.rows() - 1 - i;
    const auto tick =
        std::find_if(up.begin(), up.end(), [&](const Tick& t) { return t.place == row; });
    Line line;
    if (tick != up.end()) {
      line.pad_to(left - tick->text.size()).add(tick->text, palette::faint);
    }
    line.pad_to(left + 1).add(tick != up.end() ? "┤" : "│", palette::faint);
    block.push_back(line.add(canvas.text(i)));
  }
  Line rule;
  rule.pad_to(left + 1).add("└", palette::faint);
  for (std::size_t column = 0; column < canvas.columns(); ++column) {
    const bool tick =
        std::any_of(across.begin(), across.end(), [&](const Tick& t) { return t.place == column; });
    rule.add(tick ? "┬" : "─", palette::faint);
  }
  block.push_back(std::move(rule));
  Line numbers;
  for (const Tick& tick : across) {
    const std::size_t middle = left + 2 + tick.place;
    const std::size_t at = std::min(middle - std::min(middle, tick.text.size() / 2),
                                    left + 2 + canvas.columns() - tick.text.size());
    if (numbers.width() > 0 && at < numbers.width() + 2) continue;
    numbers.pad_to(at).add(tick.text, palette::faint);
  }
  block.push_back(std::move(numbers));
  return block;
}

}  // namespace

Block plot_block(const trace::Trace& trace, const trace::Plot& plot, const Room& room) {
  constexpr std::size_t widest = 100;
  const std::size_t columns = std::min(room.columns, widest);
  const std::size_t rows = columns < widest ? 16 : 20;
  const std::vector<Curve> curves = read_curves(trace, plot);

  Block block;
  for (const std::string& line : wrap(plot.title, columns)) block.emplace_back(line, palette::name);
  const auto say = [&](bool several) {
    append(block, legend(curves, several, columns));
    for (const Curve& curve : curves) {
      if (curve.trouble.empty()) continue;
      for (const std::string& line : wrap(curve.label + ": " + curve.trouble, columns)) {
        block.emplace_back(line, palette::bad);
      }
    }
  };
  const std::optional<Axis> x = axis_of(curves, [](const Point& p) { return p.x; });
  const std::optional<Axis> y = axis_of(curves, [](const Point& p) { return p.y; });
  if (!x || !y) {
    say(false);
    return block;
  }

  const std::vector<Tick> up = y->ticks(rows / 4, rows);
  std::size_t left = 0;
  for (const Tick& tick : up) left = std::max(left, tick.text.size());
  Canvas canvas(columns - left - 2, rows);
  say(draw(canvas, curves, *x, *y));
  append(block, framed(canvas, up, x->ticks(canvas.columns() / 12, canvas.columns()), left));
  return block;
}

}  // namespace attn::render
