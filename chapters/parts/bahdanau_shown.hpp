/// How the chapter bahdanau shows the results of mechanisms: in the paper's letters.
#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "attn/core/complete.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// A field of a mechanism with the formula, and perhaps the name, that it has here.
struct Formula {
  std::string field;
  std::string formula;
  std::string name{};  ///< its own unless given
};

inline Field with_formula(Field field, std::span<const Formula> formulas) {
  for (const Formula& own : formulas) {
    if (own.field != field.name) continue;
    field.formula = own.formula;
    if (!own.name.empty()) field.name = own.name;
  }
  return field;
}

/// Adds every field to the open step. \throws Unfinished after the first that is not computed.
template <class Result>
void show(const Result& result, std::span<const Formula> formulas, const std::string& prefix,
          trace::Builder& trace) {
  Result::each(result, [&](const Field& field, const auto& value) {
    trace.tensor(with_formula(field, formulas), value, prefix);
    if (!is_written(value)) throw Unfinished();
  });
}

/// The same for results over time, one a row.
template <class Result>
void show_over_time(const std::vector<Result>& results, std::span<const Formula> formulas,
                    const std::string& axis, const std::string& prefix, trace::Builder& trace) {
  if (results.empty()) throw Unfinished();
  Result::each(results.front(), [&](const Field& field, const auto&) {
    trace.over_time(std::span<const Result>(results), with_formula(field, formulas), axis, prefix);
  });
}

/// The same names, and no formulas: for what has been shown before.
inline std::vector<Formula> without_formulas(std::vector<Formula> formulas) {
  for (Formula& own : formulas) own.formula.clear();
  return formulas;
}

/// What was read from the last word to the first, in the order of the sentence.
template <class Result>
std::vector<Result> turned(std::vector<Result> results) {
  std::reverse(results.begin(), results.end());
  return results;
}

}  // namespace attn::chapters
