/// A checked config: every field that its chapter's schema declares, resolved to numbers.
#pragma once

#include <map>
#include <set>
#include <string>
#include <variant>

#include "attn/core/tensor.hpp"
#include "attn/io/fault.hpp"
#include "attn/io/schema.hpp"
#include "attn/io/source.hpp"
#include "attn/trace/diff.hpp"

namespace attn::io {

/// `--set PATH=VALUE`. Files that VALUE names are relative to the folder in which the program runs,
/// not to that of the config.
struct Override {
  std::string path;
  std::string yaml;
};

/// A tensor as a config gives it: its shape, and its entries in row-major order. Masks hold 0
/// and 1.
struct Array {
  Shape shape;
  std::vector<double> values;
};

/// The value of a field.
using Value = std::variant<Array, double, std::int64_t, bool, std::string, std::vector<double>,
                           std::vector<std::int64_t>, std::vector<std::string>>;

/// Only `load_config` makes one, so a Config is always complete and checked: required fields are
/// present, shapes agree, and `fallback` stands in for optional fields that were not given. Asking
/// for a field that is absent, or for another type than the schema says, is a std::logic_error.
class Config {
 public:
  const std::string& title() const { return title_; }  ///< empty if the config has none
  bool has(const std::string& path) const;

  Mat matrix(const std::string& path) const;
  Vec vector(const std::string& path) const;
  Ten3 tensor3(const std::string& path) const;
  std::size_t axes_of(const std::string& path) const;  ///< how many axes a tensor was given with
  Mask mask(const std::string& path) const;
  double number(const std::string& path) const;  ///< also of a choice that was given as a number
  std::int64_t integer(const std::string& path) const;
  std::size_t size(const std::string& path) const;  ///< an integer that the schema keeps >= 0
  bool flag(const std::string& path) const;
  bool is_flag(const std::string& path) const;  ///< not one of the words, or the number, beside it
  bool is_integer(const std::string& path) const;  ///< also of a flag: given as {offset: n}
  bool is_number(const std::string& path) const;   ///< a choice that was given as a number
  std::string choice(const std::string& path) const;
  std::vector<double> numbers(const std::string& path) const;
  std::vector<std::int64_t> integers(const std::string& path) const;
  std::vector<std::size_t> sizes(const std::string& path) const;
  std::string token(const std::string& path) const;
  std::vector<std::string> list(const std::string& path) const;  ///< tokens or choices

  std::size_t extent(const std::string& axis) const;
  const std::vector<trace::Expectation>& expectations() const { return expectations_; }

  /// For a rule that only the chapter can check: "PATH: MESSAGE" at the place of the field or, if
  /// it was not given, of its section, or of the beginning of the file. \throws InputError always.
  [[noreturn]] void reject(const std::string& path, const std::string& message) const;

  /// The field with the number of the largest size.
  struct Largest {
    std::string path;
    double value = 0.0;
  };
  Largest largest() const;

 private:
  friend class Loader;
  const Value& at(const std::string& path) const;

  std::string file_;
  std::string title_;
  std::map<std::string, Value> values_;
  std::map<std::string, Place> places_;
  std::map<std::string, std::size_t> extents_;
  std::vector<trace::Expectation> expectations_;
};

/// The chapter that a config names, and where.
struct ChapterName {
  std::string name;
  Place place;
};

/// \throws InputError if the config names none.
ChapterName chapter_of(const Source& source);

/// Checks the whole of a config against the schema. \param left_out fields of the file that count
/// as not given \throws InputError with every fault found.
Config load_config(const Source& source, const Schema& schema,
                   const std::vector<Override>& overrides,
                   const std::set<std::string>& left_out = {});

}  // namespace attn::io
