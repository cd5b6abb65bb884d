#include "attn/grading/operands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

namespace attn::grading {
namespace {

constexpr std::size_t most_numbers = 12;

bool word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// "Q" and "K" of "Q K^T": runs of letters, digits and underscores that begin with a letter.
std::vector<std::string> words_in(const std::string& formula) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < formula.size();) {
    std::size_t end = i;
    while (end < formula.size() && word_character(formula[end])) ++end;
    const bool after_hat = i > 0 && formula[i - 1] == '^';  // the T of K^T
    if (end > i && !after_hat && std::isdigit(static_cast<unsigned char>(formula[i])) == 0) {
      words.push_back(formula.substr(i, end - i));
    }
    i = std::max(end, i + 1);
  }
  return words;
}

/// "q" of "q_i", "dA" of "dA_ij": indices are one or two small letters.
std::string without_index(const std::string& word) {
  const std::size_t underscore = word.rfind('_');
  if (underscore == std::string::npos || underscore == 0) return word;
  const std::string index = word.substr(underscore + 1);
  const bool indices = !index.empty() && index.size() <= 2 &&
                       index.find_first_not_of("ijkmnpt") == std::string::npos;
  return indices ? word.substr(0, underscore) : word;
}

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Without the explanation that may follow after two spaces: "scale * S,  scale = 1/sqrt(dk)".
std::string first_part(const std::string& formula) {
  return formula.substr(0, formula.find(",  "));
}

/// "S" of "S = Q K^T", "Q" of "Q", "" of "A V".
std::string letter_of(const std::string& formula) {
  const std::string part = first_part(formula);
  const std::vector<std::string> words = words_in(part.substr(0, part.find(" = ")));
  return words.size() == 1 ? without_index(words.front()) : "";
}

std::string right_side(const std::string& formula) {
  const std::string part = first_part(formula);
  const std::size_t equals = part.find(" = ");
  return equals == std::string::npos ? part : part.substr(equals + 3);
}

/// "general." of "general.scores"
std::string prefix_of(const std::string& name) { return name.substr(0, name.rfind('.') + 1); }

/// The tensors that stand before the one that is looked at, and may be named by its formula: of the
/// same mechanism, or of none.
std::vector<const trace::Tensor*> before(const trace::Trace& trace, const trace::Tensor& of) {
  std::vector<const trace::Tensor*> tensors;
  const std::string prefix = prefix_of(of.name);
  for (const trace::Step& step : trace.steps) {
    for (const trace::Tensor& tensor : step.tensors) {
      if (&tensor == &of) return tensors;
      const std::string own = prefix_of(tensor.name);
      if (!tensor.absent() && (own == prefix || own.empty())) tensors.push_back(&tensor);
    }
  }
  return tensors;
}

std::string short_name(const trace::Tensor& tensor) {
  return tensor.name.substr(prefix_of(tensor.name).size());
}

/// The tensor that a word of a formula means; the last of several, which is the nearest.
const trace::Tensor* meant(const std::string& word,
                           const std::vector<const trace::Tensor*>& known) {
  const std::string bare = without_index(word);
  const auto last = [&](auto&& is) -> const trace::Tensor* {
    const auto found = std::find_if(known.rbegin(), known.rend(),
                                    [&](const trace::Tensor* tensor) { return is(*tensor); });
    return found == known.rend() ? nullptr : *found;
  };
  for (const std::string& name : {word, bare}) {
    if (const auto* tensor = last([&](const auto& t) { return short_name(t) == name; }))
      return tensor;
  }
  if (const auto* tensor = last([&](const auto& t) { return letter_of(t.formula) == bare; }))
    return tensor;
  // a_ij is an entry of A
  if (bare == word) return nullptr;
  return last([&](const auto& t) { return lower(letter_of(t.formula)) == lower(bare); });
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0.0 ? "-inf" : "inf";
  return fmt::format("{:.6g}", value);
}

/// Where a tensor is looked at: an index along each axis, or all of it.
using Slice = std::vector<std::optional<std::size_t>>;

