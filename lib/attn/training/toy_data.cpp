#include "attn/training/toy_data.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>
#include <stdexcept>

#include "attn/core/random.hpp"

namespace attn::toy_data {

Vec truth(const Vec& x) {
  Vec y = x;
  for (double& entry : y) {
    if (entry < 0.0) {
      std::ostringstream text;
      text << "2 sin x + x^0.8 needs x >= 0, found " << entry;
      throw std::domain_error(text.str());
    }
    entry = 2.0 * std::sin(entry) + std::pow(entry, 0.8);
  }
  return y;
}

Points sample(std::size_t n, double noise, std::uint64_t seed) {
  Random random(seed);
  Points points;
  points.x = zeros(n);
  for (double& x : points.x) x = random.uniform(0.0, 5.0);
  std::sort(points.x.begin(), points.x.end());
  points.y = truth(points.x);
  for (double& y : points.y) y += noise * random.normal();
  return points;
}

}  // namespace attn::toy_data
