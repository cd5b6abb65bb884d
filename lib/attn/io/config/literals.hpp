/// Tensors written out in a config: [[1, 2], [3, 4]].
#pragma once

#include <optional>
#include <string>

#include "attn/io/config.hpp"
#include "attn/io/config/faults.hpp"
#include "attn/io/yaml.hpp"

namespace attn::io {

/// What a literal may be.
struct LiteralRule {
  enum class Entries {
    finite,  ///< numbers
    hiding,  ///< also -.inf
    any,     ///< also .inf, -.inf and .nan; true counts as 1 and false as 0
    mask,    ///< true, false, 1, 0
  };
  std::optional<std::size_t> rank;  ///< the number of axes; without it, as deep as the lists are
  Entries entries = Entries::finite;
  bool column = false;  ///< two axes: a plain list is one column
};

/// Reports every ragged row and every entry that is no number, each at its own place, with `name`
/// in front. Nothing is returned if there is any.
std::optional<Array> read_literal(const Node& node, const std::string& name,
                                  const LiteralRule& rule, Faults& faults);

/// One finite number, or nothing and a fault. \param entries which numbers there may be besides
std::optional<double> read_number(const Node& node, const std::string& name, Faults& faults,
                                  LiteralRule::Entries entries = LiteralRule::Entries::finite);

/// A whole number, or nothing and a fault. 3.0 is one. \param expected which there may be: "a whole
/// number from 1 to 64"
std::optional<std::int64_t> read_integer(const Node& node, const std::string& name, Faults& faults,
                                         const std::string& expected = "");

/// How deep the lists of a literal are nested.
std::size_t depth_of(const Node& node);

/// May that be an entry?
bool may_be(double value, LiteralRule::Entries entries);

/// "a finite number", "true, false, 1 or 0": what an entry may be.
std::string entry_in_words(LiteralRule::Entries entries);

/// "rows of numbers such as [[1, 2], [3, 4]]": what a literal looks like under that rule.
std::string expected_form(const LiteralRule& rule);

/// The entry that is at `index` in row-major order of a literal that was read without a fault.
const Node& entry_of(const Node& literal, std::size_t index, const Shape& shape);

}  // namespace attn::io
