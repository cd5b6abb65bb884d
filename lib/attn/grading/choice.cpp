#include "attn/grading/choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "attn/io/fault.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::grading {
namespace {

class Chooser {
 public:
  Chooser(const Library& library, const std::vector<std::string>& chapters) : library_(library) {
    for (const std::string& chapter : chapters) library.table(chapter);  // has it exercises?
    for (const Assignment& table : library.tables()) {
      if (std::find(chapters.begin(), chapters.end(), table.chapter) != chapters.end())
        choice_.own.push_back(table);
    }
  }

  Choice choose() {
    for (const Assignment& table : choice_.own) {
      for (const std::string& mechanism : table.hollow) choice_.hollow[mechanism] = table.chapter;
    }
    for (const Assignment& table : choice_.own) {
      expect_steps(table);
      expect_no_hollow(table);
      for (const Step& step : table.steps) ask(step.id);
    }
    // What is written as a shared one is shared as well.
    for (std::size_t n = 0; n < open_.size(); ++n) share_twins(std::string(open_[n]));
    for (auto& [chapter, steps] : choice_.shared) {
      std::stable_sort(steps.begin(), steps.end(), [&](const Step& a, const Step& b) {
        return std::pair(a.mechanism(), line_of(a)) < std::pair(b.mechanism(), line_of(b));
      });
    }
    return std::move(choice_);
  }

 private:
  void expect_steps(const Assignment& table) const {
    for (const Step& step : table.steps) {
      const auto marked = library_.mechanisms().find(step.mechanism());
      const std::string source = source_of(step.mechanism());
      if (marked == library_.mechanisms().end()) library_.text(source);  // throws: there is none
      if (marked->second.find(step.id) != nullptr) continue;
      std::vector<std::string> ids;
      for (const MarkedStep& known : marked->second.steps) ids.push_back(known.id);
      throw io::InputError(
          io::Place{.source = "chapters/exercises/" + table.chapter + ".yaml"},
          fmt::format("{} has no step {}{}", source, step.id, io::suggestion(step.id, ids)));
    }
  }

  void expect_no_hollow(const Assignment& table) const {
    for (const auto& [mechanism, by] : choice_.hollow) {
      const auto names = [&](const std::vector<std::string>& list) {
        return std::find(list.begin(), list.end(), mechanism) != list.end();
      };
      if (names(table.hollow) || !needs(table.chapter, mechanism)) continue;
      throw io::InputError(
          io::Place{.source = "handout"},
          fmt::format("{} and {} do not go into one folder: {} needs the mechanism {}, which "
                      "shows how steps of {} are written; hand them out one after the other",
                      by, table.chapter, table.chapter, mechanism, by));
    }
  }

  std::size_t line_of(const Step& step) const {
    return library_.mechanisms().at(step.mechanism()).find(step.id)->first;
  }

  bool needs(const std::string& chapter, const std::string& mechanism) const {
    return library_.needed_by(chapter).contains(source_of(mechanism));
  }

  void ask(const std::string& id) {
    const std::string mechanism = id.substr(0, id.find('.'));
    choice_.blank[mechanism].insert(id);
    if (asked_.insert(id).second) open_.push_back(id);
  }

  /// Asks for whatever is written as this step is, and for what is bound to it by a helper.
  void share_twins(const std::string& of) {
    const Marked& source = library_.mechanisms().at(of.substr(0, of.find('.')));
    for (const std::string& id : bound_together(source, {of})) share(id, of);
    std::set<std::string> codes;
    for (const MarkedStep& step : source.steps) {
      if (step.id == of) codes.insert(nameless(step));
    }
    for (const auto& [mechanism, marked] : library_.mechanisms()) {
      if (choice_.hollow.contains(mechanism)) continue;
      for (const MarkedStep& step : marked.steps) {
        if (codes.contains(nameless(step)) && is_between_chapters(mechanism, of))
          share(step.id, of);
      }
    }
    for (const Assignment& table : library_.tables()) {
      for (const auto& [twin, own] : table.twins) {
        if (own == of) share(twin, of);
      }
    }
  }

  /// Does another chapter need the mechanism than the one that asks for the step?
  bool is_between_chapters(const std::string& mechanism, const std::string& of) const {
    return std::any_of(choice_.own.begin(), choice_.own.end(), [&](const Assignment& table) {
      return table.find(of) == nullptr && needs(table.chapter, mechanism);
    });
  }

  void share(const std::string& id, const std::string& of) {
    if (asked_.contains(id)) return;
    const std::string mechanism = id.substr(0, id.find('.'));
    const auto marked = library_.mechanisms().find(mechanism);
    if (marked == library_.mechanisms().end() || marked->second.find(id) == nullptr) {
      throw io::InputError(io::Place{.source = "chapters/exercises"},
                           fmt::format("the twin of {} is {}, which {} does not have", of, id,
                                       source_of(mechanism)));
    }
    bool needed = false;
    for (const Assignment& table : choice_.own) {
      if (!needs(table.chapter, mechanism)) continue;
      choice_.shared[table.chapter].push_back(shared_step(id, of));
      needed = true;
    }
    if (needed) ask(id);
  }

  /// As another table has it; or, if it is no exercise of its own, easy: it has been written
  /// before.
  Step shared_step(const std::string& id, const std::string& of) const {
    if (const Step* known = library_.find(id)) return *known;
    Step step;
    step.id = id;
    step.points = 0.5;
    step.minutes = 1.0;
    step.difficulty = "easy";
    step.hints = {
        fmt::format("It is written as {} is. What takes the place of each of its parts?", of),
        fmt::format("The same operation as in {}, of the tensors that stand here.",
                    of.substr(0, of.find('.')) + ".cpp")};
    return step;
  }

  const Library& library_;
  Choice choice_;
  std::set<std::string> asked_;
  std::vector<std::string> open_;
};

bool is_backward(const Step& step) { return step.field().starts_with("d_"); }

}  // namespace

Choice choose(const Library& library, const std::vector<std::string>& chapters) {
  return Chooser(library, chapters).choose();
}

bool comes_to(const trace::Trace& replay, const std::string& step) {
  const std::vector<trace::Tensor>& events = events_of(replay);
  return std::any_of(events.begin(), events.end(),
                     [&](const trace::Tensor& event) { return step_of(event.name) == step; });
}

std::vector<Assignment> asked(const Choice& choice, const Reached& reached) {
  std::vector<Assignment> all = choice.own;
  std::set<std::string> taken;
  for (Assignment& assignment : all) {
    const auto shared = choice.shared.find(assignment.chapter);
    if (shared == choice.shared.end()) continue;
    // Forwards before the chapter's own steps, backwards after them, as they are computed.
    std::vector<Step> before;
    for (const Step& step : shared->second) {
      if (!reached(assignment.chapter, step.id) || !taken.insert(step.id).second) continue;
      (is_backward(step) ? assignment.steps : before).push_back(step);
    }
    assignment.steps.insert(assignment.steps.begin(), before.begin(), before.end());
  }
  return all;
}

}  // namespace attn::grading
