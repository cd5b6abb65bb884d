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

// Dark violet, blue, teal, green, yellow: lightness grows with every step, so the order survives
// colour blindness and a grey printer.
constexpr Shade shades[] = {
    {53, white}, {54, white}, {61, white},  {25, white},  {31, white},  {30, white},  {36, black},
    {72, black}, {77, black}, {113, black}, {149, black}, {185, black}, {227, black},
};

constexpr int series_colors[] = {32, 166, 35, 133, 160, 142};

const Shade& shade_of(double share) {
  const double last = static_cast<double>(std::size(shades) - 1);
  const double place = std::clamp(share, 0.0, 1.0) * last + 0.5;
  return shades[static_cast<std::size_t>(place)];
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
  const Shade& shade = shade_of(share);
  return {.foreground = shade.foreground, .background = shade.background};
}

int shade_color(double share) { return shade_of(share).background; }

}  // namespace palette
}  // namespace attn::render
