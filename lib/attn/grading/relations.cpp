#include "attn/grading/relations.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numbers>
#include <numeric>

namespace attn::grading {
namespace {

constexpr double nothing = std::numeric_limits<double>::quiet_NaN();  // agrees with no number

std::size_t cells_of(const Extents& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

/// Each cell's index is turned into that of the cell whose number it has.
template <class Turn>
Rearranged rearranged(const Extents& shape, const Extents& from_shape, Turn&& turn) {
  Rearranged result{shape, std::vector<std::size_t>(cells_of(shape))};
  Extents index(shape.size(), 0);
  for (std::size_t& from : result.from) {
    Extents source = index;
    turn(source);
    from = 0;
    for (std::size_t a = 0; a < source.size(); ++a) from = from * from_shape[a] + source[a];
    for (std::size_t a = shape.size(); a-- > 0;) {
      if (++index[a] < shape[a]) break;
      index[a] = 0;
    }
  }
  return result;
}

/// Two axes exchanged, counted from the last.
Placement exchanged(std::string says, std::size_t a, std::size_t b) {
  return {std::move(says), [a, b](const Extents& shape) -> std::optional<Rearranged> {
            if (shape.size() <= std::max(a, b)) return std::nullopt;
            const std::size_t i = shape.size() - 1 - a, j = shape.size() - 1 - b;
            Extents turned = shape;
            std::swap(turned[i], turned[j]);
            return rearranged(turned, shape,
                              [&](Extents& index) { std::swap(index[i], index[j]); });
          }};
}

/// Along one axis, counted from the last, cell k has the number of cell to(k, extent).
template <class To>
Placement along(std::string says, std::size_t axis, std::size_t rank_at_least, To to) {
  return {std::move(says),
          [axis, rank_at_least, to](const Extents& shape) -> std::optional<Rearranged> {
            if (shape.size() <= axis || shape.size() < rank_at_least) return std::nullopt;
            const std::size_t a = shape.size() - 1 - axis;
            if (shape[a] < 2) return std::nullopt;
            return rearranged(shape, shape,
                              [&](Extents& index) { index[a] = to(index[a], shape[a]); });
          }};
}

/// A number of each observation, by which one may have multiplied or divided.
struct Number {
  std::string name;
  std::vector<double> of;
};

bool vary(const std::vector<double>& numbers) {
  return std::any_of(numbers.begin(), numbers.end(),
                     [&](double n) { return std::abs(n - numbers.front()) > 1e-6; });
}

/// "layer1.scores" beside "layer1.weights" is called scores: in another layer it has another name.
std::string relative_name(const std::string& name, const std::string& beside) {
  const std::size_t dot = beside.rfind('.');
  if (dot == std::string::npos || name.compare(0, dot + 1, beside, 0, dot + 1) != 0) return name;
  return name.substr(dot + 1);
}

/// The computed tensors of a case other than the one that is looked at, by relative name. What a
/// grader keeps in the last steps of its traces is no tensor of the chapter.
std::map<std::string, const trace::Tensor*> others_of(const Observation& o) {
  std::map<std::string, const trace::Tensor*> others;
  if (o.known == nullptr) return others;
  for (const trace::Step& step : o.known->steps) {
    if (step.id == "events" || step.id == "mistakes") continue;
    for (const trace::Tensor& tensor : step.tensors) {
      if (tensor.name == o.right.name || tensor.absent()) continue;
      others.emplace(relative_name(tensor.name, o.right.name), &tensor);
    }
  }
  return others;
}

/// A tensor that every observation has, by relative name.
struct Other {
  std::string name;
  std::vector<const trace::Tensor*> of;
};

std::vector<Other> others_in(std::span<const Observation> all) {
  std::vector<std::map<std::string, const trace::Tensor*>> each;
  for (const Observation& o : all) each.push_back(others_of(o));
  std::vector<Other> others;
  if (each.empty()) return others;
  for (const auto& [name, tensor] : each.front()) {
    Other other{name, {}};
    for (const auto& of : each) {
      const auto found = of.find(name);
      if (found != of.end()) other.of.push_back(found->second);
    }
    if (other.of.size() == all.size()) others.push_back(std::move(other));
  }
  return others;
}

void add_extents(const trace::Tensor& tensor, std::map<std::string, double>& extents) {
  if (tensor.absent() || tensor.axes.size() != tensor.shape.size()) return;
  for (std::size_t a = 0; a < tensor.axes.size(); ++a) {
    const auto extent = static_cast<double>(tensor.shape[a]);
    const auto [known, added] = extents.emplace(tensor.axes[a], extent);
    if (!added && known->second != extent) known->second = nothing;  // of no one extent
  }
}

/// The extents of named axes that are not the same in all observations: else nobody could tell
/// dk = 4 from a plain 4. Those of the right tensor itself come first.
std::vector<Number> extents_in(std::span<const Observation> all) {
  std::vector<std::map<std::string, double>> each;
  for (const Observation& o : all) {
    each.emplace_back();
    add_extents(o.right, each.back());
    if (o.known == nullptr) continue;
    for (const trace::Step& step : o.known->steps) {
      if (step.id == "events" || step.id == "mistakes") continue;
      for (const trace::Tensor& tensor : step.tensors) add_extents(tensor, each.back());
    }
  }
  std::vector<Number> numbers;
  if (each.empty()) return numbers;
  for (const auto& [name, extent] : each.front()) {
    Number number{name, {}};
    for (const auto& of : each) {
      const auto found = of.find(name);
      if (found != of.end() && std::isfinite(found->second)) number.of.push_back(found->second);
    }
    if (number.of.size() == all.size() && vary(number.of)) numbers.push_back(std::move(number));
  }
  const std::vector<std::string>& own = all.front().right.axes;
  std::stable_partition(numbers.begin(), numbers.end(), [&](const Number& number) {
    return std::find(own.begin(), own.end(), number.name) != own.end();
  });
  return numbers;
}

/// The numbers of a case that are tensors without axes: its scale, its bandwidth.
std::vector<Number> scalars_in(const std::vector<Other>& others) {
  std::vector<Number> numbers;
  for (const Other& other : others) {
    Number number{other.name, {}};
    for (const trace::Tensor* tensor : other.of) {
      if (tensor->shape.empty() && tensor->values.size() == 1)
        number.of.push_back(tensor->values.front());
    }
    if (number.of.size() == other.of.size() && vary(number.of)) numbers.push_back(number);
  }
  return numbers;
}

template <class Power>
Change times(std::string says, const Number& number, Power&& power) {
  std::vector<double> factor(number.of.size());
  std::transform(number.of.begin(), number.of.end(), factor.begin(), power);
  return {std::move(says),
          [factor](std::size_t o, std::size_t, double right) { return right * factor[o]; }};
}

void add_powers(const Number& number, const std::string& of, std::vector<Change>& changes) {
  const std::string right = "all numbers are the right ones ";
  const std::string& n = number.name;
  changes.push_back(
      times(right + "divided by " + n + of, number, [](double x) { return 1.0 / x; }));
  changes.push_back(times(right + "times " + n + of, number, [](double x) { return x; }));
  changes.push_back(times(right + "divided by the square root of " + n + of, number,
                          [](double x) { return 1.0 / std::sqrt(x); }));
  changes.push_back(times(right + "times the square root of " + n + of, number,
                          [](double x) { return std::sqrt(x); }));
  changes.push_back(times(right + "divided by the square of " + n + of, number,
                          [](double x) { return 1.0 / (x * x); }));
  changes.push_back(
      times(right + "times the square of " + n + of, number, [](double x) { return x * x; }));
}

/// The place in `other` of each cell of `right`: the same; or that of a vector or matrix which goes
/// with the first or the last axes of it. Empty if they do not go together.
std::vector<std::size_t> spread(const trace::Tensor& other, const trace::Tensor& right) {
  const std::size_t n = other.shape.size(), of = right.shape.size();
  if (n == 0 || n > of) return {};
  const auto at_end = static_cast<std::ptrdiff_t>(of - n);
  const bool last =
      std::equal(other.shape.begin(), other.shape.end(), right.shape.begin() + at_end);
  const bool first = std::equal(other.shape.begin(), other.shape.end(), right.shape.begin());
  if (!last && !first) return {};
  // Where both go by the extents, the names of the axes decide.
  const bool named = n < of && first && last && other.axes.size() == n && right.axes.size() == of &&
                     std::equal(other.axes.begin(), other.axes.end(), right.axes.begin());
  const std::size_t cells = cells_of(right.shape), own = cells_of(other.shape);
  std::vector<std::size_t> places(cells);
  for (std::size_t c = 0; c < cells; ++c) {
    places[c] = last && !named ? c % own : c / (cells / own);
  }
  return places;
}

}  // namespace

std::vector<Placement> placements() {
  const auto reverse = [](std::size_t k, std::size_t n) { return n - 1 - k; };
  const auto later = [](std::size_t k, std::size_t n) { return (k + n - 1) % n; };
  const auto sooner = [](std::size_t k, std::size_t n) { return (k + 1) % n; };
  std::vector<Placement> all;
  all.push_back(exchanged("rows and columns are exchanged (the result is transposed)", 0, 1));
  all.push_back(exchanged("the first two of the last three axes are exchanged", 1, 2));
  all.push_back(exchanged("the last of the last three axes stands first", 0, 2));
  all.push_back(along("the rows are in reverse order", 1, 2, reverse));
  all.push_back(along("the columns are in reverse order", 0, 2, reverse));
  all.push_back(along("the numbers are in reverse order", 0, 1, reverse));
  all.push_back(along("every row stands one too low, and the last comes first", 1, 2, later));
  all.push_back(along("every row stands one too high, and the first comes last", 1, 2, sooner));
  all.push_back(
      along("every column stands one too far right, and the last comes first", 0, 2, later));
  all.push_back(
      along("every column stands one too far left, and the first comes last", 0, 2, sooner));
  all.push_back(along("every number stands one too late, and the last comes first", 0, 1, later));
  all.push_back(along("every number stands one too early, and the first comes last", 0, 1, sooner));
  return all;
}

std::vector<Change> factors(std::span<const Observation> all) {
  struct Constant {
    double factor;
    const char* says;
  };
  static constexpr Constant constants[] = {
      {-1.0, "all numbers have the opposite sign"},
      {2.0, "all numbers are twice the right ones"},
      {0.5, "all numbers are half of the right ones"},
      {-2.0, "all numbers are -2 times the right ones"},
      {-0.5, "all numbers are -1/2 times the right ones"},
      {3.0, "all numbers are 3 times the right ones"},
      {1.0 / 3.0, "all numbers are a third of the right ones"},
      {4.0, "all numbers are 4 times the right ones"},
      {0.25, "all numbers are a quarter of the right ones"},
      {10.0, "all numbers are 10 times the right ones"},
      {0.1, "all numbers are a tenth of the right ones"},
      {std::numbers::pi, "all numbers are pi times the right ones"},
      {2.0 * std::numbers::pi, "all numbers are 2 pi times the right ones"},
      {std::numbers::sqrt2, "all numbers are the right ones times the square root of 2"},
      {1.0 / std::numbers::sqrt2, "all numbers are the right ones divided by the square root of 2"},
      {std::numbers::ln2, "all numbers are the right ones times ln 2"},
      {1.0 / std::numbers::ln2, "all numbers are the right ones divided by ln 2"}};
  std::vector<Change> changes;
  for (const Constant& c : constants) {
    changes.push_back({c.says, [factor = c.factor](std::size_t, std::size_t, double right) {
                         return right * factor;
                       }});
  }
  for (const auto& [by, says] : {std::pair{1.0, "all numbers are too large by 1"},
                                 std::pair{-1.0, "all numbers are too small by 1"},
                                 std::pair{0.5, "all numbers are too large by 1/2"},
                                 std::pair{-0.5, "all numbers are too small by 1/2"}}) {
    changes.push_back(
        {says, [by = by](std::size_t, std::size_t, double right) { return right + by; }});
  }
  const std::vector<Number> extents = extents_in(all);
  for (const Number& n : extents) add_powers(n, "", changes);
  for (const Number& n : scalars_in(others_in(all))) add_powers(n, "", changes);
  for (const Number& a : extents) {
    const std::string right = "all numbers are the right ones times ";
    Number less{"(" + a.name + " - 1) / " + a.name, a.of};
    for (double& n : less.of) n = n > 1.0 ? (n - 1.0) / n : nothing;
    changes.push_back(times(right + less.name, less, [](double x) { return x; }));
    changes.push_back(
        times(right + a.name + " / (" + a.name + " - 1)", less, [](double x) { return 1.0 / x; }));
    for (const Number& b : extents) {
      if (&a == &b) continue;
      Number ratio{a.name + " / " + b.name, a.of};
      for (std::size_t o = 0; o < ratio.of.size(); ++o) ratio.of[o] /= b.of[o];
      if (!vary(ratio.of)) continue;
      changes.push_back(times(right + ratio.name, ratio, [](double x) { return x; }));
      changes.push_back(times(right + "the square root of " + ratio.name, ratio,
                              [](double x) { return std::sqrt(x); }));
    }
  }
  return changes;
}

std::vector<Change> functions() {
  const auto each = [](const char* says, double (*f)(double)) {
    return Change{says, [f](std::size_t, std::size_t, double right) { return f(right); }};
  };
  return {
      each("all numbers are the right ones without their sign",
           [](double x) { return std::abs(x); }),
      each("all numbers are the squares of the right ones", [](double x) { return x * x; }),
      each("all numbers are the square roots of the right ones",
           [](double x) { return std::sqrt(x); }),
      each("all numbers are one over the right ones", [](double x) { return 1.0 / x; }),
      each("all numbers are e to the power of the right ones",
           [](double x) { return std::exp(x); }),
      each("all numbers are the logarithms of the right ones",
           [](double x) { return std::log(x); }),
      each("all numbers are 1 minus the right ones", [](double x) { return 1.0 - x; }),
      each("the negative ones of the right numbers are 0",
           [](double x) { return std::max(x, 0.0); }),
      each("all numbers are tanh of the right ones", [](double x) { return std::tanh(x); }),
      each("all numbers are the logistic sigmoid of the right ones",
           [](double x) { return 1.0 / (1.0 + std::exp(-x)); }),
      each("the right numbers are tanh of these", [](double x) { return std::atanh(x); }),
  };
}

std::vector<Change> replacements(std::span<const Observation> all) {
  std::vector<Change> changes;
  for (const Other& other : others_in(all)) {
    const bool fits = std::equal(all.begin(), all.end(), other.of.begin(),
                                 [](const Observation& o, const trace::Tensor* tensor) {
                                   return o.got.shape == tensor->shape;
                                 });
    if (!fits) continue;
    changes.push_back(
        {"the numbers are those of " + other.name,
         [of = other.of](std::size_t o, std::size_t cell, double) { return of[o]->values[cell]; }});
    changes.push_back({"the numbers are those of " + other.name + " with the opposite sign",
                       [of = other.of](std::size_t o, std::size_t cell, double) {
                         return -of[o]->values[cell];
                       }});
  }
  return changes;
}

std::vector<Change> other_terms(std::span<const Observation> all) {
  std::vector<Change> changes;
  for (const Other& other : others_in(all)) {
    std::vector<std::vector<std::size_t>> at;
    for (std::size_t o = 0; o < all.size(); ++o) at.push_back(spread(*other.of[o], all[o].right));
    if (std::any_of(at.begin(), at.end(), [](const auto& places) { return places.empty(); }))
      continue;
    const auto add = [&](const std::string& says, auto&& operation) {
      changes.push_back(
          {"all numbers are the right ones " + says + " " + other.name,
           [of = other.of, at, operation](std::size_t o, std::size_t cell, double right) {
             return cell < at[o].size() ? operation(right, of[o]->values[at[o][cell]]) : nothing;
           }});
    };
    add("minus", [](double x, double y) { return x - y; });
    add("plus", [](double x, double y) { return x + y; });
    add("times", [](double x, double y) { return x * y; });
    add("divided by", [](double x, double y) { return x / y; });
  }
  return changes;
}

}  // namespace attn::grading
