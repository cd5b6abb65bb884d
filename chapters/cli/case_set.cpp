#include "chapters/cli/case_set.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "attn/grading/parallel.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/reach.hpp"
#include "attn/io/output.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

/// An example with more numbers than this, in its config or in its trace, would cost too much time
/// for what it tells.
constexpr std::size_t most_text = 16384;
constexpr std::size_t most_numbers = 12000;

/// How many cases are drawn at most for what the others do not reach.
constexpr std::size_t most_more = 24;

std::size_t numbers_in(const trace::Trace& trace) {
  std::size_t numbers = 0;
  for (const trace::Step& step : trace.steps) {
    for (const trace::Tensor& tensor : step.tensors) numbers += tensor.values.size();
  }
  return numbers;
}

/// The configs of a chapter in configs/examples, by name.
std::vector<grading::CaseConfig> examples_of(const chapters::Chapter& chapter,
                                             const grading::Assignment& assignment) {
  std::vector<std::string> paths;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(checkout().source + "/configs/examples", error)) {
    if (entry.path().extension() == ".yaml") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  const std::vector<std::string>& left_out = assignment.cases.not_examples;
  for (const std::string& name : left_out) {
    if (std::filesystem::exists(checkout().source + "/configs/examples/" + name + ".yaml", error)) {
      continue;
    }
    throw io::InputError(io::Place{.source = "the cases of " + assignment.chapter},
                         "no example is called " + name + ", expected one of configs/examples");
  }
  std::vector<grading::CaseConfig> examples;
  for (const std::string& path : paths) {
    const std::string stem = std::filesystem::path(path).stem().string();
    if (std::find(left_out.begin(), left_out.end(), stem) != left_out.end()) continue;
    const io::Source source = io::read_source(path);
    if (io::chapter_of(source).name != chapter.name) continue;
    grading::CaseConfig example = grading::case_from_config(source, chapter.schema());
    if (example.yaml.size() <= most_text) examples.push_back(std::move(example));
  }
  return examples;
}

/// Runs cases with the answer key.
class Runner {
 public:
  explicit Runner(std::string key) : key_(std::move(key)) {}

  std::vector<grading::Case> run(const std::vector<grading::CaseConfig>& configs) {
    std::vector<grading::Case> cases(configs.size());
    const std::size_t first = files_;
    files_ += configs.size();
    grading::in_parallel(2, configs.size(), [&](std::size_t n) {
      const std::string file = fmt::format("{}/{}.yaml", folder_.path(), first + n);
      io::write_file(file, configs[n].yaml);
      try {
        cases[n] = grading::case_from_key(key_, configs[n].name, file);
      } catch (const std::runtime_error& error) {
        throw std::runtime_error("the case \"" + configs[n].name + "\": " + error.what());
      }
    });
    return cases;
  }

 private:
  std::string key_;
  grading::OwnFolder folder_{"attn"};
  std::size_t files_ = 0;
};

/// The titles are known by what they are: "the default".
grading::CaseConfig default_of(const chapters::Chapter& chapter) {
  const io::Source source{"the default", std::string(chapters::default_config(chapter))};
  return grading::case_from_config(source, chapter.schema());
}

std::string names_of_mistakes(const grading::Assignment& assignment, const std::string& id) {
  const std::size_t slash = id.find('/');
  const grading::Step* step = assignment.find(id.substr(0, slash));
  const std::size_t n = std::stoul(id.substr(slash + 1)) - 1;
  return fmt::format("{} (\"{}\")", step->id, step->mistakes.at(n).name);
}

/// What is still to be reached: steps, and known mistakes.
std::vector<std::string> open_in(const grading::Assignment& assignment,
                                 const grading::Reach& reach) {
  std::vector<std::string> open = reach.steps();
  for (const std::string& id : reach.mistakes()) {
    const std::string step = id.substr(0, id.find('/'));
    if (std::find(open.begin(), open.end(), step) == open.end()) {
      open.push_back(names_of_mistakes(assignment, id));
    }
  }
  return open;
}

}  // namespace

CaseSet case_set(const chapters::Chapter& chapter, const grading::Assignment& assignment,
                 const grading::Harness& harness, std::uint64_t seed, std::size_t count) {
  CaseSet set;
  Runner runner(harness.answer_key());
  const grading::AnswerKey key(harness.answer_key());
  grading::Reach reach(key, assignment);

  const std::vector<grading::CaseConfig> drawn =
      grading::draw_cases(assignment, chapter.schema(), seed, count + most_more);
  const std::vector<grading::CaseConfig> boundaries =
      grading::boundary_cases(assignment, chapter.schema(), seed);
  // Drawn ones first: they tell most, and tell known mistakes from each other.
  std::vector<grading::CaseConfig> configs(drawn.begin(),
                                           drawn.begin() + static_cast<std::ptrdiff_t>(count));
  std::vector<grading::CaseConfig> others = boundaries;
  others.push_back(default_of(chapter));
  set.boundaries = boundaries.size();
  set.drawn = count;
  std::vector<grading::Case> cases = runner.run(configs);
  for (grading::Case& of : runner.run(others)) cases.push_back(std::move(of));
  const std::vector<grading::CaseConfig> examples = examples_of(chapter, assignment);
  std::vector<grading::Case> shown = runner.run(examples);
  for (std::size_t n = 0; n < examples.size(); ++n) {
    if (numbers_in(shown[n].key) > most_numbers) continue;
    others.push_back(examples[n]);
    cases.push_back(std::move(shown[n]));
    ++set.examples;
  }
  reach.add(cases);
  for (std::size_t n = count; n < drawn.size(); ++n) {
    const std::vector<std::string> open = open_in(assignment, reach);
    if (open.empty()) break;
    if (!reach.add(runner.run({drawn[n]}))) continue;
    configs.push_back(drawn[n]);
    ++set.drawn;
    const std::vector<std::string> still = open_in(assignment, reach);
    for (const std::string& what : open) {
      if (std::find(still.begin(), still.end(), what) == still.end()) set.more_for.push_back(what);
    }
  }
  configs.insert(configs.end(), others.begin(), others.end());
  set.unreached = reach.steps();
  set.untold = open_in(assignment, reach);
  set.untold.erase(set.untold.begin(),
                   set.untold.begin() + static_cast<std::ptrdiff_t>(set.unreached.size()));
  for (std::size_t n = 0; n < configs.size(); ++n) {
    set.cases.push_back(grading::renamed(configs[n], fmt::format("{:02}", n + 1)));
  }
  return set;
}

std::string described(const chapters::Chapter& chapter, const CaseSet& set) {
  const auto counted = [](std::size_t n, const std::string& one, const std::string& many) {
    return fmt::format("{} {}", n, n == 1 ? one : many);
  };
  std::string text = fmt::format("{} of {}: {} drawn", counted(set.cases.size(), "case", "cases"),
                                 chapter.name, set.drawn);
  if (!set.more_for.empty()) {
    text += " (fewer did not reach " + set.more_for.front() +
            (set.more_for.size() > 1 ? fmt::format(" and {} more", set.more_for.size() - 1) : "") +
            ")";
  }
  if (set.boundaries > 0) text += ", " + counted(set.boundaries, "boundary", "boundaries");
  text += ", its default";
  if (set.examples > 0) text += ", " + counted(set.examples, "example", "examples");
  text += "\n";
  for (const std::string& step : set.unreached) text += "no case reaches " + step + "\n";
  for (const std::string& what : set.untold)
    text += "no case tells " + what + " from what is right\n";
  return text;
}

}  // namespace attn::cli
