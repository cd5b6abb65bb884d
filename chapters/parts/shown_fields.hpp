/// Some fields of a mechanism's result in a step, the details folded away.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

#include "attn/core/complete.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

using FieldNames = std::initializer_list<std::string_view>;

/// Adds the fields with these names to the open step, in the order of the result; those among
/// `folded` folded. \throws Unfinished after the first that has not been computed.
template <class Result>
void show_fields(const Result& result, FieldNames shown, FieldNames folded,
                 const std::string& prefix, trace::Builder& trace) {
  const auto among = [](FieldNames names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  Result::each(result, [&](const Field& field, const auto& value) {
    const bool folds = among(folded, field.name);
    if (!folds && !among(shown, field.name)) return;
    trace.fold(folds);
    trace.tensor(field, value, prefix);
    trace.fold(false);
    if (!is_written(value)) throw Unfinished();
  });
}

/// Adds every field to the open step, folded. \throws Unfinished as above.
template <class Result>
void fold_fields(const Result& result, const std::string& prefix, trace::Builder& trace) {
  trace.fold(true);
  trace.tensors(result, prefix);
  trace.fold(false);
}

}  // namespace attn::chapters
