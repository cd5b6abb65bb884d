#include "attn/render/shade_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/render/display_width.hpp"
#include "attn/render/number.hpp"
#include "attn/render/summary.hpp"

namespace attn::render {
namespace {

constexpr std::size_t most_lines = 32;
constexpr std::size_t most_maps = 8;
constexpr double thresholds[] = {0.05, 0.25, 0.5, 0.75};
constexpr std::string_view signs[] = {" ", "░", "▒", "▓", "█"};

/// How many entries along each axis one sign, or one half of it, stands for.
struct Scale {
  std::size_t rows = 1, columns = 1;
};

/// A matrix scaled down: NaN where there is nothing to show.
struct Picture {
  std::size_t rows = 0, columns = 0;
  std::vector<double> shares;
  double at(std::size_t row, std::size_t column) const { return shares[row * columns + column]; }
};

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

Picture scale_down(const double* values, std::size_t rows, std::size_t columns, const Scale& scale,
                   bool mean, double largest) {
  Picture picture{divide_up(rows, scale.rows), divide_up(columns, scale.columns), {}};
  picture.shares.assign(picture.rows * picture.columns, 0.0);
  std::vector<double> counts(mean ? picture.shares.size() : 0, 0.0);
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      const std::size_t at = r / scale.rows * picture.columns + c / scale.columns;
      const double value = values[r * columns + c] / largest;
      double& share = picture.shares[at];
      if (mean) {
        share += value;
        counts[at] += 1.0;
      } else if (!(share >= value)) {
        share = std::isnan(share) ? share : value;  // NaN, once met, stays
      }
    }
  }
  for (std::size_t i = 0; i < counts.size(); ++i) picture.shares[i] /= counts[i];
  return picture;
}

/// Indices above the map, as far apart as they need to be.
Line ruler(std::size_t left, const Picture& picture, const Scale& scale) {
  Line line;
  line.pad_to(left);
  for (std::size_t c = 0; c < picture.columns; c += 10) {
    const std::string index = "[" + std::to_string(c * scale.columns) + "]";
    if (line.width() > left + c || left + c + index.size() > left + picture.columns) continue;
    line.pad_to(left + c).add(index, palette::faint);
  }
  return line;
}

/// The sign with `upper` above `lower`: two halves in colour.
void add_halves(Line& line, double upper, double lower) {
  if (std::isnan(upper) || std::isnan(lower)) {
    line.add("?", palette::bad);
    return;
  }
  Style style;
  style.foreground = palette::shade_color(upper);
  style.background = palette::shade_color(lower);
  line.add("▀", style);
}

void add_sign(Line& line, double share) {
  if (std::isnan(share)) {
    line.add("?", palette::bad);
  } else {
    line.add(shade_sign(share));
  }
}

Block draw(const Picture& picture, const Scale& scale, const trace::Tensor& tensor, bool color) {
  const std::size_t rank = tensor.shape.size();
  const std::size_t per_line = color ? 2 : 1;
  const std::size_t lines = divide_up(picture.rows, per_line);
  const std::size_t rows_a_line = scale.rows * per_line;
  std::vector<Heading> headings(lines);
  std::size_t left = 0;
  for (std::size_t i = 0; rank >= 2 && i < lines; ++i) {
    const Heading heading = heading_of(tensor, rank - 2, i * rows_a_line);
    if (i % 5 == 0 || (heading.named && rows_a_line == 1)) headings[i] = heading;
    left = std::max(left, display_width(headings[i].text));
  }
  left += left > 0 ? 1 : 0;

  Block block{ruler(left, picture, scale)};
  for (std::size_t i = 0; i < lines; ++i) {
    Line line;
    const Heading& heading = headings[i];
    if (!heading.named && !heading.text.empty()) line.pad_to(left - 1 - heading.text.size());
    line.add(heading.text, heading.named ? palette::label : palette::faint).pad_to(left);
    for (std::size_t c = 0; c < picture.columns; ++c) {
      if (color) {
        const std::size_t lower = i * 2 + 1;
        add_halves(line, picture.at(i * 2, c), lower < picture.rows ? picture.at(lower, c) : 0.0);
      } else {
        add_sign(line, picture.at(i, c));
      }
    }
    block.push_back(std::move(line));
  }
  return block;
}

