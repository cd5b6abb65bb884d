#include "attn/render/tensor_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "attn/render/display_width.hpp"
#include "attn/render/labels.hpp"
#include "attn/render/number.hpp"
#include "attn/render/shade_map.hpp"
#include "attn/render/summary.hpp"

namespace attn::render {
namespace {

constexpr std::size_t longest_slice_name = 40;
constexpr std::size_t tensor_indent = 2;

Cell number_cell(double value, const NumberFormat& format) {
  NumberText text = show(value, format);
  const bool masked = std::isinf(value);
  return {std::move(text.left), std::move(text.right),
          std::isnan(value)                         ? palette::bad
          : masked || is_noise(value, format.noise) ? palette::faint
                                                    : palette::text,
          ""};
}

Cell weight_cell(double value, const NumberFormat& format, bool color, std::size_t sign_width) {
  Cell cell = number_cell(value, format);
  if (!color) {
    for (std::size_t i = 0; i < sign_width; ++i) cell.mark += shade_sign(value);
  } else if (value == 0.0) {
    cell.style = palette::faint;
  } else if (!std::isnan(value)) {
    cell.style = palette::shade(value);
  }
  return cell;
}

Cell wave_cell(double value, const NumberFormat& format, bool color, std::size_t sign_width) {
  Cell cell = number_cell(value, format);
  if (!color) {
    for (std::size_t i = 0; i < sign_width; ++i) cell.mark += shade_sign(wave_share(value));
  } else if (!std::isnan(value)) {
    cell.style = palette::shade(wave_share(value));
  }
  return cell;
}

bool is_shaded(const trace::Tensor& tensor) {
  return tensor.kind == "weight" || tensor.kind == "wave";
}

/// Tiny weights mean something; what is tiny among other numbers is rounding.
double noise_in(const trace::Tensor& tensor) {
  return tensor.kind.empty() || tensor.kind == "wave" ? noise_of(tensor.values) : 0.0;
}

Cell mask_cell(double value) {
  if (value == 1.0) return {"✓", "", palette::good, ""};
  if (value == 0.0) return {"·", "", palette::faint, ""};
  return {"?", "", palette::bad, ""};
}

/// Where columns have names of their own each is a measure of its own, and so has its own digits: a
/// count stays a count beside a quotient. Else the whole matrix has those of `whole`.
std::vector<NumberFormat> formats_of(const trace::Tensor& tensor, const NumberFormat& whole,
                                     int precision) {
  const std::size_t columns = tensor.shape.back();
  std::vector<NumberFormat> formats(columns, whole);
  const bool named = tensor.labels.size() == 2 && !tensor.labels.back().empty();
  if (tensor.shape.size() != 2 || !tensor.kind.empty() || !named) return formats;
  for (std::size_t c = 0; c < columns; ++c) {
    std::vector<double> column;
    for (std::size_t i = c; i < tensor.values.size(); i += columns) {
      column.push_back(tensor.values[i]);
    }
    formats[c] = format_for(column, precision, whole.noise);
  }
  return formats;
}

/// The last two axes of `tensor`, from `offset` on: one table.
Table table_of(const trace::Tensor& tensor, std::size_t offset, const NumberFormat& whole,
               const Room& room, std::size_t sign_width) {
  const bool color = room.color;
  const std::vector<NumberFormat> formats = formats_of(tensor, whole, room.precision);
  const std::size_t rank = tensor.shape.size();
  const std::size_t rows = rank < 2 ? 1 : tensor.shape[rank - 2];
  const std::size_t columns = tensor.shape[rank - 1];
  Table table;
  table.corner = corner_of(tensor);
  for (std::size_t r = 0; r < rows; ++r) {
    table.rows.push_back(rank < 2 ? Heading{} : heading_of(tensor, rank - 2, r));
  }
  for (std::size_t c = 0; c < columns; ++c) {
    table.columns.push_back(heading_of(tensor, rank - 1, c));
  }
  for (std::size_t i = offset; i < offset + rows * columns; ++i) {
    const double value = tensor.values[i];
    const NumberFormat& format = formats[(i - offset) % columns];
    table.cells.push_back(tensor.kind == "mask"     ? mask_cell(value)
                          : tensor.kind == "weight" ? weight_cell(value, format, color, sign_width)
                          : tensor.kind == "wave"   ? wave_cell(value, format, color, sign_width)
                                                    : number_cell(value, format));
  }
  table.centered = !tensor.kind.empty();
  table.uniform = is_shaded(tensor);
  table.filled = is_shaded(tensor) && color;
  return table;
}

Block matrix_block(const trace::Tensor& tensor, std::size_t offset, const NumberFormat& format,
                   const Room& room) {
  const Block block = lay_out(table_of(tensor, offset, format, room, 2), room.columns);
  const std::size_t rows = tensor.shape.size() < 2 ? 1 : tensor.shape[tensor.shape.size() - 2];
  if (!is_shaded(tensor) || room.color || block.size() == rows + 1) return block;
  // Narrow signs if that saves a second row of columns.
  Block narrow = lay_out(table_of(tensor, offset, format, room, 1), room.columns);
  return narrow.size() < block.size() ? narrow : block;
}

Block slices_block(const trace::Tensor& tensor, const NumberFormat& format, const Room& room) {
  const std::size_t rank = tensor.shape.size();
  const std::size_t cells = tensor.shape[rank - 2] * tensor.shape[rank - 1];
  std::vector<Block> slices;
  for (std::size_t i = 0; i * cells < tensor.values.size(); ++i) {
    Block slice{slice_title(tensor, i)};
    append(slice, matrix_block(tensor, i * cells, format, room));
    slices.push_back(std::move(slice));
  }
  return flow(slices, room.columns, 4);
}

/// As many numbers a line as fit, with the index of the first before them.
Block grid_block(const trace::Tensor& tensor, const NumberFormat& format, const Room& room) {
  Block block;
  for (const std::size_t across : {20u, 10u, 8u, 5u, 4u, 2u, 1u}) {
    Table table;
    table.columns.resize(across);
    for (std::size_t i = 0; i < tensor.values.size(); ++i) {
      if (i % across == 0) table.rows.push_back(heading_of(tensor, 0, i));
      table.cells.push_back(number_cell(tensor.values[i], format));
    }
    table.cells.resize(table.rows.size() * across);
    block = lay_out(table, room.columns);
    if (block.size() == table.rows.size()) break;
  }
  return block;
}

/// A vector as a row under its headings or, if it is too long, as a grid. Named entries that are
/// too long for a row stand one below the other.
Block vector_block(const trace::Tensor& tensor, const NumberFormat& format, const Room& room) {
  Block row = matrix_block(tensor, 0, format, room);
  if (row.size() <= 2 || tensor.kind == "mask") return row;
  if (!heading_of(tensor, 0, 0).named) return grid_block(tensor, format, room);
  Table table;
  table.columns = {{}};
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    table.rows.push_back(heading_of(tensor, 0, i));
    table.cells.push_back(number_cell(tensor.values[i], format));
  }
  return lay_out(table, room.columns);
}

/// One bar for each weight; a weight of 1 is `full` columns long.
Block bars_block(const trace::Tensor& tensor, const NumberFormat& format, const Room& room) {
  Table table;
  table.columns = {{}};
  for (std::size_t i = 0; i < tensor.values.size(); ++i) {
    table.rows.push_back(heading_of(tensor, 0, i));
    table.cells.push_back(number_cell(tensor.values[i], format));
  }
  Block block = lay_out(table, room.columns);
  const std::size_t left = width(block) + 2;
  const std::size_t full = std::min<std::size_t>(32, room.columns - std::min(room.columns, left));
  for (std::size_t i = 0; i < block.size(); ++i) {
    block[i].pad_to(left).add(bar(tensor.values[i], full), palette::series(0));
  }
  return block;
}

Block body(const trace::Tensor& tensor, const Room& room) {
  if (!shown_whole(tensor)) {
    return tensor.kind.empty() ? summary_block(tensor, room) : maps_block(tensor, room);
  }
  const NumberFormat format = format_for(tensor.values, room.precision, noise_in(tensor));
  if (tensor.shape.size() > 2) return slices_block(tensor, format, room);
  if (tensor.shape.size() == 1 && tensor.kind == "weight") return bars_block(tensor, format, room);
  if (tensor.shape.size() == 1) return vector_block(tensor, format, room);
  return matrix_block(tensor, 0, format, room);
}

bool filled(const trace::Tensor& tensor) {
  std::size_t cells = 1;
  for (const std::size_t extent : tensor.shape) cells *= extent;
  return !tensor.absent() && cells == tensor.values.size();
}

Line title_line(const trace::Tensor& tensor) {
  Line line(printable(tensor.name), palette::name);
  if (const std::string shape = named_shape(tensor); !shape.empty()) {
    line.add(" " + shape, palette::faint);
  }
  return line;
}

}  // namespace

