/// A JSON text as a tree, made for traces: long lists of numbers take eight bytes a number.
///
/// The implementation is the only file that includes nlohmann/json.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "attn/io/fault.hpp"

namespace attn::io {

struct Json {
  enum class Kind { null, boolean, number, text, list, object };
  Kind kind = Kind::null;
  double number = 0.0;  ///< of a number; 0 or 1 of a boolean
  std::string text{};
  /// A list is kept in `numbers` as long as it has only numbers and the texts "inf", "-inf", "nan",
  /// which stand for what JSON cannot say; else in `items`.
  std::vector<double> numbers{};
  std::vector<Json> items{};
  std::vector<std::pair<std::string, Json>> members{};

  std::size_t size() const { return numbers.size() + items.size(); }
  const Json* find(const std::string& key) const;
};

/// Limits on what is read: lists and objects within each other, values that are not in `numbers`,
/// and numbers in all.
inline constexpr std::size_t max_json_depth = 64;
inline constexpr std::size_t max_json_values = std::size_t{1} << 21;
inline constexpr std::size_t max_json_numbers = std::size_t{1} << 27;

/// Python's NaN, Infinity and -Infinity are read as the texts are, and a byte order mark is
/// skipped. \throws InputError if it is not JSON (with line and column), has a key twice, a number
/// out of the range of double precision, or is beyond a limit (with the path of the value).
Json parse_json(const std::string& text, const std::string& file);

/// "a list", "an object", "the number 3", `text "abc"`, …
std::string describe(const Json& json);

}  // namespace attn::io
