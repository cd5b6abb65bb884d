/// The header of a .npy file. numpy.lib.format, versions 1.0, 2.0 and 3.0.
#pragma once

#include <string>
#include <string_view>

#include "attn/core/tensor.hpp"

namespace attn::io {

/// One number of the file.
struct NpyType {
  char kind = 'f';       ///< 'f' floating point, 'i' signed, 'u' unsigned, 'b' boolean
  std::size_t size = 8;  ///< in bytes: 1, 2, 4 or 8
  bool big_endian = false;
};

struct NpyHeader {
  NpyType type;
  bool fortran_order = false;  ///< the first axis varies fastest
  Shape shape;                 ///< as claimed: not yet checked against anything
  std::size_t data = 0;        ///< where the numbers begin
};

/// `bytes` is the whole file. \throws InputError at `path`.
NpyHeader parse_npy_header(std::string_view bytes, const std::string& path);

}  // namespace attn::io