bool shown_whole(const trace::Tensor& tensor) {
  constexpr std::size_t most_cells = 400, most_along_an_axis = 32, longest_vector = 64;
  const std::size_t rank = tensor.shape.size();
  if (tensor.values.size() > most_cells) return false;
  if (rank == 1) {
    return tensor.shape[0] <= (tensor.kind == "weight" ? most_along_an_axis : longest_vector);
  }
  return rank == 0 ||
         std::max(tensor.shape[rank - 2], tensor.shape[rank - 1]) <= most_along_an_axis;
}

bool shows_noise(const trace::Tensor& tensor) {
  if (!filled(tensor) || tensor.shape.empty()) return false;
  if (!shown_whole(tensor)) return tensor.kind.empty() && summary_has_noise(tensor);
  const double noise = noise_in(tensor);
  return std::any_of(tensor.values.begin(), tensor.values.end(),
                     [&](double value) { return is_noise(value, noise); });
}

bool shows_maps(const trace::Tensor& tensor) {
  return tensor.kind == "weight" && filled(tensor) && !shown_whole(tensor);
}

std::string named_shape(const trace::Tensor& tensor) {
  std::string text;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    const std::string name = i < tensor.axes.size() ? printable(tensor.axes[i]) : "";
    text += text.empty() ? "(" : ", ";
    text += name;
    if (!tensor.absent()) text += (name.empty() ? "" : "=") + std::to_string(tensor.shape[i]);
  }
  return text.empty() ? "" : text + ")";
}