/// What the shades mean, and how many weights each sign stands for.
void explain(Block& block, const trace::Tensor& tensor, const Scale& scale, double largest,
             const Room& room) {
  const bool mask = tensor.kind == "mask";
  const auto number = [&](double value) { return show(value, std::min(room.precision, 4)); };
  if (mask) {
    block.emplace_back(room.color ? "bright: attend, dark: masked" : "█ attend, blank: masked",
                       palette::faint);
  } else if (room.color) {
    Line line("0 ", palette::faint);
    for (int i = 0; i <= 12; ++i) line.add(" ", palette::shade(i / 12.0));
    block.push_back(line.add(" " + number(largest) + " (the largest)", palette::faint));
  } else {
    std::string text = "shades from";
    for (std::size_t i = 0; i < 4; ++i) {
      text +=
          fmt::format(" {} {}{}", signs[i + 1], number(thresholds[i] * largest), i < 3 ? "," : "");
    }
    for (const std::string& part :
         wrap(text + "; the largest is " + number(largest), room.columns)) {
      block.emplace_back(part, palette::faint);
    }
  }
  if (scale.rows * scale.columns > 1) {
    const std::string half = room.color ? "half of a sign" : "sign";
    for (const std::string& part :
         wrap(fmt::format("scaled down: each {} is the {} of {} × {} entries", half,
                          mask ? "mean" : "largest", scale.rows, scale.columns),
              room.columns)) {
      block.emplace_back(part, palette::faint);
    }
  }
}

}  // namespace

std::string shade_sign(double weight) {
  if (std::isnan(weight)) return "?";
  std::size_t level = 0;
  while (level < 4 && weight >= thresholds[level]) ++level;
  return std::string(signs[level]);
}

std::string shade_legend() { return "shades from ░ 0.05, ▒ 0.25, ▓ 0.5, █ 0.75"; }

std::string bar(double share, std::size_t full) {
  constexpr std::string_view eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (!(share > 0.0)) return "";
  const double exact = std::min(share, 1.0) * static_cast<double>(full) * 8.0;
  const std::size_t count = static_cast<std::size_t>(exact + 0.5);
  std::string text;
  for (std::size_t i = 0; i < count / 8; ++i) text += "█";
  return text + std::string(eighths[count % 8]);
}

Block maps_block(const trace::Tensor& tensor, const Room& room) {
  const std::size_t rank = tensor.shape.size();
  const std::size_t rows = rank < 2 ? 1 : tensor.shape[rank - 2];
  const std::size_t columns = tensor.shape[rank - 1];
  const std::size_t maps = tensor.values.size() / (rows * columns);
  const double max = statistics(tensor.values).max;
  const double largest = tensor.kind == "mask" || !(max > 0.0) ? 1.0 : max;

  constexpr std::size_t heads = 17;  // at most, for the rows' headings
  const std::size_t across = std::max<std::size_t>(room.columns, heads + 8) - heads;
  const std::size_t down = most_lines * (room.color ? 2 : 1);
  const Scale scale{divide_up(rows, down), divide_up(columns, across)};

  std::vector<Block> drawn;
  for (std::size_t i = 0; i < std::min(maps, most_maps); ++i) {
    const Picture picture = scale_down(tensor.values.data() + i * rows * columns, rows, columns,
                                       scale, tensor.kind == "mask", largest);
    Block map = draw(picture, scale, tensor, room.color);
    if (maps > 1) {
      const Heading heading = heading_of(tensor, 0, i);
      map.insert(map.begin(), Line(heading.text, heading.named ? palette::label : palette::faint));
    }
    drawn.push_back(std::move(map));
  }
  Block block = flow(drawn, room.columns, 4);
  if (maps > most_maps)
    block.emplace_back(fmt::format("… {} more", maps - most_maps), palette::faint);
  explain(block, tensor, scale, largest, room);
  block.push_back(whole_hint(tensor));
  return block;
}

}  // namespace attn::render
