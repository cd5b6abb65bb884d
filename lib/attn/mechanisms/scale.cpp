#include "attn/mechanisms/scale.hpp"

#include <cmath>

namespace attn::scale {

// step: scale
double sqrt_dk(std::size_t dk) { return 1.0 / std::sqrt(static_cast<double>(dk)); }

}  // namespace attn::scale
