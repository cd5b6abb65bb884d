/// What a chapter's config may contain, declared once.
///
/// Parsing, checking, `--show-config`, the JSON Schema for editors and the tables in the docs all
/// come from this declaration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace attn::io {

enum class Type {
  tensor,  ///< numbers: a literal, {file: x.npy}, {random: …, seed: n}, {fill: x}, {identity: true}
  mask,    ///< true (1) and false (0), where true means "attend": a literal or {file: x.npy}
  number,    ///< one number
  integer,   ///< one whole number
  flag,      ///< true or false; or also one of `choices`, or a map with the key `or_map`
  choice,    ///< one of `choices`, or also a number where `or_number` says so
  numbers,   ///< a list of at least one number
  integers,  ///< a list of at least one whole number; a single one stands for a list of one
  choices,   ///< a list of some of `choices`, each at most once; a single one stands for a list of
             ///< one
  tokens,    ///< names for the entries of the axis `axes`: a list of texts
  token,     ///< one text
};

/// The range of a number; `open_low` leaves out `low` itself.
struct Range {
  double low, high;
  bool open_low = false;
};

/// One field of a config.
struct FieldSpec {
  std::string path{};  ///< "inputs.queries"
  Type type = Type::tensor;
  std::string axes{};     ///< tensor, mask: "Tq,dk". tokens: "Tq". integers: one an entry of this
                          ///< axis, or a single one; empty: any number of them
  std::string meaning{};  ///< one sentence for the docs and for editors
  bool required = false;
  std::string fallback{};  ///< what holds where an optional field is not given, as YAML;
                           ///< empty: the field is then absent
  std::vector<std::string> choices{};  ///< for choice and choices
  bool or_number = false;              ///< choice: a number in `range` will do as well
  std::string or_map{};  ///< flag: a map with this one key will do as well, whose value is a whole
                         ///< number in `range`: {offset: 2}
  std::optional<Range> range{};  ///< number, integer, numbers, integers, tensor (each entry)
  std::string at_most_axis{};    ///< integers: no more than the extent of this axis ("Tk")
  std::string among{};   ///< token, tokens: each must be a word of this field of type tokens, whose
                         ///< words must then be different from each other
  bool rows_in = false;  ///< tensor: a matrix W that stands right of what it multiplies, X W: its
                         ///< fan_in is its number of rows, not that of columns as in W x
  std::string or_axes{};      ///< tensor: it may have these axes instead, more of them or fewer
  bool or_minus_inf = false;  ///< tensor: an entry may also be -.inf
  bool column = false;        ///< tensor with two axes: a plain list [1, 2] is one column
  bool gives_way = false;  ///< a file's value is left out where --set makes it not fit, as names,
                           ///< studies, comparisons and training always are: see `adds_only`
};

/// Does the field only add to the others, so that there is a run without it? Words of a vocabulary
/// are no names: they are what goes in.
bool adds_only(const FieldSpec& field);

/// An axis, with what its extent is: "number of keys", or "width of queries and keys" (the word
/// before "of" is then the noun of messages: "inputs.keys have width 3").
struct AxisSpec {
  std::string name;
  std::string meaning{};
  bool optional = false;  ///< a trace names it only where a tensor has it
};

/// Where `field` is given, what the fields `of` call `axis` is `becomes`. Past keys stand before
/// the new ones, and a mask is then over all: Tk becomes Tp+Tk.
struct AxisChange {
  std::string field;
  std::string axis, becomes;
  std::vector<std::string> of;
};

/// Where no field tells how long `axis` is, and `unless` is not given, it is as long as `as`: the
/// keys are the queries then.
struct AxisDefault {
  std::string axis, as, unless;
};

/// The declaration of one chapter's config.
struct Schema {
  std::string chapter{};
  std::vector<AxisSpec> axes{};
  std::vector<FieldSpec> fields{};
  /// Tensors that the chapter will compute, by their axes ("Tq,Tk,da"): their size is checked
  /// before anything is computed, so that no config can exhaust memory.
  std::vector<std::string> computes{};
  std::vector<AxisChange> axis_changes{};
  std::vector<AxisDefault> axis_defaults{};  ///< each is looked at after those before it
};

/// The largest number of entries of any tensor, given or computed (128 MiB of doubles).
inline constexpr std::size_t max_entries = std::size_t{1} << 24;

}  // namespace attn::io
