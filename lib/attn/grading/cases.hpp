/// Test cases: configs with random shapes and numbers, drawn as an assignment says, and those that
/// are there already, with everything written out.
///
/// No case has an `expect:`, or takes numbers from a file, so that a program in any language can
/// read it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/io/schema.hpp"
#include "attn/io/source.hpp"

namespace attn::grading {

struct CaseConfig {
  std::string name;  ///< "01"
  std::string yaml;
};

/// With another name, by which it is also titled: "Case 01", or "Case 01: REASON".
CaseConfig renamed(const CaseConfig& of, const std::string& name);

/// The same seed gives the same cases on every machine. Axes have different extents, so that no
/// matrix can be transposed unnoticed; numbers have two decimals, and are written out, so that a
/// program in any language can read them. More cases of the same seed begin with the same ones.
/// \throws io::InputError if the rules name a field or an axis that the chapter does not have.
std::vector<CaseConfig> draw_cases(const Assignment& assignment, const io::Schema& schema,
                                   std::uint64_t seed, std::size_t count);

/// One case for each boundary of the assignment, in their order, titled by the reason.
/// \throws io::InputError for a boundary that the chapter's schema does not allow.
std::vector<CaseConfig> boundary_cases(const Assignment& assignment, const io::Schema& schema,
                                       std::uint64_t seed);

/// A config as a case: without `expect:`, and with the numbers of files and of random draws written
/// out to the last bit. Its title is its reason. \throws io::InputError if it is wrong.
CaseConfig case_from_config(const io::Source& source, const io::Schema& schema);

}  // namespace attn::grading
