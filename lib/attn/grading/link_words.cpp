#include "attn/grading/link_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>
#include <string_view>

namespace attn::grading {
namespace {

/// What stands after the words, in whatever quotation marks.
std::string named_after(const std::string& line, std::string_view words) {
  const std::size_t at = line.find(words);
  if (at == std::string::npos) return "";
  std::string name = line.substr(at + words.size());
  const auto is_mark = [](char c) { return c == '`' || c == '\'' || c == ' ' || c == ':'; };
  name.erase(name.begin(), std::find_if_not(name.begin(), name.end(), is_mark));
  return name.substr(0, name.find_first_of("'`"));
}

void add(std::vector<std::string>& names, std::string name) {
  if (name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return;
  names.push_back(std::move(name));
}

}  // namespace

LinkFaults faults_in(const std::string& said) {
  LinkFaults faults;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    for (const char* words : {"undefined reference to", "undefined symbol"}) {
      add(faults.missing, named_after(line, words));
    }
    for (const char* words : {"multiple definition of", "duplicate symbol"}) {
      add(faults.doubled, named_after(line, words));
    }
  }
  return faults;
}

std::string mechanism_named(const std::string& name) {
  constexpr std::string_view outer = "attn::";
  if (!name.starts_with(outer)) return "";
  const std::size_t end = name.find("::", outer.size());
  const std::string inner = name.substr(outer.size(), end - outer.size());
  return end == std::string::npos || inner.find_first_of("(<") != std::string::npos ? "" : inner;
}

std::string link_words(const std::string& mechanism, const std::string& said,
                       const std::function<bool(const std::string& mechanism)>& available) {
  const LinkFaults faults = faults_in(said);
  std::string words;
  for (const std::string& name : faults.doubled) {
    words += fmt::format("{}.cpp defines {}, which the program has already.\n", mechanism, name);
  }
  for (const std::string& name : faults.missing) {
    const std::string of = mechanism_named(name);
    if (of == mechanism) {
      words += fmt::format(
          "{}.cpp does not define {}. Is the function missing, or has it other "
          "parameters than before?\n",
          mechanism, name);
    } else if (!of.empty() && !available(of)) {
      words += fmt::format("{}.cpp uses {}, but the mechanism {} is no part of this assignment.\n",
                           mechanism, name, of);
    } else {
      words += fmt::format("{}.cpp uses {}, which nothing defines.\n", mechanism, name);
    }
  }
  if (words.empty()) words = mechanism + ".cpp cannot be linked with the program.\n";
  return words;
}

}  // namespace attn::grading
