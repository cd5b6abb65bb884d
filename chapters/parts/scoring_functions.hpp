/// The scoring functions that the chapter sets side by side: how each is called, and what is said
/// of it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "attn/core/field.hpp"
#include "attn/io/config.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// One call of a scoring function: its arguments, and where what it computes is shown.
class ScoringCall {
 public:
  ScoringCall(std::string_view function, const io::Config& from, const Mat& q, const Mat& k)
      : queries(q), keys(k), config(from), prefix_(std::string(function) + ".") {}

  /// Parameters and intermediates go to the open step of this trace.
  void show_in(trace::Builder& trace) { trace_ = &trace; }

  /// The backward pass is wanted, and goes to the open step of this trace.
  void show_gradients_in(trace::Builder& trace, const Mat& d_scores_given) {
    gradients_ = &trace;
    d_scores = &d_scores_given;
  }

  /// A parameter of the config, parameters.FUNCTION.NAME, which is shown.
  Mat matrix(const Field& field) const { return shown(field, config.matrix(path(field))); }
  Vec vector(const Field& field) const { return shown(field, config.vector(path(field))); }
  double number(const Field& field) const { return shown(field, config.number(path(field))); }

  template <class T>
  T shown(const Field& field, const T& value) const {
    if (trace_ != nullptr) trace_->tensor(field, value, prefix_);
    return value;
  }
  template <class Forward>
  void show(const Forward& forward) const {
    if (trace_ != nullptr) trace_->tensors(forward, prefix_);
  }
  template <class Backward>
  void show_gradients(const Backward& backward) const {
    if (gradients_ != nullptr) gradients_->tensors(backward, prefix_);
  }

  const Mat& queries;
  const Mat& keys;
  const io::Config& config;
  const Mat* d_scores = nullptr;  ///< if the backward pass is wanted

 private:
  std::string path(const Field& field) const {
    return "parameters." + prefix_ + std::string(field.name);
  }

  std::string prefix_;
  trace::Builder* trace_ = nullptr;
  trace::Builder* gradients_ = nullptr;
};

struct ScoringFunction {
  std::string_view name;  ///< in options.functions, in `parameters`, and before its tensors' names
  std::string_view title;
  std::string_view formula;
  std::string_view source;
  std::string_view prose;
  bool equal_widths;                         ///< whether it needs dq = dk
  std::vector<std::string_view> parameters;  ///< those that have no default
  Mat (*score)(const ScoringCall&);          ///< (Tq, Tk)
};

/// All of them, in the order in which the chapter tells them.
std::span<const ScoringFunction> scoring_functions();

/// The declaration of the chapter's config.
const io::Schema& scoring_schema();

}  // namespace attn::chapters
