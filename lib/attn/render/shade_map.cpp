#include "attn/render/shade_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/render/display_width.hpp"
#include "attn/render/summary.hpp"

namespace attn::render {
namespace {

constexpr std::size_t most_lines = 32;
constexpr std::size_t most_maps = 8;
constexpr std::size_t longest_map_name = 16;
constexpr std::size_t between_maps = 4;  // between maps
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

/// What stands at the left of a map and above it.
struct Names {
  std::string corner;
  std::vector<Heading> rows, columns;  ///< no rows for a vector
};

Names names_of(const trace::Tensor& tensor, std::size_t room) {
  const std::size_t rank = tensor.shape.size();
  Names names;
  names.corner = shortened(corner_of(tensor), std::max<std::size_t>(room / 4, 8));
  if (rank >= 2) names.rows = headings_of(tensor, rank - 2, longest_map_name);
  names.columns = headings_of(tensor, rank - 1, longest_map_name);
  return names;
}

/// The room that the rows' headings may need.
std::size_t widest_heading(const Names& names) {
  std::size_t widest = display_width(names.corner);
  for (const Heading& row : names.rows) widest = std::max(widest, display_width(row.text));
  return widest;
}

std::size_t divide_up(std::size_t a, std::size_t b) { return (a + b - 1) / b; }

/// The largest of `values`, or their mean; NaN if there is one among them.
class Pool {
 public:
  explicit Pool(bool mean) : mean_(mean) {}
  void take(const double* values, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      sum_ += values[i];
      largest_ = std::max(largest_, values[i]);
    }
    count_ += count;
  }
  double result() const {
    if (std::isnan(sum_)) return sum_;
    return mean_ ? sum_ / static_cast<double>(count_) : largest_;
  }

