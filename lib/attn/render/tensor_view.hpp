/// A tensor as a block of text: its name and shape, and below them whatever shows it best.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "attn/render/page.hpp"
#include "attn/render/table.hpp"
#include "attn/trace/trace.hpp"

namespace attn::render {

/// What the shades of a map mean. The maps of a step have one scale: they are there to be compared.
struct MapScale {
  double largest = 0.0;  ///< the weight with the brightest shade; 0: the largest of the tensor
  bool shared = false;   ///< the other maps of the step have the same scale
  bool legend = true;    ///< say so below the map
};

/// What a block has to fit.
struct Room {
  std::size_t columns = 80;
  bool color = false;
  int precision = 4;
  MapScale scale = {};
};

/// Numbers: a table, a row, or `name = number`; weights and waves: shaded; masks: ticks and dots.
/// What is too large to read is drawn as a map (weights, waves and masks) or summarised.
Block tensor_block(const trace::Tensor& tensor, const Room& room);

/// Whether the tensor is shown number by number.
bool shown_whole(const trace::Tensor& tensor);

/// Whether one of the numbers that are shown is rounding, ~0: see number.hpp.
bool shows_noise(const trace::Tensor& tensor);

/// Whether the tensor is weights and drawn as maps.
bool shows_maps(const trace::Tensor& tensor);

/// "(Tq=3, Tk=4)"; the names alone for a tensor that has not been computed; "" for a scalar.
std::string named_shape(const trace::Tensor& tensor);

/// "Tq↓ Tk→": which of the last two axes runs down and which across; "" for fewer or unnamed axes.
std::string corner_of(const trace::Tensor& tensor);

/// The name of an entry, or its index in brackets, counted from 0.
Heading heading_of(const trace::Tensor& tensor, std::size_t axis, std::size_t index);

/// Those of all entries of an axis, each in at most `columns` columns: see shortened_apart.
std::vector<Heading> headings_of(const trace::Tensor& tensor, std::size_t axis,
                                 std::size_t columns);

/// "Tq [0] 我": names the slice of the last two axes at `index`, counted over all the axes before
/// them.
Line slice_title(const trace::Tensor& tensor, std::size_t index);

/// The sign for a weight where there is no colour, and what the signs mean.
std::string shade_sign(double weight);
std::string shade_legend();

/// The same for waves, numbers from -1 to 1: they are shaded as the weight `wave_share` is, which
/// goes from 0 to 1.
double wave_share(double wave);
std::string wave_legend();

}  // namespace attn::render
