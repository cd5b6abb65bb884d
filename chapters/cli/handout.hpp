/// The teacher's side of an assignment: `attn handout`, `attn cases`, `attn course check`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "chapters/chapter.hpp"

namespace attn::cli {

/// `attn handout CHAPTER… --out DIR`
struct Handout {
  std::vector<std::string> chapters;
  std::string out;
  bool github = false;      ///< with a workflow that grades every push
  bool gradescope = false;  ///< an autograder's contents instead of a student's tree
  std::uint64_t seed = 0;   ///< of the autograder's hidden cases
};
int handout(const Handout& handout);

/// `attn cases CHAPTER --seed S --out DIR`: configs to grade with.
int cases(const chapters::Chapter& chapter, std::uint64_t seed, std::size_t count,
          const std::string& out);

/// `attn course check [CHAPTER…]`: that every exercise can be handed out and graded. Blank sources
/// build and score nothing, the reference scores everything, and each known mistake loses the
/// points of its step, and of no other, and is called by its name. \return 0, or 3 if something
/// does not hold
int course_check(const std::vector<std::string>& chapters);

/// ASSIGNMENT.md and README.md of a student's tree.
/// \param asked of each chapter what is asked
std::string assignment_page(const std::vector<const chapters::Chapter*>& chapters,
                            const std::vector<grading::Assignment>& asked);
std::string student_readme(const std::vector<const chapters::Chapter*>& chapters);

/// .github/workflows/attn.yml
std::string github_workflow(const std::vector<const chapters::Chapter*>& chapters,
                            const std::vector<grading::Assignment>& asked);

/// setup.sh and run_autograder of Gradescope's autograder.
std::string gradescope_setup();
std::string gradescope_run();

}  // namespace attn::cli