 private:
  bool mean_;
  std::size_t count_ = 0;
  double sum_ = 0.0, largest_ = 0.0;
};

Picture scale_down(const double* values, std::size_t rows, std::size_t columns, const Scale& scale,
                   bool mean, double largest) {
  Picture picture{divide_up(rows, scale.rows), divide_up(columns, scale.columns), {}};
  for (std::size_t r = 0; r < rows; r += scale.rows) {
    std::vector<Pool> pools(picture.columns, Pool(mean));
    for (std::size_t row = r; row < std::min(rows, r + scale.rows); ++row) {
      for (std::size_t i = 0; i < pools.size(); ++i) {
        const std::size_t first = i * scale.columns;
        pools[i].take(values + row * columns + first, std::min(scale.columns, columns - first));
      }
    }
    for (const Pool& pool : pools) picture.shares.push_back(pool.result() / largest);
  }
  return picture;
}

/// How many signs apart the ticks are: 10 or, for names, as few as leave a space between all.
std::size_t tick_distance(const std::vector<Heading>& columns, const Picture& picture,
                          const Scale& scale) {
  const auto is_name = [](const Heading& heading) { return heading.named; };
  if (std::none_of(columns.begin(), columns.end(), is_name)) return 10;
  for (const std::size_t distance : {2u, 5u, 10u}) {
    bool apart = true;
    for (std::size_t c = 0; c < picture.columns && apart; c += distance) {
      apart = display_width(columns[c * scale.columns].text) < distance;
    }
    if (apart) return distance;
  }
  return 20;  // no heading is as wide
}

/// Names or indices above the map, each where its column begins, with room for `most` signs.
Line ruler(const Names& names, std::size_t left, std::size_t most, const Picture& picture,
           const Scale& scale) {
  Line line(names.corner, palette::faint);
  line.pad_to(left);
  const std::size_t distance = tick_distance(names.columns, picture, scale);
  for (std::size_t c = 0; c < picture.columns; c += distance) {
    const Heading& heading = names.columns[c * scale.columns];
    if (c + display_width(heading.text) > most) break;
    line.pad_to(left + c).add(heading.text, heading.named ? palette::label : palette::faint);
  }
  return line;
}

/// A sign in two halves, `upper` above `lower`, each with its colour or, at next to nothing, none.
void add_halves(Line& line, double upper, double lower) {
  if (std::isnan(upper) || std::isnan(lower)) {
    line.add("?", palette::bad);
    return;
  }
  const int above = palette::shade_color(upper), below = palette::shade_color(lower);
  if (above < 0 && below < 0) {
    line.add(" ");
  } else if (above < 0) {
    line.add("▄", {.foreground = below});
  } else {
    line.add("▀", {.foreground = above, .background = below});
  }
}

void add_sign(Line& line, double share, bool mask) {
  const Style style = std::isnan(share) ? palette::bad : mask ? palette::good : palette::text;
  line.add(shade_sign(share), style);
}

/// `halved`: two rows to a line, one above the other. `most`: how many signs a line has room for.
Block draw(const Picture& picture, const Scale& scale, const trace::Tensor& tensor,
           const Names& names, std::size_t most, bool halved) {
  const std::size_t per_line = halved ? 2 : 1;
  const std::size_t lines = divide_up(picture.rows, per_line);
  const std::size_t rows_a_line = scale.rows * per_line;
  std::vector<Heading> headings(lines);
  std::size_t left = display_width(names.corner);
  for (std::size_t i = 0; !names.rows.empty() && i < lines; ++i) {
    const Heading& heading = names.rows[i * rows_a_line];
    if (i % 5 == 0 || (heading.named && rows_a_line == 1)) headings[i] = heading;
    left = std::max(left, display_width(headings[i].text));
  }
  left += left > 0 ? 1 : 0;

  Block block{ruler(names, left, most, picture, scale)};
  for (std::size_t i = 0; i < lines; ++i) {
    Line line;
    const Heading& heading = headings[i];
    if (!heading.named && !heading.text.empty()) line.pad_to(left - 1 - heading.text.size());
    line.add(heading.text, heading.named ? palette::label : palette::faint).pad_to(left);
    for (std::size_t c = 0; c < picture.columns; ++c) {
      if (halved) {
        const std::size_t lower = i * 2 + 1;
        add_halves(line, picture.at(i * 2, c), lower < picture.rows ? picture.at(lower, c) : 0.0);
      } else {
        add_sign(line, picture.at(i, c), tensor.kind == "mask");
      }
    }
    block.push_back(std::move(line));
  }
  return block;
}

void add_note(Block& block, const std::string& text, const Room& room) {
  for (const std::string& line : wrap(text, room.columns)) block.emplace_back(line, palette::faint);
}

/// "2 entries along Tq", "2×3 entries along Tq and Tk": what one sign stands for.
std::string entries_text(const trace::Tensor& tensor, const Scale& scale) {
  const std::size_t rank = tensor.shape.size();
  const bool named = tensor.axes.size() == rank;
  const std::string down = named && rank >= 2 ? tensor.axes[rank - 2] : "";
  const std::string across = named ? tensor.axes[rank - 1] : "";
  const std::string along = named ? "along " : "";
  const std::string rows = down.empty() ? "down" : along + down;
  const std::string columns = across.empty() ? "across" : along + across;
  if (scale.columns == 1) return fmt::format("{} entries {}", scale.rows, rows);
  if (scale.rows == 1) return fmt::format("{} entries {}", scale.columns, columns);
  return fmt::format("{}×{} entries {} and {}", scale.rows, scale.columns, rows,
                     across.empty() ? columns : across);
}

/// What the shades mean.
void explain_shades(Block& block, bool mask, double largest, const Room& room) {
  const auto number = [](double value) { return fmt::format("{:.3g}", value); };
  if (mask) {
    block.emplace_back("█ attend, blank: masked", palette::faint);
  } else if (room.color) {
    Line line("0 ", palette::faint);
    for (int i = 1; i <= 20; ++i) line.add(" ", palette::shade(i / 20.0));
    block.push_back(line.add(" " + number(largest) + ", the largest", palette::faint));
  } else {
    std::string text;
    for (std::size_t i = 0; i < 4; ++i) {
      text += fmt::format("{} from {}, ", signs[i + 1], number(thresholds[i] * largest));
    }
    add_note(block, text + "the largest is " + number(largest), room);
  }
  if (!mask && room.scale.shared) add_note(block, "one scale for all maps of this step", room);
}

void explain_waves(Block& block, const Room& room) {
  if (!room.color) {
    add_note(block, wave_legend(), room);
    return;
  }
  Line line("-1 ", palette::faint);
  for (int i = 0; i <= 20; ++i) line.add(" ", palette::shade(i / 20.0));
  block.push_back(line.add(" 1", palette::faint));
}

/// How many numbers each sign stands for.
void explain_size(Block& block, const trace::Tensor& tensor, const Scale& scale, const Room& room) {
  if (scale.rows * scale.columns == 1) return;
  const bool mask = tensor.kind == "mask", mean = mask || tensor.kind == "wave";
  add_note(block,
           fmt::format("drawn smaller: each {} stands for {} and shows {}",
                       room.color && !mask ? "half of a sign" : "sign", entries_text(tensor, scale),
                       mean ? "their mean" : "the largest weight"),
           room);
}

}  // namespace

