#include "attn/io/config/expectations.hpp"

#include "attn/io/config/literals.hpp"
#include "attn/io/config/tensors.hpp"
#include "attn/io/config/words.hpp"

namespace attn::io {
namespace {

constexpr LiteralRule any_tensor{.rank = std::nullopt, .entries = LiteralRule::Entries::any};

class ExpectationReader {
 public:
  ExpectationReader(const Entry& entry, std::string folder, Faults& faults)
      : entry_(entry),
        name_("expect." + entry.key.text),
        folder_(std::move(folder)),
        faults_(faults) {}

  std::optional<trace::Expectation> read() {
    const std::size_t before = faults_.count();
    trace::Expectation expectation;
    expectation.tensor = entry_.key.text;
    expectation.place = to_string(entry_.key.place());
    if (entry_.value.is_map()) {
      read_map(expectation);
    } else {
      fill(expectation, read_literal(entry_.value, name_, any_tensor, faults_));
    }
    if (faults_.count() > before) return std::nullopt;
    return expectation;
  }

 private:
  static void fill(trace::Expectation& expectation, std::optional<Array> array) {
    if (!array) return;
    expectation.shape = std::move(array->shape);
    expectation.values = std::move(array->values);
  }

  void read_map(trace::Expectation& expectation) {
    const Node& map = entry_.value;
    check_keys(map, name_, {"values", "file", "tolerance", "relative", "source"}, faults_);
    const Node* values = map.find("values");
    const Node* file = map.find("file");
    if ((values == nullptr) == (file == nullptr)) {
      faults_.add(map, name_ + (values == nullptr ? ": has neither values nor a file, expected one"
                                                  : ": has both values and a file, expected one"));
    } else if (values != nullptr) {
      fill(expectation, read_literal(*values, name_, any_tensor, faults_));
    } else {
      fill(expectation, read_file_value(*file, name_, folder_, LiteralRule::Entries::any, faults_));
    }
    read_tolerance("tolerance", expectation.absolute);
    read_tolerance("relative", expectation.relative);
    if (const Node* source = map.find("source")) {
      if (source->is_scalar()) {
        expectation.source = source->text;
      } else {
        faults_.add(*source, name_ + ".source: found " + describe(*source) + ", expected a text");
      }
    }
  }

  void read_tolerance(const std::string& key, double& tolerance) {
    const Node* node = entry_.value.find(key);
    if (node == nullptr) return;
    const std::string name = name_ + "." + key;
    const std::optional<double> value = read_number(*node, name, faults_);
    if (value && *value < 0.0) {
      faults_.add(*node, name + ": found " + node->text + ", expected a number of at least 0");
    }
    tolerance = value.value_or(tolerance);
  }

  const Entry& entry_;
  std::string name_;
  std::string folder_;
  Faults& faults_;
};

}  // namespace

std::vector<trace::Expectation> read_expectations(
    const Node& expect, const std::function<std::string(const Node&)>& folder_of, Faults& faults) {
  std::vector<trace::Expectation> expectations;
  if (!expect.is_map()) {
    faults.add(expect, "expect: found " + describe(expect) +
                           ", expected names of tensors with their numbers, such as "
                           "`weights: [[0.5, 0.5]]`");
    return expectations;
  }
  for (const Entry& entry : expect.entries) {
    ExpectationReader reader(entry, folder_of(entry.value), faults);
    if (auto expectation = reader.read()) expectations.push_back(std::move(*expectation));
  }
  return expectations;
}

}  // namespace attn::io
