/// Test cases: configs with random shapes and numbers, drawn as an assignment says.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/io/schema.hpp"

namespace attn::grading {

struct CaseConfig {
  std::string name;  ///< "01"
  std::string yaml;
};

/// The same seed gives the same cases on every machine. Axes have different extents, so that no
/// matrix can be transposed unnoticed; numbers have two decimals, and are written out, so that a
/// program in any language can read them.
/// \throws io::InputError if the rules name a field or an axis that the chapter does not have.
std::vector<CaseConfig> draw_cases(const Assignment& assignment, const io::Schema& schema,
                                   std::uint64_t seed, std::size_t count);

}  // namespace attn::grading
