/// NumPy's .npy files. numpy.lib.format, versions 1.0, 2.0 and 3.0.
#pragma once

#include <string>
#include <string_view>

#include "attn/core/tensor.hpp"
#include "attn/io/fault.hpp"

namespace attn::io {

struct Npy {
  Shape shape;
  std::vector<double> values;  ///< row-major, whatever order the file has
  bool boolean = false;        ///< the file's type is bool
};

/// Reads float64, float32, float16, integers and booleans, in either byte order and in C or Fortran
/// order. Integers that a double cannot hold are refused. The file's length must be just what its
/// header claims.
/// \throws InputError if it is not such a file, is truncated, has objects in it, or has more than
/// `max_entries` entries; nothing is allocated before the claim has been checked.
Npy read_npy(const std::string& path);

/// The same for bytes that are already in memory; `file` is the name for errors.
Npy npy_from_bytes(std::string_view bytes, const std::string& file);

/// Writes float64 in C order, version 1.0. \throws InputError if the file cannot be written, and
/// std::logic_error if `values` are not as many as `shape` says.
void write_npy(const std::string& path, const Shape& shape, const std::vector<double>& values);

}  // namespace attn::io
