#include "attn/core/random.hpp"

#include <cmath>
#include <functional>
#include <numeric>

namespace attn {

double Random::uniform() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

double Random::uniform(double low, double high) { return low + (high - low) * uniform(); }

double Random::normal() {
  constexpr double b = 0.857763884960706796480189595;  // sqrt(2/e)
  for (;;) {
    const double u = 1.0 - uniform();
    const double v = b * (2.0 * uniform() - 1.0);
    const double x = v / u;
    if (x * x <= -4.0 * std::log(u)) return x;
  }
}

std::vector<double> random_values(const Shape& shape, const Distribution& how, std::uint64_t seed) {
  const std::size_t count =
      std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
  double fan_in = shape.empty() ? 1.0 : static_cast<double>(shape.back());
  double fan_out = shape.size() < 2 ? 1.0 : static_cast<double>(shape[shape.size() - 2]);
  if (how.rows_in) std::swap(fan_in, fan_out);

  Random random(seed);
  const auto uniform = [&](double low, double high) { return random.uniform(low, high); };
  const auto normal = [&](double mean, double std) { return mean + std * random.normal(); };
  const auto draw = [&]() {
    switch (how.init) {
      case Init::uniform:
        return uniform(how.first, how.second);
      case Init::normal:
        return normal(how.first, how.second);
      case Init::xavier_uniform: {
        const double a = std::sqrt(6.0 / (fan_in + fan_out));
        return uniform(-a, a);
      }
      case Init::xavier_normal:
        return normal(0.0, std::sqrt(2.0 / (fan_in + fan_out)));
      case Init::he_uniform: {
        const double a = std::sqrt(6.0 / fan_in);
        return uniform(-a, a);
      }
      case Init::he_normal:
        return normal(0.0, std::sqrt(2.0 / fan_in));
    }
    return 0.0;
  };
  std::vector<double> values(count);
  for (double& value : values) value = draw();
  return values;
}

}  // namespace attn
