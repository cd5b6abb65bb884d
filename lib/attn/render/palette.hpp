/// Every colour that the text output uses. Nothing is said by colour alone.
#pragma once

#include <cstddef>
#include <string>

namespace attn::render {

/// How a piece of text looks: indices into the 256 colours of a terminal, -1 for its own.
struct Style {
  int foreground = -1;
  int background = -1;
  bool bold = false;

  bool plain() const { return foreground < 0 && background < 0 && !bold; }
  bool operator==(const Style&) const = default;
};

/// The escape sequence that switches to `style` from the terminal's own look.
std::string escape(const Style& style);
inline constexpr const char* reset = "\x1b[0m";

/// Colours of middle lightness: they can be read on black and on white.
namespace palette {

inline constexpr Style text{};
inline constexpr Style title{.bold = true};
inline constexpr Style heading{.foreground = 32, .bold = true};
inline constexpr Style formula{.foreground = 136};
inline constexpr Style name{.bold = true};
inline constexpr Style label{.foreground = 30, .bold = true};
inline constexpr Style faint{.foreground = 245};  // indices, sources, rules
inline constexpr Style good{.foreground = 35, .bold = true};
inline constexpr Style bad{.foreground = 167, .bold = true};

/// Series of a plot, over and over.
Style series(std::size_t index);

/// From dark (a little) to bright (1), each with letters that can be read on it. Next to nothing
/// has no background, whatever colour the terminal has. `share` outside 0 to 1 counts as the nearer
/// end.
Style shade(double share);

/// The background of `shade`, to draw with; -1 for next to nothing.
int shade_color(double share);

inline constexpr double next_to_nothing = 0.05;

}  // namespace palette
}  // namespace attn::render
