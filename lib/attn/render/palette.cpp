#include "attn/render/palette.hpp"

#include <algorithm>
#include <iterator>

namespace attn::render {
namespace {

constexpr int black = 16;
constexpr int white = 231;

struct Shade {
  int background, foreground;
};

// Violet, blue, teal, green, gold: lightness grows with every step, so the order survives colour
// blindness and a grey printer. Both ends stand out from a black and from a white terminal.
constexpr Shade shades[] = {
    {60, white},  {25, white},  {31, white},  {37, black},  {79, black},
    {114, black}, {149, black}, {185, black}, {220, black},
};

constexpr int series_colors[] = {32, 166, 35, 133, 160, 142};

const Shade& shade_of(double share) {
  const double last = static_cast<double>(std::size(shades) - 1);
  const double above = (share - palette::next_to_nothing) / (1.0 - palette::next_to_nothing);
  return shades[static_cast<std::size_t>(std::clamp(above, 0.0, 1.0) * last + 0.5)];
}

}  // namespace

std::string escape(const Style& style) {
  std::string codes;
  if (style.bold) codes += ";1";
  if (style.foreground >= 0) codes += ";38;5;" + std::to_string(style.foreground);
  if (style.background >= 0) codes += ";48;5;" + std::to_string(style.background);
  return "\x1b[" + codes.substr(std::min<std::size_t>(1, codes.size())) + "m";
}

namespace palette {

Style series(std::size_t index) {
  return {.foreground = series_colors[index % std::size(series_colors)]};
}

Style shade(double share) {
  if (share < next_to_nothing) return text;
  const Shade& shade = shade_of(share);
  return {.foreground = shade.foreground, .background = shade.background};
}

int shade_color(double share) { return share < next_to_nothing ? -1 : shade_of(share).background; }

}  // namespace palette
}  // namespace attn::render
