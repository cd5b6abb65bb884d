/// What nadaraya-watson shows beside one setting of kernel and bandwidth: kernels side by side,
/// bandwidths side by side, and a width that is learned.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "attn/core/shape_error.hpp"
#include "attn/trace/build.hpp"
#include "attn/training/divergence_error.hpp"
#include "chapters/parts/nadaraya_watson_inputs.hpp"

namespace attn::chapters::nadaraya_watson_studies {

using nadaraya_watson_inputs::Points;

/// What one setting of kernel and bandwidth makes of the points.
kernel_regression::Forward forward(const Points& p, kernel_regression::Kernel kernel,
                                   double bandwidth);

/// A number that the mechanism refuses is the field's fault.
template <class Compute>
auto blame(const io::Config& config, const std::string& path, Compute&& compute) {
  try {
    return compute();
  } catch (const ShapeError&) {
    throw;
  } catch (const std::invalid_argument& error) {
    config.reject(path, error.what());
  } catch (const DivergenceError& error) {
    config.reject(path, error.what());
  }
}

/// Points, fits and, where it is known, the truth in one picture. Nothing for wide points.
/// \param fits by their labels, the names of the tensors
void plot(trace::Builder& trace, const Points& p, const std::string& title,
          const std::vector<std::pair<std::string, std::string>>& fits);

/// The kernels of compare.kernels, and the bandwidths of compare.bandwidths.
void compare_kernels(trace::Builder& trace, const io::Config& config, const Points& p);
void compare_bandwidths(trace::Builder& trace, const io::Config& config, const Points& p);

/// \return what was seen
std::string learn_width(trace::Builder& trace, const io::Config& config, const Points& p);

}  // namespace attn::chapters::nadaraya_watson_studies
