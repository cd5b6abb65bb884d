/// The rule by which points are given, against all that may be told in place of one step's result.
///
/// A submission is the reference, but that each step may tell something else. Whatever it tells for
/// one step must cost the points of this step, unless it is right in every case, and of no other.
#include <fmt/format.h>

#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "attn/grading/examine.hpp"
#include "attn/grading/harness.hpp"
#include "attn/grading/process/process.hpp"
#include "attn/grading/step_calls.hpp"
#include "tests/grading/rule/counterfeits.hpp"
#include "tests/grading/tables.hpp"
#include "tests/support/program.hpp"

using namespace attn::grading;
using namespace attn::grading::test;
using attn::test::Asked;
using attn::test::Counterfeit;
using attn::test::Folder;
using attn::test::run_attn;
using attn::trace::Tensor;

namespace {

namespace fs = std::filesystem;

/// What stands in front of each source: a step tells what the file in ATTN_COUNTERFEIT has for it.
const char* const teller = R"(
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include "attn/core/exercise.hpp"

namespace counterfeit {

/// Not told, but what the step has from now on.
inline bool silent = false;

inline const attn::exercise::Value* next(std::string_view step) {
  static const std::map<std::string, attn::exercise::Value> told = [] {
    std::map<std::string, attn::exercise::Value> told;
    const char* path = std::getenv("ATTN_COUNTERFEIT");
    std::ifstream file(path == nullptr ? "" : path);
    std::string name, word;
    for (std::size_t axes, cells; file >> name >> axes;) {
      attn::exercise::Value value;
      value.shape.resize(axes);
      for (auto& extent : value.shape) file >> extent;
      file >> cells;
      for (std::size_t c = 0; c < cells && file >> word; ++c)
        value.values.push_back(std::strtod(word.c_str(), nullptr));
      told[name] = value;
    }
    return told;
  }();
  static std::map<std::string, int> times;
  std::string name(step);
  name += "#" + std::to_string(times[name]++);
  auto found = told.find("!" + name);
  silent = found != told.end();
  if (!silent) found = told.find(name);
  return found == told.end() ? nullptr : &found->second;
}

template <std::size_t Axes>
bool done(std::string_view step, attn::TensorOf<Axes>& value) {
  if (const attn::exercise::Value* other = next(step)) {
    typename attn::TensorOf<Axes>::shape_type shape{};
    value = attn::TensorOf<Axes>(shape);
    if (!other->values.empty()) {
      std::copy(other->shape.begin(), other->shape.end(), shape.begin());
      value = attn::TensorOf<Axes>(shape);
      std::copy(other->values.begin(), other->values.end(), value.begin());
    }
  }
  return silent ? attn::is_written(value) : attn::exercise::done(step, value);
}

inline bool done(std::string_view step, double& value) {
  if (const attn::exercise::Value* other = next(step))
    value = other->values.empty() ? attn::not_written : other->values.front();
  return silent ? attn::is_written(value) : attn::exercise::done(step, value);
}

}  // namespace counterfeit
)";

const Harness& harness() {
  static const Harness harness({root, fs::path(ATTN_PROGRAM).parent_path().string()}, all_tables());
  return harness;
}

std::string teller_for(const std::string& mechanism) {
  std::string text = with_ends_of_steps(mechanism, harness().library().text(source_of(mechanism)));
  const std::string from = "exercise::done(", to = "counterfeit::done(";
  REQUIRE(text.find(from) != std::string::npos);
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return teller + text;
}

