#include "tests/support/claims.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <map>
#include <random>
#include <set>

#include "tests/support/program.hpp"

namespace attn::test {
namespace {

using nlohmann::json;

constexpr int runs = 200;

const json* find_tensor(const json& trace, const std::string& name) {
  for (const json& step : trace.at("steps")) {
    for (const json& tensor : step.at("tensors")) {
      if (tensor.at("name") == name) return &tensor;
    }
  }
  return nullptr;
}

const json& tensor_of(const json& trace, const std::string& name) {
  const json* found = find_tensor(trace, name);
  if (found == nullptr) throw std::out_of_range("no tensor is called " + name);
  return *found;
}

/// Cut where a sentence ends and another begins.
std::vector<std::string> sentences_of(const std::string& text) {
  std::vector<std::string> sentences;
  std::size_t start = 0;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    const bool end = text[i] == '.' || text[i] == '?' || text[i] == '!';
    const auto next = static_cast<unsigned char>(text[i + 2]);
    if (!end || text[i + 1] != ' ' || (std::isupper(next) == 0 && next < 0x80)) continue;
    sentences.push_back(text.substr(start, i + 1 - start));
    start = i + 2;
  }
  if (start < text.size()) sentences.push_back(text.substr(start));
  return sentences;
}

/// What the steps of a run say, by their ids.
std::map<std::string, std::vector<std::string>> said_by(const json& trace) {
  std::map<std::string, std::vector<std::string>> said;
  said[""] = sentences_of(trace.value("seen", ""));
  for (const json& step : trace.at("steps")) {
    std::vector<std::string>& sentences = said[step.at("id")];
    sentences = sentences_of(step.at("prose"));
    sentences.push_back(step.at("title"));
  }
  return said;
}

std::vector<std::string> draw(const std::string& chapter, const std::vector<Variation>& variations,
                              const std::vector<std::string>& bases, std::mt19937_64& random) {
  std::vector<std::string> args{chapter, "--gradients"};
  const std::size_t base = bases.empty() ? 0 : random() % (bases.size() + 1);
  if (base > 0) {
    args.push_back(bases[base - 1]);
  }
  for (const Variation& variation : variations) {
    if (base == 0 ? random() % 2 == 0 : random() % 8 != 0) continue;  // few fit another base
    std::string value = variation.values[random() % variation.values.size()];
    for (std::size_t at; (at = value.find('#')) != std::string::npos;) {
      value.replace(at, 1, std::to_string(random() % 100000));
    }
    args.insert(args.end(), {"--set", variation.path + "=" + value});
  }
  return args;
}

std::string joined(const std::vector<std::string>& args) {
  std::string text;
  for (const std::string& arg : args) text += arg + " ";
  return text;
}

/// How often a sentence was said, and the command that first said it.
struct Spoken {
  int times = 0;
  std::string command;
  bool checked = false;
};

}  // namespace

double Said::number(std::size_t group) const { return std::stod(text(group)); }

std::vector<double> Said::values(const std::string& tensor) const {
  return values_of(trace, tensor);
}

bool Said::has(const std::string& tensor) const { return find_tensor(trace, tensor) != nullptr; }

std::vector<std::string> Said::labels(const std::string& tensor, std::size_t axis) const {
  return tensor_of(trace, tensor).at("labels").at(axis);
}

std::vector<std::size_t> Said::shape(const std::string& tensor) const {
  return tensor_of(trace, tensor).at("shape");
}

bool Said::shows(std::size_t group, double value) const {
  const std::string shown = text(group);
  const std::size_t e = std::min(shown.find('e'), shown.size());
  const std::size_t point = shown.find('.');
  const int digits = point < e ? static_cast<int>(e - point) - 1 : 0;
  const int exponent = e < shown.size() ? std::stoi(shown.substr(e + 1)) : 0;
  const double rounding = 0.5000001 * std::pow(10.0, exponent - digits);
  return std::abs(std::stod(shown) - value) <= rounding + 1e-12 * std::abs(value);
}

Claim repeats(const std::string& pattern) {
  return {pattern, [](const Said&) { return true; }};
}

void check_claims(const std::string& chapter, const std::vector<Variation>& variations,
                  const std::vector<Claim>& claims, const std::vector<std::string>& bases) {
  std::vector<std::regex> patterns;
  for (const Claim& claim : claims) patterns.emplace_back(claim.pattern);
  std::vector<int> used(claims.size(), 0);
  std::map<std::string, int> step_runs;
  std::map<std::string, std::map<std::string, Spoken>> spoken;
  std::mt19937_64 random(20141);
  int ran = 0;
  for (int tries = 0; ran < runs && tries < 4 * runs; ++tries) {
    const std::vector<std::string> args = draw(chapter, variations, bases, random);
    std::vector<std::string> whole = args;
    whole.insert(whole.end(), {"--format", "json"});
    const Ran result = run_attn(whole);
    if (result.status == 2) continue;  // a combination that the chapter refuses
    const std::string command = "./attn " + joined(args);
    CAPTURE(command);
    REQUIRE(result.status == 0);
    ++ran;
    const json trace = json::parse(result.out);
    for (const auto& [step, sentences] : said_by(trace)) {
      ++step_runs[step];
      std::set<std::string> once(sentences.begin(), sentences.end());
      for (const std::string& sentence : once) {
        Spoken& known = spoken[step][sentence];
        if (known.times++ == 0) known.command = command;
        for (std::size_t c = 0; c < claims.size(); ++c) {
          Said said{trace, step, {}};
          if (!std::regex_match(sentence, said.match, patterns[c])) continue;
          ++used[c];
          known.checked = true;
          CAPTURE(step, sentence);
          CHECK(claims[c].holds(said));
        }
      }
    }
  }
  CHECK(ran == runs);
  for (std::size_t c = 0; c < claims.size(); ++c) {
    CAPTURE(claims[c].pattern);
    CHECK(used[c] > 0);
  }
  for (const auto& [step, sentences] : spoken) {
    for (const auto& [sentence, known] : sentences) {
      if (known.checked || known.times == step_runs[step]) continue;
      INFO(known.command << "\n  says in " << step << ", and not every run does:\n  " << sentence);
      CHECK(known.checked);
    }
  }
}

}  // namespace attn::test
