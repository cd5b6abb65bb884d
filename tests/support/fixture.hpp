/// Expected numbers made by an independent program: tests/fixtures/NAME.json, written by
/// tests/fixtures/make_NAME.py.
///
/// A tensor is {"shape": [2, 3], "data": [row-major numbers]}; a number that JSON cannot hold is
/// one of the texts "inf", "-inf", "nan"; a mask's data are 0 and 1.
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <type_traits>
#include <vector>

#include "attn/core/tensor.hpp"

namespace attn::test {

/// A value in a fixture. Whatever is missing or of another type throws std::runtime_error, with
/// the path to it.
class Fixture {
 public:
  /// Reads tests/fixtures/NAME.json.
  explicit Fixture(const std::string& name);

  Fixture operator[](const std::string& key) const;
  Fixture operator[](std::size_t index) const;
  bool has(const std::string& key) const;
  std::vector<std::string> keys() const;  ///< of a map
  std::vector<Fixture> items() const;     ///< of a list
  std::string path() const { return path_; }

  double number() const;
  std::uint64_t integer() const;
  bool flag() const;
  std::string text() const;
  std::vector<double> numbers() const;          ///< of a plain list
  std::vector<std::uint64_t> integers() const;  ///< of a plain list

  Vec vec() const;
  Mat mat() const;
  Ten3 ten3() const;
  Mask mask() const;

  /// As the type of a field.
  template <class T>
  T as() const {
    if constexpr (std::is_same_v<T, double>)
      return number();
    else if constexpr (std::is_same_v<T, Vec>)
      return vec();
    else if constexpr (std::is_same_v<T, Mat>)
      return mat();
    else if constexpr (std::is_same_v<T, Ten3>)
      return ten3();
    else
      return mask();
  }

 private:
  Fixture(const Fixture& parent, const nlohmann::json& node, const std::string& step);
  template <class Tensor>
  Tensor tensor() const;
  [[noreturn]] void fail(const std::string& what) const;

  std::shared_ptr<const nlohmann::json> file_;
  const nlohmann::json* node_ = nullptr;
  std::string path_;
};

}  // namespace attn::test
