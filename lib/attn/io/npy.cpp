#include "attn/io/npy.hpp"

#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <stdexcept>

#include "attn/core/shape_error.hpp"
#include "attn/io/config/limits.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/files.hpp"
#include "attn/io/npy_header.hpp"
#include "attn/io/output.hpp"

namespace attn::io {

using attn::to_string;  // of a shape

namespace {

/// IEEE 754 binary16: 1 sign bit, 5 exponent bits, 10 fraction bits.
double half(std::uint64_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31U);
  const auto fraction = static_cast<double>(bits & 1023U);
  double value = std::ldexp(fraction, -24);
  if (exponent == 31) {
    value = fraction == 0.0 ? std::numeric_limits<double>::infinity()
                            : std::numeric_limits<double>::quiet_NaN();
  } else if (exponent > 0) {
    value = std::ldexp(1024.0 + fraction, exponent - 25);
  }
  return (bits & 0x8000U) != 0 ? -value : value;
}

/// The bytes of one number as an integer, the most significant byte first.
std::uint64_t bits_at(const char* bytes, const NpyType& type) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < type.size; ++i) {
    const std::size_t at = type.big_endian ? i : type.size - 1 - i;
    bits = bits << 8 | static_cast<unsigned char>(bytes[at]);
  }
  return bits;
}

/// Nothing if a double cannot hold the number.
std::optional<double> decode(std::uint64_t bits, const NpyType& type) {
  constexpr std::int64_t exact = std::int64_t{1} << 53;
  if (type.kind == 'b') return bits != 0 ? 1.0 : 0.0;
  if (type.kind == 'f') {
    if (type.size == 2) return half(bits);
    if (type.size == 4) {
      return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
    }
    return std::bit_cast<double>(bits);
  }
  if (type.kind == 'u') {
    if (bits > static_cast<std::uint64_t>(exact)) return std::nullopt;
    return static_cast<double>(bits);
  }
  const std::size_t unused = 64 - 8 * type.size;
  const std::int64_t value = std::bit_cast<std::int64_t>(bits << unused) >> unused;
  if (value > exact || value < -exact) return std::nullopt;
  return static_cast<double>(value);
}

/// For each entry in row-major order its number in the file's order.
class FileOrder {
 public:
  FileOrder(const Shape& shape, bool fortran) : shape_(shape), cell_(shape.size()) {
    strides_.resize(shape.size());
    std::size_t stride = 1;
    for (std::size_t i = 0; i < shape.size(); ++i) {
      const std::size_t axis = fortran ? i : shape.size() - 1 - i;
      strides_[axis] = stride;
      stride *= shape[axis];
    }
  }

  std::size_t next() {
    const std::size_t here = position_;
    for (std::size_t axis = shape_.size(); axis-- > 0;) {
      position_ += strides_[axis];
      if (++cell_[axis] < shape_[axis]) break;
      position_ -= strides_[axis] * shape_[axis];
      cell_[axis] = 0;
    }
    return here;
  }

 private:
  const Shape& shape_;
  Shape cell_, strides_;
  std::size_t position_ = 0;
};

}  // namespace

Npy read_npy(const std::string& path) {
  constexpr std::uintmax_t longest_header = std::uintmax_t{1} << 16;
  return npy_from_bytes(read_file(path, max_entries * sizeof(double) + longest_header), path);
}

Npy npy_from_bytes(std::string_view bytes, const std::string& file) {
  const NpyHeader header = parse_npy_header(bytes, file);
  const std::size_t size = header.type.size;

  const std::optional<std::size_t> count = bounded_product(header.shape);
  if (!count) {
    throw InputError({file}, "claims " + times(header.shape) + " entries, more than the limit of " +
                                 std::to_string(max_entries));
  }
  const std::size_t expected = *count * size, found = bytes.size() - header.data;
  if (found != expected) {
    throw InputError({file},
                     (found < expected ? "is truncated: its shape " : "is too long: its shape ") +
                         to_string(header.shape) + " needs " + counted(expected, "byte") +
                         " of numbers, but there are " + std::to_string(found));
  }

  Npy npy{header.shape, std::vector<double>(*count), header.type.kind == 'b'};
  FileOrder order(header.shape, header.fortran_order);
  for (std::size_t i = 0; i < *count; ++i) {
    const std::uint64_t bits =
        bits_at(bytes.data() + header.data + order.next() * size, header.type);
    const std::optional<double> value = decode(bits, header.type);
    if (!value) {
      throw InputError({file},
                       "entry (" + cell_text(i, header.shape) +
                           ") is an integer beyond 2^53, which double precision cannot hold");
    }
    npy.values[i] = *value;
  }
  return npy;
}

void write_npy(const std::string& path, const Shape& shape, const std::vector<double>& values) {
  if (bounded_product(shape, std::numeric_limits<std::size_t>::max()) != values.size()) {
    throw std::logic_error("the shape " + to_string(shape) + " does not fit " +
                           counted(values.size(), "value"));
  }
  std::string text = "{'descr': '<f8', 'fortran_order': False, 'shape': (";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    text += std::to_string(shape[i]) + (i == 0 || i + 1 < shape.size() ? "," : "");
    if (i + 1 < shape.size()) text += ' ';
  }
  text += "), }";
  // The numbers begin at a multiple of 64 bytes.
  constexpr std::size_t preamble = 10;
  text.append(63 - (preamble + text.size()) % 64, ' ');
  text += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(text.size() & 0xFFU);
  bytes += static_cast<char>(text.size() >> 8 & 0xFFU);
  bytes += text;
  bytes.reserve(bytes.size() + values.size() * sizeof(double));
  for (const double value : values) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (unsigned shift = 0; shift < 64; shift += 8)
      bytes += static_cast<char>(bits >> shift & 0xFFU);
  }
  write_file(path, bytes);
}

}  // namespace attn::io
