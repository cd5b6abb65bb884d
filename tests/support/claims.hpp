/// Sentences that claim something about numbers, held against the numbers.
///
/// A chapter's test lists what its sentences claim. `check_claims` runs the chapter with 200 random
/// configs and looks at every sentence that it says: of the steps' titles and prose, of the folded
/// notes and of what was seen. A sentence that fits a claim's pattern must hold. One that is not
/// said by every run that has its step follows from the numbers or the options, so that there must
/// be a claim that checks it.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <regex>
#include <string>
#include <vector>

namespace attn::test {

/// A field and the values that runs give it, as YAML: `#` stands for a fresh seed. Half the runs
/// leave it as it is in the default.
struct Variation {
  std::string path;
  std::vector<std::string> values;
};

/// A sentence, said by a step of a trace.
struct Said {
  const nlohmann::json& trace;
  std::string step;  ///< its id; "" for what was seen
  std::smatch match;

  std::string text(std::size_t group) const { return match[group].str(); }
  double number(std::size_t group) const;
  std::vector<double> values(const std::string& tensor) const;
  bool has(const std::string& tensor) const;
  std::vector<std::string> labels(const std::string& tensor, std::size_t axis) const;
  std::vector<std::size_t> shape(const std::string& tensor) const;
  /// Whether the number of the group is this one, as far as its digits go.
  bool shows(std::size_t group, double value) const;
};

struct Claim {
  std::string pattern;  ///< of the whole sentence, a regular expression (ECMAScript)
  std::function<bool(const Said&)> holds;
};

/// A sentence that repeats the config, or explains what was chosen there, and claims nothing more.
Claim repeats(const std::string& pattern);

/// \param bases config files to start from, beside the chapter's default
void check_claims(const std::string& chapter, const std::vector<Variation>& variations,
                  const std::vector<Claim>& claims, const std::vector<std::string>& bases = {});

}  // namespace attn::test
