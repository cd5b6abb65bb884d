/// Some chapters that are handed out, or graded, together: what is asked, and what is blank.
///
/// The mechanisms of different chapters have steps that are written alike: whoever may read
/// pooling's weights knows those of scaled_dot. So in what the chosen chapters need, a step that is
/// written as an asked one of another chapter is, whatever its result is called, is blank too: it
/// is shared. Where cases come to it, it is asked, once, in the first chapter whose cases do.
/// Within a chapter only what its table names is shared.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "attn/grading/library.hpp"
#include "attn/grading/replay.hpp"

namespace attn::grading {

struct Choice {
  std::vector<Assignment> own;  ///< the tables of the chosen chapters, in reading order
  std::map<std::string, std::vector<Step>> shared;  ///< by chapter those that it may need
  std::map<std::string, StepIds> blank;             ///< by mechanism
  std::map<std::string, std::string> hollow;  ///< mechanisms without code, and for which chapter
};

/// \throws io::InputError if a chapter has no exercises, if a table names a step that its source
/// does not have, or if a chapter needs a mechanism that another leaves without code.
Choice choose(const Library& library, const std::vector<std::string>& chapters);

/// Does any case of the chapter come to the step?
using Reached = std::function<bool(const std::string& chapter, const std::string& step)>;

/// Does the replay of a case come to the step?
bool comes_to(const trace::Trace& replay, const std::string& step);

/// What is asked of students, each step once: the own steps of each chapter, and of the shared ones
/// those that its cases come to and no chapter before it has.
std::vector<Assignment> asked(const Choice& choice, const Reached& reached);

}  // namespace attn::grading
