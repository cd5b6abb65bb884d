#include "attn/render/labels.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "attn/render/display_width.hpp"

namespace attn::render {
namespace {

using Glyphs = std::vector<std::string>;  // what is never cut in two

Glyphs glyphs(std::string_view text) {
  Glyphs found;
  while (!text.empty()) found.emplace_back(next_glyph(text).bytes);
  return found;
}

/// As much of the end of the text as fits behind "…".
std::string ending(const Glyphs& text, std::size_t columns) {
  std::string kept;
  std::size_t used = 1;
  for (auto glyph = text.rbegin(); glyph != text.rend(); ++glyph) {
    used += display_width(*glyph);
    if (used > columns) break;
    kept = *glyph + kept;
  }
  return "…" + kept;
}

std::string without_end(const std::string& name, std::size_t columns) {
  return shortened(name, columns);
}

std::string without_middle(const std::string& name, std::size_t columns) {
  if (display_width(name) <= columns) return name;
  const std::size_t half = (columns - 1) / 2;
  std::string beginning = shortened(name, columns - half);
  return beginning.substr(0, beginning.size() - std::string_view("…").size()) +
         ending(glyphs(name), half + 1);
}

/// Where the names, all of one kind, begin to differ: a number of glyphs.
std::size_t common_beginning(const std::vector<Glyphs>& names) {
  std::size_t common = names.front().size();
  for (const Glyphs& name : names) {
    const auto end =
        std::mismatch(name.begin(), name.end(), names.front().begin(), names.front().end());
    common = std::min(common, static_cast<std::size_t>(end.first - name.begin()));
  }
  return common;
}

/// The names from a little before the place where they begin to differ.
std::vector<std::string> without_beginning(const std::vector<std::string>& names,
                                           std::size_t columns) {
  std::vector<Glyphs> taken;
  for (const std::string& name : names) taken.push_back(glyphs(name));
  const std::size_t common = common_beginning(taken);
  const std::size_t first = common - std::min<std::size_t>(common, 2);
  std::vector<std::string> cut;
  for (const Glyphs& name : taken) {
    std::string rest = first > 0 ? "…" : "";
    for (std::size_t i = first; i < name.size(); ++i) rest += name[i];
    cut.push_back(shortened(rest, columns));
  }
  return cut;
}

bool all_differ(const std::vector<std::string>& names) {
  return std::set<std::string>(names.begin(), names.end()).size() == names.size();
}

/// Names that differ, and that all lose their ends alike.
std::vector<std::string> told_apart(const std::vector<std::string>& names, std::size_t columns) {
  std::vector<std::string> cut = without_beginning(names, columns);
  if (all_differ(cut)) return cut;
  std::transform(names.begin(), names.end(), cut.begin(),
                 [&](const std::string& name) { return without_middle(name, columns); });
  return cut;
}

}  // namespace

std::vector<std::string> shortened_apart(const std::vector<std::string>& names,
                                         std::size_t columns) {
  std::vector<std::string> cut;
  std::map<std::string, std::set<std::string>> alike;  // by what is left of them
  for (const std::string& name : names) {
    cut.push_back(without_end(name, columns));
    alike[cut.back()].insert(name);
  }
  if (columns < 3) return cut;
  std::map<std::string, std::string> instead;
  for (const auto& [left, differing] : alike) {
    if (differing.size() < 2) continue;
    const std::vector<std::string> group(differing.begin(), differing.end());
    const std::vector<std::string> apart = told_apart(group, columns);
    for (std::size_t i = 0; i < group.size(); ++i) instead[group[i]] = apart[i];
  }
  std::map<std::string, std::set<std::string>> taken;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (const auto found = instead.find(names[i]); found != instead.end()) cut[i] = found->second;
    taken[cut[i]].insert(names[i]);
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string position = "[" + std::to_string(i) + "]";
    if (taken[cut[i]].size() < 2 || position.size() + 2 > columns) continue;
    cut[i] = shortened(names[i], columns - position.size()) + position;
  }
  return cut;
}

}  // namespace attn::render
