/// What the chapter nadaraya-watson reads from its config.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attn/io/config.hpp"
#include "attn/mechanisms/kernel_regression.hpp"
#include "attn/training/squared_error.hpp"

namespace attn::chapters::nadaraya_watson_inputs {

const io::Schema& schema();

/// The points with known values, and the queries for which a value is wanted.
struct Points {
  Mat queries;               // (Tq, dk)
  Mat keys;                  // (Tk, dk)
  Mat values;                // (Tk, dv)
  Mask mask;                 // (Tq, Tk)
  std::optional<Mat> truth;  // (Tq, 1), the curve without noise at the queries, where it is known
  bool is_curve() const { return cols(keys) == 1 && cols(values) == 1; }
};

/// The inputs, or toy data where the config asks for them.
/// \throws io::InputError if the config gives neither or both, or if a comparison or the training
/// would take too much memory or time.
Points points(const io::Config& config);

struct NamedKernel {
  kernel_regression::Kernel kernel;
  std::string title;    ///< "Gaussian"
  std::string formula;  ///< "exp(-u^2/2)"
};

/// The kernel of that name, one of the choices of options.kernel.
const NamedKernel& kernel_named(const std::string& name);

squared_error::Reduction reduction(const io::Config& config);

}  // namespace attn::chapters::nadaraya_watson_inputs