std::string written(const trace::Tensor& tensor, const Slice& slice) {
  std::string name = tensor.name;
  std::size_t shown = slice.size();  // trailing ":" are left out, as NumPy allows
  while (shown > 0 && !slice[shown - 1]) --shown;
  for (std::size_t a = 0; a < shown; ++a) {
    name += (a == 0 ? "[" : ", ") + (slice[a] ? std::to_string(*slice[a]) : ":");
  }
  return name + (shown > 0 ? "]" : "");
}

/// The numbers of a slice, nested where two axes are open; "" if they are too many.
std::string numbers(const trace::Tensor& tensor, const Slice& slice) {
  std::vector<std::size_t> open;
  std::size_t count = 1;
  for (std::size_t a = 0; a < slice.size(); ++a) {
    if (slice[a]) continue;
    open.push_back(a);
    count *= tensor.shape[a];
  }
  if (count > most_numbers || open.size() > 2) return "";
  std::vector<std::size_t> at(slice.size());
  for (std::size_t a = 0; a < slice.size(); ++a) at[a] = slice[a].value_or(0);
  const auto value = [&] {
    std::size_t cell = 0;
    for (std::size_t a = 0; a < at.size(); ++a) cell = cell * tensor.shape[a] + at[a];
    return number(tensor.values[cell]);
  };
  if (open.empty()) return value();
  const auto row = [&](std::size_t axis) {
    std::string text;
    for (at[axis] = 0; at[axis] < tensor.shape[axis]; ++at[axis]) {
      text += (text.empty() ? "[" : ", ") + value();
    }
    return text + "]";
  };
  if (open.size() == 1) return row(open.front());
  std::string text;
  for (at[open[0]] = 0; at[open[0]] < tensor.shape[open[0]]; ++at[open[0]]) {
    text += (text.empty() ? "[" : ", ") + row(open[1]);
  }
  return text + "]";
}

bool sums_over_rows(const std::string& formula) {
  const auto has = [&](const char* word) { return formula.find(word) != std::string::npos; };
  return has("softmax") || has("sum") || has("mean");
}

/// An axis that the cell has once is taken at the cell.
Slice slice_of(const trace::Tensor& tensor, const trace::Tensor& of,
               const std::vector<std::size_t>& cell, bool by_rows) {
  Slice slice(tensor.axes.size());
  for (std::size_t a = 0; a < slice.size(); ++a) {
    if (std::count(of.axes.begin(), of.axes.end(), tensor.axes[a]) != 1) continue;
    const auto shared = static_cast<std::size_t>(
        std::find(of.axes.begin(), of.axes.end(), tensor.axes[a]) - of.axes.begin());
    if (of.shape[shared] == tensor.shape[a]) slice[a] = cell[shared];
  }
  if (by_rows && tensor.axes == of.axes && !slice.empty()) slice.back().reset();
  return slice;
}

}  // namespace

std::vector<std::string> operands(const trace::Trace& right, const trace::Difference& difference) {
  std::vector<std::string> lines;
  const trace::Tensor* of = trace::find(right, difference.tensor);
  if (difference.what != trace::Difference::What::value || of == nullptr) return lines;
  if (difference.cell.size() != of->shape.size() || of->axes.size() != of->shape.size())
    return lines;
  const std::vector<const trace::Tensor*> known = before(right, *of);
  std::vector<const trace::Tensor*> shown;
  for (const std::string& word : words_in(right_side(of->formula))) {
    const trace::Tensor* tensor = meant(word, known);
    if (tensor == nullptr || std::find(shown.begin(), shown.end(), tensor) != shown.end()) continue;
    shown.push_back(tensor);
    const Slice slice = slice_of(*tensor, *of, difference.cell, sums_over_rows(of->formula));
    const std::string text = numbers(*tensor, slice);
    if (!text.empty()) lines.push_back(written(*tensor, slice) + " = " + text);
  }
  return lines;
}

}  // namespace attn::grading
