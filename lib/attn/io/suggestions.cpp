#include "attn/io/suggestions.hpp"

#include <algorithm>
#include <optional>

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

constexpr std::size_t longest = 64;  ///< nobody misspells more than that

/// How many changes still count as a slip.
std::size_t tolerated(std::size_t letters) { return std::max<std::size_t>(letters / 3, 1); }

/// Nothing if the names have nothing to do with each other.
std::optional<std::size_t> closeness(std::string_view found, std::string_view name) {
  if (found.empty() || found.size() > longest || name.size() > longest) return std::nullopt;
  const std::size_t far = distance(lower(found), lower(name));
  // A name none of whose letters was meant is not near.
  if (far > tolerated(found.size()) || far >= name.size()) return std::nullopt;
  return far;
}

std::optional<std::size_t> path_closeness(std::string_view found, std::string_view path) {
  std::size_t sum = 0;
  for (bool more = true; more;) {
    const std::size_t found_dot = found.find('.'), path_dot = path.find('.');
    const auto part = closeness(found.substr(0, found_dot), path.substr(0, path_dot));
    more = found_dot != std::string_view::npos;
    if (!part || more != (path_dot != std::string_view::npos)) return std::nullopt;
    sum += *part;
    if (more) found.remove_prefix(found_dot + 1), path.remove_prefix(path_dot + 1);
  }
  return sum;
}

template <class Closeness>
std::string best_of(std::string_view found, const std::vector<std::string>& names,
                    Closeness close) {
  std::string best;
  std::optional<std::size_t> least;
  for (const std::string& name : names) {
    const std::optional<std::size_t> far = close(found, name);
    if (!far || (least && *least <= *far)) continue;
    best = name;
    least = far;
  }
  return best;
}

}  // namespace

std::string nearest(std::string_view found, const std::vector<std::string>& names) {
  const std::string near = best_of(found, names, closeness);
  if (!near.empty() || found.size() < 2 || found.size() > longest) return near;
  const auto begins = [&](const std::string& name) { return name.starts_with(found); };
  const auto begun = std::find_if(names.begin(), names.end(), begins);
  return begun == names.end() ? "" : *begun;
}

std::string nearest_path(std::string_view found, const std::vector<std::string>& paths) {
  const std::string end = "." + std::string(found.substr(found.rfind('.') + 1));
  const auto same_end = [&](const std::string& path) { return path.ends_with(end); };
  const auto other = std::find_if(paths.begin(), paths.end(), same_end);
  const std::string near = best_of(found, paths, path_closeness);
  // A name that is there, though elsewhere, was rather meant than one that is only like it.
  if (near.empty() || (other != paths.end() && !same_end(near))) {
    return other == paths.end() ? "" : *other;
  }
  return near;
}

std::string suggestion(std::string_view found, const std::vector<std::string>& names) {
  if (const std::string near = nearest_path(found, names); !near.empty()) {
    return "; did you mean " + near + "?";
  }
  return names.empty()
             ? ""
             : "; expected " + std::string(names.size() > 1 ? "one of " : "") + alternatives(names);
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
