/// Grading for teachers: `attn grade --submissions DIR --cases CASES --out RESULTS`.
#pragma once

#include <string>

#include "chapters/cli/terminal.hpp"

namespace attn::cli {

struct Batch {
  std::string submissions;  ///< a folder with a folder or an archive for each submission
  std::string submission;   ///< or a single one
  std::string cases;        ///< a folder of configs
  std::string out;          ///< a folder for results
  std::string gradescope;   ///< of a single one: a file for Gradescope
  std::string github;       ///< of a single one: a file for GitHub Classroom's reporter
  std::string command;      ///< for submissions in another language
  std::string sandbox = "auto";
  std::size_t jobs = 0;       ///< how many at a time; 0: one for each processor
  std::size_t memory = 2048;  ///< MiB that a program may use
  double seconds = 10.0;      ///< that it may take for a case
  Color color = Color::automatic;
};

/// \return 0 when every submission has a result, whatever it is
int grade_batch(const Batch& batch);

}  // namespace attn::cli