/// A chapter, its cases, and the program that can tell whatever it is told to.
class Chapter {
 public:
  /// \param drawn so many of the drawn cases, and the boundaries and examples if all are wanted
  Chapter(const std::string& name, std::size_t drawn, bool all)
      : table_(harness().library().table(name)) {
    Sources sources;
    for (const std::string& mechanism : table_.mechanisms()) {
      sources[mechanism] = teller_for(mechanism);
    }
    const Limits limits{.wall_seconds = 300, .cpu_seconds = 300};
    const Built built =
        harness().build(sources, {name}, (folder_.path() / "build").string(), best_guard(), limits);
    CAPTURE(built.all_said());
    REQUIRE(built.said.empty());
    program_ = built.program;
    const attn::test::Ran made =
        run_attn({"cases", name, "--seed", "7", "--count", std::to_string(drawn), "--out",
                  (folder_.path() / "cases").string()});
    CAPTURE(made.err);
    REQUIRE(made.status == 0);
    std::set<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder_.path() / "cases")) {
      files.insert(entry.path());
    }
    for (const fs::path& file : files) {
      const bool known = attn::test::read_file(file).find("\ntitle: \"Case") != std::string::npos;
      if (!all && known && cases_.size() >= drawn + 2) continue;
      cases_.push_back(case_from_key(harness().answer_key(), file.stem().string(), file.string()));
      if (known) known_.insert(cases_.back().name);
    }
    // What is wrong shows first where it takes least time.
    std::stable_sort(cases_.begin(), cases_.end(), [](const Case& a, const Case& b) {
      return events_of(a.key).size() < events_of(b.key).size();
    });
    const std::set<std::string> reached = steps_reached(table_, cases_);
    std::erase_if(table_.steps, [&](const Step& step) { return !reached.contains(step.id); });
  }

  const Assignment& table() const { return table_; }
  const std::vector<Case>& cases() const { return cases_; }

  /// What is told for a step, in all cases; empty if there is no such thing in one of them.
  std::vector<std::vector<Tensor>> told(const std::string& step, const Counterfeit& as) const {
    std::vector<std::vector<Tensor>> all(cases_.size());
    for (std::size_t n = 0; n < cases_.size(); ++n) {
      const std::vector<const Tensor*> events = events_in(n, step);
      for (const Tensor* right : events) {
        const std::optional<Tensor> tells =
            as.tell({cases_[n], *right, n, cases_.size(), known_.contains(cases_[n].name),
                     right == events.back() && events.size() > 1});
        if (!tells) return {};
        all[n].push_back(*tells);
        all[n].back().name = (as.silent && !agree(*tells, *right) ? "!" : "") + right->name;
      }
    }
    return all;
  }

  bool is_right(const std::string& step, const std::vector<std::vector<Tensor>>& told) const {
    for (std::size_t n = 0; n < cases_.size(); ++n) {
      const std::vector<const Tensor*> events = events_in(n, step);
      for (std::size_t e = 0; e < events.size(); ++e) {
        if (!agree(told[n][e], *events[e])) return false;
      }
    }
    return true;
  }

  /// The reference's own numbers, whatever they are called.
  bool is_same(const std::string& step, const std::vector<std::vector<Tensor>>& told) const {
    for (std::size_t n = 0; n < cases_.size(); ++n) {
      const std::vector<const Tensor*> events = events_in(n, step);
      for (std::size_t e = 0; e < events.size(); ++e) {
        if (told[n][e].values != events[e]->values) return false;
      }
    }
    return true;
  }

  /// The steps that have no points. One case is enough to lose them; so those that follow tell no
  /// more, unless `all` are wanted.
  std::set<std::string> lost(const std::string& step, const std::vector<std::vector<Tensor>>& told,
                             bool all) const {
    for (std::size_t n = 0; n < told.size(); ++n) write(n, told[n]);
    if (all) return lost_in(cases_);
    std::set<std::string> lost;
    for (const Case& of : cases_) {
      lost.merge(lost_in({of}));
      if (lost.contains(step)) break;
    }
    return lost;
  }

 private:
  std::set<std::string> lost_in(const std::vector<Case>& cases) const {
    Examinee examinee;
    examinee.program = {program_};
    examinee.asked = steps_of({table_});
    examinee.config = [](const Case& of) { return of.config; };
    examinee.start = [this](const Command& command, const Case& of, bool) {
      Command with = command;
      with.environment.emplace_back("ATTN_COUNTERFEIT", file(of.name));
      return run(with, {.wall_seconds = 60, .cpu_seconds = 60});
    };
    const MistakeNumbers none = [](auto&&...) { return std::nullopt; };
    const Examined examined = examine(examinee, table_, cases, none);
    const std::set<std::string> reached = steps_reached(table_, cases);
    std::set<std::string> lost;
    for (const Step& step : table_.steps) {
      const bool right = judge(step, examined.evidence).result.points == step.points;
      if (reached.contains(step.id) && !right) lost.insert(step.id);
    }
    return lost;
  }

  std::vector<const Tensor*> events_in(std::size_t n, const std::string& step) const {
    std::vector<const Tensor*> events;
    for (const Tensor& event : events_of(cases_[n].key)) {
      if (step_of(event.name) == step) events.push_back(&event);
    }
    return events;
  }

  std::string file(const std::string& name) const {
    return (folder_.path() / (name + ".told")).string();
  }

  void write(std::size_t n, const std::vector<Tensor>& told) const {
    std::string text;
    for (const Tensor& tensor : told) {
      text += fmt::format("{} {} {} {}", tensor.name, tensor.shape.size(),
                          fmt::join(tensor.shape, " "), tensor.values.size());
      for (const double value : tensor.values) text += fmt::format(" {:.17g}", value);
      text += "\n";
    }
    std::ofstream(file(cases_[n].name)) << text;
  }

  Folder folder_;
  Assignment table_;
  std::string program_;
  std::vector<Case> cases_;
  std::set<std::string> known_;
};

