#include "tests/support/fixture.hpp"

#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace attn::test {
namespace {

double number_of(const nlohmann::json& node) {
  if (!node.is_string()) return node.get<double>();
  const std::string& text = node.get_ref<const std::string&>();
  if (text == "inf") return std::numeric_limits<double>::infinity();
  if (text == "-inf") return -std::numeric_limits<double>::infinity();
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  throw std::runtime_error("not a number: " + text);
}

}  // namespace

Fixture::Fixture(const std::string& name) : path_(name) {
  std::ifstream file(std::string(ATTN_SOURCE_DIR) + "/tests/fixtures/" + name + ".json");
  if (!file) fail("no such fixture");
  file_ = std::make_shared<const nlohmann::json>(nlohmann::json::parse(file));
  node_ = file_.get();
}

Fixture::Fixture(const Fixture& parent, const nlohmann::json& node, const std::string& step)
    : file_(parent.file_), node_(&node), path_(parent.path_ + step) {}

void Fixture::fail(const std::string& what) const {
  throw std::runtime_error("fixture " + path_ + ": " + what);
}

Fixture Fixture::operator[](const std::string& key) const {
  if (!has(key)) fail("there is no " + key);
  return {*this, node_->at(key), "." + key};
}

Fixture Fixture::operator[](std::size_t index) const {
  if (!node_->is_array() || index >= node_->size()) fail("no item " + std::to_string(index));
  return {*this, node_->at(index), "[" + std::to_string(index) + "]"};
}

bool Fixture::has(const std::string& key) const {
  return node_->is_object() && node_->contains(key);
}

std::vector<std::string> Fixture::keys() const {
  if (!node_->is_object()) fail("not a map");
  std::vector<std::string> keys;
  for (const auto& [key, value] : node_->items()) keys.push_back(key);
  return keys;
}

std::vector<Fixture> Fixture::items() const {
  if (!node_->is_array()) fail("not a list");
  std::vector<Fixture> items;
  for (std::size_t i = 0; i < node_->size(); ++i) items.push_back((*this)[i]);
  return items;
}

double Fixture::number() const {
  if (!node_->is_number() && !node_->is_string()) fail("not a number");
  return number_of(*node_);
}

std::uint64_t Fixture::integer() const {
  if (!node_->is_number_unsigned()) fail("not a whole number");
  return node_->get<std::uint64_t>();
}

bool Fixture::flag() const {
  if (!node_->is_boolean()) fail("neither true nor false");
  return node_->get<bool>();
}

std::string Fixture::text() const {
  if (!node_->is_string()) fail("not a text");
  return node_->get<std::string>();
}

std::vector<double> Fixture::numbers() const {
  std::vector<double> numbers;
  for (const Fixture& item : items()) numbers.push_back(item.number());
  return numbers;
}

std::vector<std::uint64_t> Fixture::integers() const {
  std::vector<std::uint64_t> integers;
  for (const Fixture& item : items()) integers.push_back(item.integer());
  return integers;
}

template <class Tensor>
Tensor Fixture::tensor() const {
  const std::vector<std::uint64_t> shape = (*this)["shape"].integers();
  const nlohmann::json& data = *(*this)["data"].node_;
  typename Tensor::shape_type extents{};
  if (shape.size() != extents.size()) fail("has " + std::to_string(shape.size()) + " axes");
  std::copy(shape.begin(), shape.end(), extents.begin());
  Tensor tensor(extents);
  if (data.size() != tensor.size()) fail("shape and data do not fit");
  for (std::size_t i = 0; i < tensor.size(); ++i) {
    tensor.data()[i] = static_cast<typename Tensor::value_type>(number_of(data[i]));
  }
  return tensor;
}

Vec Fixture::vec() const { return tensor<Vec>(); }
Mat Fixture::mat() const { return tensor<Mat>(); }
Ten3 Fixture::ten3() const { return tensor<Ten3>(); }
Mask Fixture::mask() const { return tensor<Mask>(); }

}  // namespace attn::test
