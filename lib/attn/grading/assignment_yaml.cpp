#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "attn/grading/assignment.hpp"
#include "attn/io/config/faults.hpp"
#include "attn/io/config/literals.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::grading {
namespace {

using io::Node;

/// Reads the table, and collects what is wrong with it.
class Reader {
 public:
  explicit Reader(io::Faults& faults) : faults_(faults) {}

  Assignment read(const Node& root) {
    Assignment assignment;
    if (!expect(root, root.is_map(), "a map with chapter and steps")) return assignment;
    known(root, {"chapter", "hollow", "twins", "steps", "cases"});
    assignment.chapter = text(root, "chapter");
    if (const Node* steps = root.find("steps"); steps != nullptr && steps->is_sequence()) {
      expect(*steps, !steps->items.empty(), "at least one step");
    }
    for (const Node& node : list(root, "steps")) {
      Step step = read_step(node);
      if (assignment.find(step.id) != nullptr) {
        faults_.add(node, "the step " + step.id + " is there twice");
      }
      assignment.steps.push_back(std::move(step));
    }
    if (const Node* hollow = root.find("hollow")) assignment.hollow = texts(*hollow);
    if (const Node* twins = root.find("twins")) read_twins(*twins, assignment);
    if (const Node* cases = root.find("cases")) assignment.cases = read_cases(*cases);
    return assignment;
  }

 private:
  bool expect(const Node& node, bool holds, const std::string& expected) {
    if (!holds) faults_.add(node, "found " + io::describe(node) + ", expected " + expected);
    return holds;
  }

  void known(const Node& map, const std::vector<std::string>& keys) {
    for (const io::Entry& entry : map.entries) {
      if (std::find(keys.begin(), keys.end(), entry.key.text) != keys.end()) continue;
      faults_.add(entry.key,
                  "unknown key " + entry.key.text + io::suggestion(entry.key.text, keys));
    }
  }

  const Node* required(const Node& map, const std::string& key) {
    const Node* value = map.find(key);
    if (value == nullptr) faults_.add(map, key + " is missing");
    return value;
  }

  std::string text(const Node& map, const std::string& key, bool needed = true) {
    const Node* value = needed ? required(map, key) : map.find(key);
    if (value == nullptr || !expect(*value, value->is_scalar(), key + " as a text")) return "";
    return value->text;
  }

  double number(const Node& map, const std::string& key) {
    const Node* value = required(map, key);
    if (value == nullptr) return 0.0;
    const double read = io::read_number(*value, key, faults_).value_or(0.0);
    expect(*value, read >= 0.0 && read <= 1000.0, "a number from 0 to 1000");
    return read;
  }

  std::vector<Node> list(const Node& map, const std::string& key, bool needed = true) {
    const Node* value = needed ? required(map, key) : map.find(key);
    if (value == nullptr || !expect(*value, value->is_sequence(), key + " as a list")) return {};
    return value->items;
  }

  std::vector<std::string> texts(const Node& sequence) {
    std::vector<std::string> texts;
    if (!expect(sequence, sequence.is_sequence(), "a list")) return texts;
    for (const Node& item : sequence.items) {
      if (expect(item, item.is_scalar(), "a text")) texts.push_back(item.text);
    }
    return texts;
  }

  Step read_step(const Node& node) {
    Step step;
    if (!expect(node, node.is_map(), "a step")) return step;
    known(node, {"step", "points", "minutes", "difficulty", "hints", "mistakes"});
    step.id = text(node, "step");
    const auto dot = step.id.find('.');
    if (const Node* id = node.find("step")) {
      expect(*id, dot > 0 && dot + 1 < step.id.size() && dot != std::string::npos,
             "a mechanism and a field, such as scaled_dot.scores");
    }
    step.points = number(node, "points");
    if (const Node* points = node.find("points")) {
      expect(*points, step.points > 0.0 && std::fmod(step.points, 0.5) == 0.0,
             "whole or half points");
    }
    step.minutes = number(node, "minutes");
    step.difficulty = text(node, "difficulty");
    if (const Node* difficulty = node.find("difficulty")) {
      expect(*difficulty,
             step.difficulty == "easy" || step.difficulty == "medium" || step.difficulty == "hard",
             "easy, medium or hard");
    }
    if (const Node* hints = required(node, "hints")) {
      step.hints = texts(*hints);
      expect(*hints, !hints->is_sequence() || hints->items.size() == 2, "two hints");
    }
    for (const Node& item : list(node, "mistakes", false)) {
      if (!expect(item, item.is_map(), "a mistake")) continue;
      known(item, {"name", "code", "says"});
      step.mistakes.push_back({text(item, "name"), text(item, "code", false), text(item, "says")});
    }
    return step;
  }

