/// The ways to give a tensor: a literal, {file: x.npy}, {random: …, seed: n}, {fill: x},
/// {identity: true}.
#pragma once

#include <optional>
#include <string>

#include "attn/core/random.hpp"
#include "attn/io/config.hpp"
#include "attn/io/config/faults.hpp"
#include "attn/io/config/literals.hpp"
#include "attn/io/yaml.hpp"

namespace attn::io {

/// A tensor as the config describes it. Its numbers may have to wait until its shape is known.
struct Draft {
  enum class How { given, random, fill, identity };
  How how = How::given;
  std::optional<Shape> shape;  ///< always of a given tensor; of the others if they have `shape:`
  std::vector<double> values;  ///< of a given tensor
  Distribution distribution;
  std::uint64_t seed = 0;
  double fill = 0.0;
};

/// Reads the value of a tensor or mask. Files are relative to `folder`.
std::optional<Draft> read_tensor(const Node& node, const FieldSpec& field,
                                 const std::string& folder, Faults& faults);

/// The numbers of a draft that is not given, and whose shape is known and within the limit.
std::vector<double> numbers_of(const Draft& draft);

/// Reads the .npy file that `node` names. Faults are reported at `node`, with `name` in front.
std::optional<Array> read_file_value(const Node& node, const std::string& name,
                                     const std::string& folder, LiteralRule::Entries entries,
                                     Faults& faults);

/// Reports every key of `map` that is not one of `allowed`.
void check_keys(const Node& map, const std::string& name, const std::vector<std::string>& allowed,
                Faults& faults);

}  // namespace attn::io
