#include "attn/io/config.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace attn::io {
namespace {

template <class T>
const T& as(const Value& value, const std::string& path) {
  const T* held = std::get_if<T>(&value);
  if (held == nullptr) throw std::logic_error("the field " + path + " has another type");
  return *held;
}

const Array& with_axes(const Value& value, const std::string& path, std::size_t axes) {
  const Array& array = as<Array>(value, path);
  if (array.shape.size() != axes) {
    throw std::logic_error("the field " + path + " does not have " + std::to_string(axes) +
                           " axes");
  }
  return array;
}

}  // namespace

const Value& Config::at(const std::string& path) const {
  const auto found = values_.find(path);
  if (found == values_.end()) throw std::logic_error("the config has no " + path);
  return found->second;
}

bool Config::has(const std::string& path) const { return values_.contains(path); }

Mat Config::matrix(const std::string& path) const {
  const Array& array = with_axes(at(path), path, 2);
  Mat result = zeros(array.shape[0], array.shape[1]);
  std::copy(array.values.begin(), array.values.end(), result.begin());
  return result;
}

Vec Config::vector(const std::string& path) const {
  const Array& array = with_axes(at(path), path, 1);
  Vec result = zeros(array.shape[0]);
  std::copy(array.values.begin(), array.values.end(), result.begin());
  return result;
}

Ten3 Config::tensor3(const std::string& path) const {
  const Array& array = with_axes(at(path), path, 3);
  Ten3 result = zeros(array.shape[0], array.shape[1], array.shape[2]);
  std::copy(array.values.begin(), array.values.end(), result.begin());
  return result;
}

std::size_t Config::axes_of(const std::string& path) const {
  return as<Array>(at(path), path).shape.size();
}

Mask Config::mask(const std::string& path) const {
  const Array& array = with_axes(at(path), path, 2);
  Mask result(Mask::shape_type{array.shape[0], array.shape[1]}, false);
  std::transform(array.values.begin(), array.values.end(), result.begin(),
                 [](double value) { return value != 0.0; });
  return result;
}

double Config::number(const std::string& path) const { return as<double>(at(path), path); }

std::int64_t Config::integer(const std::string& path) const {
  return as<std::int64_t>(at(path), path);
}

std::size_t Config::size(const std::string& path) const {
  const std::int64_t value = integer(path);
  if (value < 0) throw std::logic_error("the schema lets " + path + " be negative");
  return static_cast<std::size_t>(value);
}

bool Config::flag(const std::string& path) const { return as<bool>(at(path), path); }

bool Config::is_flag(const std::string& path) const {
  return std::holds_alternative<bool>(at(path));
}

bool Config::is_integer(const std::string& path) const {
  return std::holds_alternative<std::int64_t>(at(path));
}

bool Config::is_number(const std::string& path) const {
  return std::holds_alternative<double>(at(path));
}

std::string Config::choice(const std::string& path) const {
  return as<std::string>(at(path), path);
}

std::string Config::token(const std::string& path) const { return as<std::string>(at(path), path); }

std::vector<double> Config::numbers(const std::string& path) const {
  return as<std::vector<double>>(at(path), path);
}

std::vector<std::int64_t> Config::integers(const std::string& path) const {
  return as<std::vector<std::int64_t>>(at(path), path);
}

std::vector<std::size_t> Config::sizes(const std::string& path) const {
  std::vector<std::size_t> result;
  for (const std::int64_t value : integers(path)) {
    if (value < 0) throw std::logic_error("the schema lets " + path + " be negative");
    result.push_back(static_cast<std::size_t>(value));
  }
  return result;
}

std::vector<std::string> Config::list(const std::string& path) const {
  return as<std::vector<std::string>>(at(path), path);
}

std::size_t Config::extent(const std::string& axis) const {
  const auto found = extents_.find(axis);
  if (found == extents_.end())
    throw std::logic_error("no field of the config has the axis " + axis);
  return found->second;
}

void Config::reject(const std::string& path, const std::string& message) const {
  std::string given = path;
  while (!given.empty() && !places_.contains(given)) {
    given.erase(given.find('.') == std::string::npos ? 0 : given.rfind('.'));
  }
  throw InputError(
      {Fault{given.empty() ? Place{file_, 1, 1} : places_.at(given), path + ": " + message, path}});
}

Config::Largest Config::largest() const {
  Largest largest;
  const auto look = [&](const std::string& path, double value) {
    if (std::abs(value) > std::abs(largest.value)) largest = {path, value};
  };
  for (const auto& [path, value] : values_) {
    if (const auto* array = std::get_if<Array>(&value)) {
      for (const double one : array->values) look(path, one);
    } else if (const auto* number = std::get_if<double>(&value)) {
      look(path, *number);
    } else if (const auto* several = std::get_if<std::vector<double>>(&value)) {
      for (const double one : *several) look(path, one);
    }
  }
  return largest;
}

}  // namespace attn::io