  void read_twins(const Node& node, Assignment& assignment) {
    if (!expect(node, node.is_map(), "a map of steps to those of this chapter")) return;
    for (const io::Entry& entry : node.entries) {
      const bool is_text = entry.value.is_scalar();
      if (!expect(entry.value, is_text && assignment.find(entry.value.text) != nullptr,
                  "a step of this chapter")) {
        continue;
      }
      assignment.twins.emplace_back(entry.key.text, entry.value.text);
    }
  }

  /// Two numbers, the first no larger than the second.
  std::pair<double, double> span(const Node& node) {
    if (!expect(node, node.is_sequence() && node.items.size() == 2, "two numbers")) return {1, 1};
    const double low = io::read_number(node.items[0], "the lower end", faults_).value_or(1.0);
    const double high = io::read_number(node.items[1], "the upper end", faults_).value_or(1.0);
    expect(node, low <= high, "the lower number first");
    return {low, high};
  }

  std::vector<CaseRules::Extent> read_extents(const Node& node) {
    std::vector<CaseRules::Extent> extents;
    if (!expect(node, node.is_map(), "a map of axes and their extents")) return extents;
    for (const io::Entry& entry : node.entries) {
      const auto [low, high] = span(entry.value);
      const bool fits =
          low >= 1.0 && high <= 64.0 && std::floor(low) == low && std::floor(high) == high;
      if (!expect(entry.value, fits, "whole numbers from 1 to 64")) continue;
      extents.push_back(
          {entry.key.text, static_cast<std::size_t>(low), static_cast<std::size_t>(high)});
    }
    return extents;
  }

  std::vector<CaseRules::Range> read_ranges(const Node& node) {
    std::vector<CaseRules::Range> ranges;
    if (!expect(node, node.is_map(), "a map of fields and ranges")) return ranges;
    for (const io::Entry& entry : node.entries) {
      const auto [low, high] = span(entry.value);
      ranges.push_back({entry.key.text, low, high});
    }
    return ranges;
  }

  CaseRules::Boundary read_boundary(const Node& node) {
    CaseRules::Boundary boundary;
    if (!expect(node, node.is_map(), "a boundary: a reason, and what is set")) return boundary;
    known(node, {"reason", "set", "without", "axes", "ranges"});
    boundary.reason = text(node, "reason");
    const Node* set = node.find("set");
    if (set != nullptr && expect(*set, set->is_map(), "a map of fields and values")) {
      for (const io::Entry& entry : set->entries) {
        boundary.set.emplace_back(entry.key.text, entry.value);
      }
    }
    if (const Node* without = node.find("without")) boundary.without = texts(*without);
    if (const Node* axes = node.find("axes")) boundary.axes = read_extents(*axes);
    if (const Node* ranges = node.find("ranges")) boundary.ranges = read_ranges(*ranges);
    const bool changes =
        set != nullptr || node.find("without") || node.find("axes") || node.find("ranges");
    if (!changes) {
      faults_.add(node, "the boundary changes nothing; expected set, without, axes or ranges");
    }
    return boundary;
  }

  CaseRules read_cases(const Node& node) {
    CaseRules rules;
    if (!expect(node, node.is_map(), "how cases are drawn")) return rules;
    known(node, {"axes", "equal", "always", "sometimes", "choices", "ranges", "boundaries",
                 "not_examples"});
    const Node* axes = required(node, "axes");
    if (axes != nullptr) rules.axes = read_extents(*axes);
    for (const Node& item : list(node, "equal", false)) rules.equal.push_back(texts(item));
    if (const Node* always = node.find("always")) rules.always = texts(*always);
    if (const Node* sometimes = node.find("sometimes")) rules.sometimes = texts(*sometimes);
    const Node* choices = node.find("choices");
    if (choices != nullptr && expect(*choices, choices->is_map(), "a map of fields and values")) {
      for (const io::Entry& entry : choices->entries) {
        if (entry.value.is_sequence()) {
          expect(entry.value, !entry.value.items.empty(), "at least one value");
        }
        rules.choices.emplace_back(entry.key.text, texts(entry.value));
      }
    }
    if (const Node* ranges = node.find("ranges")) rules.ranges = read_ranges(*ranges);
    for (const Node& item : list(node, "boundaries", false)) {
      rules.boundaries.push_back(read_boundary(item));
    }
    if (const Node* examples = node.find("not_examples")) rules.not_examples = texts(*examples);
    return rules;
  }

  io::Faults& faults_;
};

}  // namespace

Assignment assignment_from_yaml(const io::Source& source) {
  const io::Document document = io::parse_yaml(source);
  io::Faults faults;
  faults.add(document.faults);
  Assignment assignment;
  if (document.root.is_null()) {  // which stands nowhere
    faults.add(io::Place{.source = source.name},
               "found nothing, expected a map with chapter and steps");
  } else {
    assignment = Reader(faults).read(document.root);
  }
  faults.throw_if_any(source.name);
  return assignment;
}

}  // namespace attn::grading
