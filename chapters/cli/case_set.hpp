/// The cases of a chapter: what it shows by itself, the boundaries at which its code decides, and
/// drawn ones.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attn/grading/cases.hpp"
#include "attn/grading/harness.hpp"
#include "chapters/chapter.hpp"

namespace attn::cli {

struct CaseSet {
  std::vector<grading::CaseConfig> cases;  ///< "01", "02", …
  std::size_t examples = 0, boundaries = 0, drawn = 0;
  std::vector<std::string> more_for;   ///< what those drawn beyond what was asked for reach
  std::vector<std::string> unreached;  ///< steps that no case reaches
  std::vector<std::string> untold;     ///< known mistakes that come out right in every case
};

/// The seed of the public cases of a handout: none that a teacher would take for hidden ones.
inline constexpr std::uint64_t public_seed = 0xa77e27105eed0001;

/// How many cases are drawn if nobody says.
inline constexpr std::size_t drawn_cases = 4;

/// `count` drawn cases, or as many more as are needed for all to reach each step and to show each
/// known mistake; then the boundaries, the chapter's default and its examples.
/// \throws io::InputError if the rules of the assignment are wrong
CaseSet case_set(const chapters::Chapter& chapter, const grading::Assignment& assignment,
                 const grading::Harness& harness, std::uint64_t seed, std::size_t count);

/// "14 cases of scoring: 6 drawn (fewer did not reach …), 5 boundaries, its default, 2 examples"
std::string described(const chapters::Chapter& chapter, const CaseSet& set);

}  // namespace attn::cli
