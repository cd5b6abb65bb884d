/// The extents of the axes, each fixed by the first field that has it.
///
/// An axis called "dq+dk" is the axes dq and dk one after the other: its extent is their sum. It
/// fixes neither of them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "attn/core/tensor.hpp"
#include "attn/io/config/faults.hpp"
#include "attn/io/schema.hpp"

namespace attn::io {

class Axes {
 public:
  explicit Axes(const Schema& schema) : schema_(schema) {}

  /// Gives the axes of `field` the extents of `shape`, and reports those that another field has
  /// fixed otherwise. `shape` must have as many axes as the field. A sum is checked where its
  /// summands are known already.
  void bind(const FieldSpec& field, const Shape& shape, const Node& node, Faults& faults);

  /// Lets an axis that no field has fixed be as long as another. \return whether it is known now
  bool let_be(const std::string& axis, const std::string& as);

  std::optional<std::size_t> extent(const std::string& axis) const;

  /// The extents of all `axes`, if all are known.
  std::optional<Shape> shape(const std::vector<std::string>& axes) const;

  /// "dk, width of queries and keys", or just "dk" if the schema says no more.
  std::string named(const std::string& axis) const;

  /// "keys" for an axis whose meaning is "number of keys", else empty.
  std::string things(const std::string& axis) const;

  /// "inputs.keys, line 5": which field fixed the axis, as seen from `node`.
  std::string fixed_by(const std::string& axis, const Node& node) const;

  std::map<std::string, std::size_t> extents() const;

 private:
  struct Bound {
    std::size_t extent;
    std::string path;
    std::string says;  ///< "width 2", "3 rows"
    Node node;         ///< for the place alone
  };
  void check_sum(const FieldSpec& field, const std::string& axis, const std::string& here,
                 std::size_t extent, const Node& node, Faults& faults) const;
  std::string meaning(const std::string& axis) const;
  std::string says(const std::string& axis, std::size_t extent, std::size_t index,
                   std::size_t rank) const;

  const Schema& schema_;
  std::map<std::string, Bound> bound_;
};

/// {"dq", "dk"} for "dq+dk"; an axis that is no sum is its own single summand.
std::vector<std::string> summands(const std::string& axis);

/// Whether any axis of the field is a sum.
bool has_sum(const FieldSpec& field);

/// "line 5" in the same text, else the whole place: "--set inputs.keys:1:1".
std::string place_beside(const Node& other, const Node& node);

}  // namespace attn::io
