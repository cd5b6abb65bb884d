/// Grading in a student's tree: `attn grade CHAPTER`, `attn hint STEP`, `attn watch CHAPTER`.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/grading/examine.hpp"
#include "attn/grading/judge.hpp"
#include "chapters/chapter.hpp"
#include "chapters/cli/terminal.hpp"

namespace attn::cli {

/// How far the exercises of a chapter have come.
struct Progress {
  grading::Assignment assignment;
  std::vector<grading::JudgedStep> steps;        ///< in the order of the assignment
  std::vector<std::string> formulas;             ///< of each step
  std::map<std::string, grading::Stop> stopped;  ///< by step, how the program stopped in it
  std::string problem;  ///< what stopped the program, in the first case where it did; or ""
  std::string printed;  ///< what it printed to its standard outputs, or ""
  bool silent = false;  ///< the program was ended before it could tell of any step

  double points() const;
};

/// Runs the public cases, each in processes of its own, and judges every step.
/// \throws io::InputError if there are none.
Progress grade_here(const chapters::Chapter& chapter);

/// The steps with their points; then, for the first that is not right, what was expected, what was
/// found, and a hint.
std::string render_progress(const chapters::Chapter& chapter, const Progress& progress,
                            std::size_t width, bool color);

/// A line with a bar for each chapter of the assignment, and one for all of it.
std::string render_course(const std::vector<std::pair<std::string, Progress>>& chapters,
                          std::size_t width, bool color);

/// `attn grade CHAPTER`.
/// \param github a file for GitHub Classroom's reporter, or ""
/// \param course with the bars of the whole assignment
/// \return 0 if every step is done, else 3
int grade(const chapters::Chapter& chapter, const std::string& github, bool course, Color color);

/// `attn grade`: the bars alone.
int grade_course(Color color);

/// `attn hint STEP`: the first hint; when asked again, the second.
int hint(const std::string& step);

/// `attn watch CHAPTER`: builds and grades whenever a source is saved, until it is interrupted.
/// \param rounds how often to grade before it ends; 0: without end
int watch(const chapters::Chapter& chapter, std::size_t rounds, Color color);

}  // namespace attn::cli
