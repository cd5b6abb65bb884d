/// The faults of one config, collected until all of it has been looked at.
#pragma once

#include <string>
#include <vector>

#include "attn/io/fault.hpp"
#include "attn/io/yaml.hpp"

namespace attn::io {

class Faults {
 public:
  /// Up to `most` faults are kept; the rest are counted, and the place of the first is told.
  void add(const Place& place, std::string message, std::string field = "");
  void add(const Node& node, std::string message, std::string field = "");
  void add(const Fault& fault) { add(fault.place, fault.message, fault.field); }
  void add(const std::vector<Fault>& faults);

  /// Nothing more will be kept.
  bool full() const { return faults_.size() >= most; }
  std::size_t count() const { return faults_.size() + left_out_; }

  /// In the order of the file, what concerns the file as a whole first, overrides last.
  /// \throws InputError if there are any.
  void throw_if_any(const std::string& file) const;

 private:
  static constexpr std::size_t most = 100;
  std::vector<Fault> faults_;
  std::size_t left_out_ = 0;
  Place next_;  ///< of the first that was left out
};

}  // namespace attn::io
