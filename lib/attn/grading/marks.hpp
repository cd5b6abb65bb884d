/// The steps of an exercise in a mechanism's source, and the two sources that are made of it: the
/// student's, in which they are blank, and the answer key, which reports each one.
///
/// In `forward` and `backward` a statement `  f.scores = …;` is the step `scores`. Its lines: the
/// statement, and code that follows it directly, up to an empty line, a comment, a check
/// (`  expect_…`), the next step or `return`. A function that belongs to steps has a line
/// `// step: scores` above its doc comment, and is not in the student's source at all; where no
/// statement computes what the line names, the function itself is the step, and its body is blank.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace attn::grading {

/// What the field list of the header says of a step.
struct FieldText {
  std::string name, axes, formula, source;
};

struct MarkedStep {
  std::string id;                   ///< "scaled_dot.scores"
  std::string field;                ///< "scores"
  std::string object;               ///< "f" or "b"; empty for a function that is a step
  std::size_t first = 0, last = 0;  ///< its lines, counted from 0; of a function from its signature
  std::string signature;            ///< of a function: "double default_scale(std::size_t dk)"
  bool returns_nothing = false;     ///< of a statement: its function fills in what it was given
  std::string code;                 ///< the lines that compute it; of a function its body
};

/// A function that belongs to steps, from its mark to its closing brace.
struct Helper {
  std::vector<std::string> steps;  ///< ids
  std::size_t first = 0, last = 0;
};

/// A mechanism's source, taken apart.
struct Marked {
  std::string mechanism;  ///< "scaled_dot"
  std::vector<std::string> lines;
  std::vector<MarkedStep> steps;
  std::vector<Helper> helpers;

  const MarkedStep* find(std::string_view id) const;
};

/// \throws std::runtime_error if a mark names nothing, or has no function after it.
Marked take_apart(const std::string& mechanism, const std::string& source);

/// The fields that a header declares, by name.
std::map<std::string, FieldText> fields_of(const std::string& header);

/// Ids of steps.
using StepIds = std::set<std::string>;

/// Of these steps, those that the source has, and those that a helper binds to them: a helper is
/// there or not, so its steps are blank together.
StepIds bound_together(const Marked& marked, const StepIds& steps);

/// The student's source, with these steps blank and all others as they are. Helpers go with their
/// steps. \param notes by step what stands in its place, without `//`
std::string blanked(const Marked& marked, const StepIds& steps,
                    const std::map<std::string, std::string>& notes);

/// A source in which no function does anything: each returns what is not written.
std::string hollow(const Marked& marked, const std::string& note);

/// The answer key's source, in which these steps report. \param mistakes by step the code of each
/// known mistake, which runs in place of the step if `exercise::mistaken("ID/n")`, n from 1.
std::string answer_key(const Marked& marked, const StepIds& steps,
                       const std::map<std::string, std::vector<std::string>>& mistakes);

/// The code of a step without white space, comments, and the name of what it computes: so one is
/// known again where its result has another name.
std::string nameless(const MarkedStep& step);

/// Code without comments and white space.
std::string bare(const std::string& code);

/// The call that ends a step, as it stands in both.
std::string end_of_step(const MarkedStep& step);

}  // namespace attn::grading
