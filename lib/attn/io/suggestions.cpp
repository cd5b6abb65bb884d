#include "attn/io/suggestions.hpp"

#include <algorithm>

namespace attn::io {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (c == '_') c = '-';
  }
  return result;
}

/// Optimal string alignment distance: Levenshtein's, where swapping two neighbours counts once.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before = std::move(above);
    above = row;
  }
  return above[b.size()];
}

}  // namespace

std::string nearest(std::string_view found, const std::vector<std::string>& names) {
  constexpr std::size_t longest = 64;  // nobody misspells more than that
  if (found.empty() || found.size() > longest) return "";
  const std::string wanted = lower(found);
  std::string best;
  std::size_t least = std::max<std::size_t>(wanted.size() / 3, 1) + 1;
  for (const std::string& name : names) {
    const std::size_t far = distance(wanted, lower(name));
    if (far < least && far < name.size()) {  // a name none of whose letters was meant is not near
      best = name;
      least = far;
    }
  }
  return best;
}

std::string suggestion(std::string_view found, const std::vector<std::string>& names) {
  if (const std::string near = nearest(found, names); !near.empty()) {
    return "; did you mean " + near + "?";
  }
  return names.empty() ? "" : "; expected " + std::string(names.size() > 1 ? "one of " : "") +
                                  alternatives(names);
}

std::string alternatives(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " or " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace attn::io