std::string shade_sign(double weight) {
  if (std::isnan(weight)) return "?";
  std::size_t level = 0;
  while (level < 4 && weight >= thresholds[level]) ++level;
  return std::string(signs[level]);
}

double largest_of(const std::vector<double>& values) {
  double largest = 0.0;
  for (const double value : values) {
    if (value > largest && std::isfinite(value)) largest = value;
  }
  return largest;
}

std::string shade_legend() { return "░ from 0.05, ▒ from 0.25, ▓ from 0.5, █ from 0.75"; }

double wave_share(double wave) { return (wave + 1.0) / 2.0; }

std::string wave_legend() { return "░ from -0.9, ▒ from -0.5, ▓ from 0, █ from 0.5"; }

std::string bar(double share, std::size_t full) {
  if (!(share > 0.0)) return "";
  const double halves = std::min(share, 1.0) * static_cast<double>(full) * 2.0;
  const std::size_t count = static_cast<std::size_t>(halves + 0.5);
  if (count == 0) return "╴";
  std::string text;
  for (std::size_t i = 0; i < count / 2; ++i) text += "━";
  return text + (count % 2 == 1 ? "╸" : "");
}

Block maps_block(const trace::Tensor& tensor, const Room& room) {
  const std::size_t rank = tensor.shape.size();
  const std::size_t rows = rank < 2 ? 1 : tensor.shape[rank - 2];
  const std::size_t columns = tensor.shape[rank - 1];
  const std::size_t maps = tensor.values.size() / (rows * columns);
  const bool mask = tensor.kind == "mask", wave = tensor.kind == "wave";
  const bool halved = room.color && !mask;
  std::vector<double> values = tensor.values;
  if (wave) std::transform(values.begin(), values.end(), values.begin(), wave_share);
  const double max = mask || wave               ? 1.0
                     : room.scale.largest > 0.0 ? room.scale.largest
                                                : largest_of(tensor.values);
  const double largest = max > 0.0 ? max : 1.0;

  // Several maps are there to be compared: two of them fit side by side.
  const std::size_t room_for_one = maps > 1 ? (room.columns - between_maps) / 2 : room.columns;
  const Names names = names_of(tensor, room_for_one);
  const std::size_t heads = widest_heading(names) + 1;
  const std::size_t across = std::max(room_for_one, heads + 8) - heads;
  Scale scale{1, divide_up(columns, across)};
  const std::size_t lines = maps > 1 && scale.columns > 1 ? most_lines / 2 : most_lines;
  scale.rows = divide_up(rows, lines * (halved ? 2 : 1));

  std::vector<Block> drawn;
  for (std::size_t i = 0; i < std::min(maps, most_maps); ++i) {
    const Picture picture =
        scale_down(values.data() + i * rows * columns, rows, columns, scale, mask || wave, largest);
    Block map = draw(picture, scale, tensor, names, across, halved);
    if (maps > 1) map.insert(map.begin(), slice_title(tensor, i));
    drawn.push_back(std::move(map));
  }
  Block block = flow(drawn, room.columns, between_maps);
  if (maps > most_maps)
    block.emplace_back(fmt::format("… {} more", maps - most_maps), palette::faint);
  block.emplace_back();
  if (wave)
    explain_waves(block, room);
  else if (mask || room.scale.legend)
    explain_shades(block, mask, largest, room);
  explain_size(block, tensor, scale, room);
  block.push_back(whole_hint(tensor));
  return block;
}

}  // namespace attn::render
