/// What stands between the steps of a mechanism that was handed out as an exercise, and in the
/// answer key to it. The library itself does not use this: `attn handout` writes the calls, one
/// after each step.
///
/// A run can be watched: then the result of every step is reported, and can be replaced by another
/// before the next step uses it. So each step is judged by itself, whatever those before it did.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "attn/core/complete.hpp"
#include "attn/core/tensor.hpp"

namespace attn::exercise {

/// The result of a step, whatever its type: a number has no axes.
struct Value {
  Shape shape;
  std::vector<double> values;  ///< row-major; empty if the step is not written
};

/// One passage through a step.
struct Event {
  std::string step;      ///< "scaled_dot.scores"
  std::size_t time = 0;  ///< how many passages through it there were before
  Value own;             ///< what the step computed
};

/// A run that is watched.
struct Watch {
  std::string mistake{};                         ///< the one to run in place of its step, or ""
  std::set<std::string, std::less<>> skipped{};  ///< steps whose code is not run: begins()
  /// Is told of each result as it happens. What it returns takes the result's place before the next
  /// step uses it, if it has as many axes.
  std::function<std::optional<Value>(const Event&)> on_event{};
};

/// The program has one run, and so one watch. nullptr: nobody watches any more.
void set_watch(Watch* watch);

/// Of runs that repeat a mechanism thousands of times no more passages than these are told.
inline constexpr std::size_t most_events = 4096;

/// Reports a result; what is to take its place, if anything is.
std::optional<Value> report(std::string_view step, Value own);

bool is_watched();

/// Whether the code of a step is to be run. A grader leaves out a step that crashes, or never ends,
/// to see what those after it do with the right result in its place.
bool begins(std::string_view step);

/// Ends a step. False if it has not been written (its tensor is empty): then there is nothing to go
/// on with.
template <std::size_t Axes>
bool done(std::string_view step, TensorOf<Axes>& value) {
  if (is_watched()) {
    const std::optional<Value> given =
        report(step, {shape_of(value), std::vector<double>(value.begin(), value.end())});
    if (given && given->shape.size() == Axes) {
      typename TensorOf<Axes>::shape_type shape;
      std::copy(given->shape.begin(), given->shape.end(), shape.begin());
      value = TensorOf<Axes>(shape);
      std::copy(given->values.begin(), given->values.end(), value.begin());
    }
  }
  return is_written(value);
}

/// The same for a number, which is NaN before it is written.
bool done(std::string_view step, double& value);

/// Is this known mistake ("scaled_dot.scale/1") to be run in place of its step?
bool mistaken(std::string_view mistake);

}  // namespace attn::exercise
