#pragma once

#include <span>
#include <string_view>

namespace attn::chapters {

/// A default config that was compiled into the program: configs/NAME.yaml.
struct EmbeddedConfig {
  std::string_view name;  ///< without folder and suffix
  std::string_view text;  ///< the file, byte for byte
};

/// All of configs/*.yaml, by name. The build writes the definition.
std::span<const EmbeddedConfig> embedded_configs();

}  // namespace attn::chapters
