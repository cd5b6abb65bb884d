#include "attn/render/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/render/display_width.hpp"
#include "attn/render/number.hpp"

namespace attn::render {
namespace {

constexpr std::size_t edge = 3;  // entries shown at each end of an axis
constexpr std::size_t elided = static_cast<std::size_t>(-1);

/// The indices of an axis that are shown; `elided` stands for those between.
std::vector<std::size_t> ends_of(std::size_t extent) {
  std::vector<std::size_t> shown;
  for (std::size_t i = 0; i < extent; ++i) {
    if (extent <= 2 * edge + 1 || i < edge || i >= extent - edge) {
      shown.push_back(i);
    } else if (shown.back() != elided) {
      shown.push_back(elided);
    }
  }
  return shown;
}

/// The rows and columns of the first slice that are shown, and their numbers.
struct Corners {
  std::vector<std::size_t> rows, columns;
  std::vector<double> seen;
};

Corners corners_of(const trace::Tensor& tensor) {
  const std::size_t rank = tensor.shape.size();
  const std::size_t across = tensor.shape[rank - 1];
  Corners corners;
  corners.rows = rank < 2 ? std::vector<std::size_t>{0} : ends_of(tensor.shape[rank - 2]);
  corners.columns = ends_of(across);
  for (const std::size_t r : corners.rows) {
    for (const std::size_t c : corners.columns) {
      if (r != elided && c != elided) corners.seen.push_back(tensor.values[r * across + c]);
    }
  }
  return corners;
}

Table corners_table(const trace::Tensor& tensor, int precision, double noise) {
  const std::size_t rank = tensor.shape.size();
  const std::size_t across = tensor.shape[rank - 1];
  const auto [rows, columns, seen] = corners_of(tensor);
  const NumberFormat format = format_for(seen, precision, noise);
  const auto heading = [&](std::size_t axis, std::size_t i) {
    return i == elided ? Heading{"…", false} : heading_of(tensor, axis, i);
  };
  Table table;
  table.corner = corner_of(tensor);
  for (const std::size_t c : columns) table.columns.push_back(heading(rank - 1, c));
  for (const std::size_t r : rows) {
    table.rows.push_back(rank < 2 ? Heading{} : heading(rank - 2, r));
    for (const std::size_t c : columns) {
      if (r == elided || c == elided) {
        table.cells.push_back({"…", "", palette::faint, ""});
        continue;
      }
      const double value = tensor.values[r * across + c];
      NumberText text = show(value, format);
      const Style& style = is_noise(value, noise) ? palette::faint : palette::text;
      table.cells.push_back({std::move(text.left), std::move(text.right), style, ""});
    }
  }
  return table;
}

std::string others(const Statistics& s) {
  std::string text;
  const auto say = [&](std::size_t count, std::string_view name) {
    if (count > 0) text += fmt::format(", {} of them {}", count, name);
  };
  say(s.minus_infinite, "−∞");
  say(s.infinite, "∞");
  say(s.nan, "NaN");
  return text;
}

}  // namespace

Statistics statistics(std::span<const double> values) {
  Statistics s;
  double sum = 0.0, squares = 0.0;
  for (const double value : values) {
    if (!std::isfinite(value)) {
      ++(std::isnan(value) ? s.nan : value > 0 ? s.infinite : s.minus_infinite);
      continue;
    }
    s.min = s.finite == 0 ? value : std::min(s.min, value);
    s.max = s.finite == 0 ? value : std::max(s.max, value);
    ++s.finite;
    sum += value;
    squares += value * value;
  }
  if (s.finite == 0) return s;
  const double n = static_cast<double>(s.finite);
  const double largest = std::max(std::abs(s.min), std::abs(s.max));
  const bool squares_hold = largest == 0.0 || (largest > 1e-140 && largest < 1e140);
  if (!squares_hold) {  // again, in units of the largest
    sum = squares = 0.0;
    for (const double value : values) {
      if (!std::isfinite(value)) continue;
      sum += value / largest;
      squares += (value / largest) * (value / largest);
    }
  }
  const double unit = squares_hold ? 1.0 : largest;
  s.mean = sum / n * unit;
  s.norm = std::sqrt(squares) * unit;
  return s;
}

Line whole_hint(const trace::Tensor& tensor) {
  const std::string file = printable(tensor.name) + ".npy";
  return Line("whole: --npy DIR (" + file + ") or --format json", palette::faint);
}

bool summary_has_noise(const trace::Tensor& tensor) {
  const double noise = noise_of(tensor.values);
  const Statistics s = statistics(tensor.values);
  std::vector<double> shown = corners_of(tensor).seen;
  shown.insert(shown.end(), {s.min, s.max, s.mean, s.norm});
  return std::any_of(shown.begin(), shown.end(), [&](double v) { return is_noise(v, noise); });
}

Block summary_block(const trace::Tensor& tensor, const Room& room) {
  const Statistics s = statistics(tensor.values);
  const double noise = noise_of(tensor.values);
  Block block;
  for (const std::string& line :
       wrap(fmt::format("{} numbers{}", tensor.values.size(), others(s)), room.columns)) {
    block.emplace_back(line);
  }
  if (s.finite > 0) {
    const auto number = [&](double value) {
      return is_noise(value, noise) ? noise_sign : show(value, room.precision);
    };
    for (const std::string& line :
         wrap(fmt::format("min {}, max {}, mean {}, norm {}", number(s.min), number(s.max),
                          number(s.mean), number(s.norm)),
              room.columns)) {
      block.emplace_back(line);
    }
  }
  const std::size_t rank = tensor.shape.size();
  const std::size_t cells =
      rank < 2 ? tensor.values.size() : tensor.shape[rank - 2] * tensor.shape[rank - 1];
  append(block, lay_out(corners_table(tensor, room.precision, noise), room.columns));
  if (cells < tensor.values.size()) block.emplace_back("…", palette::faint);
  block.push_back(whole_hint(tensor));
  return block;
}

}  // namespace attn::render
