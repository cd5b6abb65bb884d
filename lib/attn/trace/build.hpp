/// From a mechanism's result to the steps of a trace.
#pragma once

#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "attn/core/axes.hpp"
#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"
#include "attn/trace/trace.hpp"

namespace attn::trace {

/// What a chapter says about a step of a mechanism; formula and source come from its field list.
struct Words {
  std::string field;  ///< the field that the step computes, and the step's id
  std::string title;
  std::string prose;
};

/// Builds a trace step by step.
class Builder {
 public:
  Builder(std::string chapter, std::string title, std::string source);

  /// Names the entries of an axis: every later tensor that has the axis carries them.
  void label(const std::string& axis, std::vector<std::string> names);

  /// What a sentence calls the entry of an axis: its label or, without one, "[3]".
  std::string name_of(const std::string& axis, std::size_t index) const;

  /// From here on an axis of a mechanism is shown under another name: a cell's dh is the ds of a
  /// decoder. \param shown the name, or the axis itself for its own again
  void rename(const std::string& axis, const std::string& shown) { shown_as_[axis] = shown; }

  /// Tensors added from here on are folded, or no longer: see trace::Tensor.
  void fold(bool folded) { folded_ = folded; }

  /// Opens a step. Tensors added from here on belong to it. The reference is good until the next.
  /// \throws std::logic_error if a step has that id already.
  Step& step(std::string id, std::string title, std::string prose, std::string formula = "",
             std::string source = "");

  /// Adds a tensor to the open step, under `prefix + field.name`; one that has not been computed
  /// (an empty tensor, a number that is NaN) is there, but absent.
  /// \throws std::logic_error if the name is taken, or if the axes do not fit the tensor.
  template <class T>
  void tensor(const Field& field, const T& value, const std::string& prefix = "") {
    add(field, prefix, shape_of(value), std::vector<double>(value.begin(), value.end()));
  }
  void tensor(const Field& field, double value, const std::string& prefix = "") {
    add(field, prefix, {}, is_written(value) ? std::vector<double>{value} : std::vector<double>{});
  }

  /// Adds each field of a mechanism's result to the open step.
  /// \throws Unfinished after the first that has not been computed.
  template <class Result>
  void tensors(const Result& result, const std::string& prefix = "") {
    Result::each(result, [&](const Field& field, const auto& value) {
      tensor(field, value, prefix);
      if (!is_written(value)) throw Unfinished();
    });
  }

  /// Adds vectors of equal length, side by side and each under its name, as one tensor (n,
  /// columns). `field.axes` names both axes, the second for the columns.
  void table(const Field& field, const std::vector<std::pair<std::string, Vec>>& columns);

  /// Gives the open step a drawing: lines of text that are shown as they are.
  void drawing(std::vector<std::string> lines) { trace_.steps.back().drawing = std::move(lines); }

  /// Says what the whole has shown: sentences that follow from its numbers.
  void seen(std::string sentences) { trace_.seen = std::move(sentences); }

  /// Adds a picture of tensors of the trace to the open step.
  void plot(Plot plot) { trace_.steps.back().plots.push_back(std::move(plot)); }

  /// One step for each of `words`, in their order, from the fields of a mechanism's result. Ids and
  /// names get the prefix ("additive." gives "additive.scores").
  /// \throws Unfinished after the first step that has not been computed.
  /// \throws std::logic_error if a field has no words, or words have no field.
  template <class Result>
  void walk(const Result& result, std::span<const Words> words, const std::string& prefix = "") {
    expect_words(result, words);
    for (const Words& said : words) {
      Result::each(result, [&](const Field& field, const auto& value) {
        if (field.name != said.field) return;
        step(prefix + said.field, said.title, said.prose, std::string(field.formula),
             std::string(field.source));
        tensor(field, value, prefix);
        if (!is_written(value)) throw Unfinished();
      });
    }
  }

  /// The same for the results of the same mechanism at several times: each field is one tensor,
  /// with the axis of time in front. Row t is the field's value at time t; times at which it has
  /// not been computed are left out.
  /// \throws Unfinished after the first step that has not been computed at some time, and if there
  /// is no time at all.
  template <class Result>
  void walk_rows(std::span<const Result> results, std::span<const Words> words,
                 const std::string& axis, const std::string& prefix = "") {
    if (results.empty()) throw Unfinished();
    expect_words(results.front(), words);
    for (const Words& said : words) {
      Result::each(results.front(), [&](const Field& field, const auto&) {
        if (field.name != said.field) return;
        step(prefix + said.field, said.title, said.prose, std::string(field.formula),
             std::string(field.source));
        over_time(results, field, axis, prefix);
      });
    }
  }

  /// Adds one field of several results to the open step, as `walk_rows` does.
  template <class Result>
  void over_time(std::span<const Result> results, const Field& field, const std::string& axis,
                 const std::string& prefix = "") {
    Shape shape{0};
    std::vector<double> values;
    for (const Result& result : results) {
      Result::each(result, [&](const Field& candidate, const auto& value) {
        if (candidate.name != field.name || !is_written(value)) return;
        append(value, shape, values);
      });
    }
    const std::string axes = field.axes.empty() ? axis : axis + "," + std::string(field.axes);
    const bool whole = shape.front() == results.size();
    shape.resize(split_axes(axes).size());  // of a tensor that is not there at all
    Field with_time = field;
    with_time.axes = axes;
    add(with_time, prefix, std::move(shape), std::move(values));
    if (!whole) throw Unfinished();
  }

  /// Adds every field of several results to the open step, as `walk_rows` does.
  template <class Result>
  void tensors_over_time(std::span<const Result> results, const std::string& axis,
                         const std::string& prefix = "") {
    if (results.empty()) throw Unfinished();
    Result::each(results.front(),
                 [&](const Field& field, const auto&) { over_time(results, field, axis, prefix); });
  }

  Trace take() { return std::move(trace_); }

 private:
  template <class Result>
  static void expect_words(const Result& result, std::span<const Words> words) {
    Result::each(result, [&](const Field& field, const auto&) {
      for (const Words& said : words) {
        if (said.field == field.name) return;
      }
      throw std::logic_error("no words for the field " + std::string(field.name));
    });
    for (const Words& said : words) {
      bool found = false;
      Result::each(result, [&](const Field& field, const auto&) {
        found = found || field.name == said.field;
      });
      if (!found) throw std::logic_error("no field is called " + said.field);
    }
  }

  /// One more row. \throws std::logic_error if it has another shape than those before.
  template <class T>
  static void append(const T& value, Shape& shape, std::vector<double>& values) {
    Shape row{shape.front()};
    if constexpr (std::is_same_v<T, double>) {
      values.push_back(value);
    } else {
      const Shape extents = shape_of(value);
      row.insert(row.end(), extents.begin(), extents.end());
      values.insert(values.end(), value.begin(), value.end());
    }
    if (shape.front() > 0 && row != shape) throw std::logic_error("rows of different shapes");
    shape = std::move(row);
    ++shape.front();
  }

  void add(const Field& field, const std::string& prefix, Shape shape, std::vector<double> values);

  Trace trace_;
  std::map<std::string, std::vector<std::string>> labels_;
  std::map<std::string, std::string> shown_as_;
  std::set<std::string> ids_, names_;  // of steps and tensors
  bool folded_ = false;
};

}  // namespace attn::trace