struct Searched {
  std::size_t told = 0;
  std::vector<std::string> right;  ///< counterfeits that are the right result in every case
  std::vector<std::string> holes;  ///< that have points, or cost those of other steps
};

/// Tells every counterfeit of every step.
Searched search(const Chapter& chapter) {
  Searched searched;
  for (const Step& step : chapter.table().steps) {
    std::set<std::string> tried;
    for (const Counterfeit& as : attn::test::counterfeits(chapter.cases().front(), step.id)) {
      const auto told = chapter.told(step.id, as);
      if (told.empty()) continue;
      std::string bytes;
      for (const auto& in_case : told) {
        for (const Tensor& tensor : in_case) {
          bytes += fmt::format("{} {} {} ", as.silent, fmt::join(tensor.shape, ","),
                               tensor.values.size());
          bytes.append(reinterpret_cast<const char*>(tensor.values.data()),
                       tensor.values.size() * sizeof(double));
        }
      }
      if (!tried.insert(bytes).second) continue;
      const bool right = chapter.is_right(step.id, told);
      if (right && !chapter.is_same(step.id, told)) {
        searched.right.push_back(step.id + ": " + as.name);
      }
      ++searched.told;
      std::set<std::string> lost = chapter.lost(step.id, told, as.everywhere || as.silent || right);
      if ((lost.erase(step.id) == 0) != right) {
        searched.holes.push_back(step.id + ": " + as.name + (right ? " has none" : " has points"));
      }
      if (as.silent) continue;  // the others have no right numbers to start from
      for (const std::string& other : lost) {
        searched.holes.push_back(step.id + ": " + as.name + " costs the points of " + other);
      }
    }
  }
  return searched;
}

std::string lines(const std::vector<std::string>& all) {
  return fmt::format("{}", fmt::join(all, "\n"));
}

}  // namespace

TEST_CASE("rule: what is told in place of a result costs its step, and no other",
          "[grading][rule]") {
  const Chapter chapter("scaled-dot-product", 2, false);
  const Searched searched = search(chapter);
  INFO(lines(searched.holes));
  CHECK(searched.holes.empty());
  CHECK(searched.told > 500);
}

// By hand: ATTN_CHAPTERS="scoring bahdanau" build/release/tests/attn_tests '[holes]'
TEST_CASE("rule: no chapter has a hole", "[.][holes]") {
  const char* names = std::getenv("ATTN_CHAPTERS");
  std::istringstream words(names == nullptr ? "scaled-dot-product" : names);
  for (std::string name; words >> name;) {
    const auto begin = std::chrono::steady_clock::now();
    const Chapter chapter(name, 4, true);
    const Searched searched = search(chapter);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    std::cout << fmt::format("| {} | {} | {} | {} | {} | {} |  {:.0f} s\n", name,
                             chapter.cases().size(), chapter.table().steps.size(), searched.told,
                             searched.right.size(), searched.holes.size(), took.count());
    for (const std::string& right : searched.right) std::cout << "  right  " << right << "\n";
    for (const std::string& hole : searched.holes) std::cout << "  HOLE   " << hole << "\n";
    std::cout << std::flush;
    CHECK(searched.holes.empty());
  }
}
