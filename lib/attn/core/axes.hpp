/// Axis names: "Tq,dk" is the short form of the list {"Tq", "dk"}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attn {

/// Splits at commas; the empty string is the empty list (a scalar has no axes).
inline std::vector<std::string> split_axes(std::string_view axes) {
  std::vector<std::string> names;
  while (!axes.empty()) {
    const std::size_t comma = axes.find(',');
    names.emplace_back(axes.substr(0, comma));
    axes = comma == std::string_view::npos ? std::string_view{} : axes.substr(comma + 1);
  }
  return names;
}

}  // namespace attn