std::string corner_of(const trace::Tensor& tensor) {
  const std::size_t rank = tensor.shape.size();
  if (rank < 2 || tensor.axes.size() != rank) return "";
  return printable(tensor.axes[rank - 2]) + "↓ " + printable(tensor.axes[rank - 1]) + "→";
}

Heading heading_of(const trace::Tensor& tensor, std::size_t axis, std::size_t index) {
  if (axis < tensor.labels.size() && index < tensor.labels[axis].size() &&
      !tensor.labels[axis][index].empty()) {
    return {printable(tensor.labels[axis][index]), true};
  }
  return {"[" + std::to_string(index) + "]", false};
}

std::vector<Heading> headings_of(const trace::Tensor& tensor, std::size_t axis,
                                 std::size_t columns) {
  std::vector<Heading> headings;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < tensor.shape[axis]; ++i) {
    headings.push_back(heading_of(tensor, axis, i));
    names.push_back(headings.back().text);
  }
  names = shortened_apart(names, columns);
  for (std::size_t i = 0; i < names.size(); ++i) headings[i].text = names[i];
  return headings;
}

Line slice_title(const trace::Tensor& tensor, std::size_t index) {
  Line line;
  for (std::size_t axis = 0; axis + 2 < tensor.shape.size(); ++axis) {
    std::size_t after = 1;  // slices for each entry of this axis
    for (std::size_t i = axis + 1; i + 2 < tensor.shape.size(); ++i) after *= tensor.shape[i];
    const std::size_t at = index / after % tensor.shape[axis];
    if (axis > 0) line.add(" ");
    if (axis < tensor.axes.size()) line.add(printable(tensor.axes[axis]) + " ", palette::faint);
    line.add("[" + std::to_string(at) + "]", palette::faint);
    const Heading heading = heading_of(tensor, axis, at);
    if (heading.named)
      line.add(" ").add(shortened(heading.text, longest_slice_name), palette::label);
  }
  return line;
}

Block tensor_block(const trace::Tensor& tensor, const Room& room) {
  Block block{title_line(tensor)};
  if (tensor.absent()) {
    block.front().add("  not written yet", palette::bad);
  } else if (!filled(tensor)) {
    block.front().add(fmt::format("  {} numbers do not fill this shape", tensor.values.size()),
                      palette::bad);
  } else if (tensor.shape.empty()) {
    block.front().add(" = " + show(tensor.values[0], room.precision));
  } else {
    Room inner = room;
    inner.columns -= std::min(inner.columns, tensor_indent);
    append(block, body(tensor, inner), tensor_indent);
  }
  return block;
}

}  // namespace attn::render
