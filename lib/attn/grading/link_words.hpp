/// What a linker says, in words for people.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace attn::grading {

/// Quoted names after "undefined reference to" and "multiple definition of" (also as other linkers
/// say it): "attn::pooling::forward(…)".
struct LinkFaults {
  std::vector<std::string> missing, doubled;
};
LinkFaults faults_in(const std::string& said);

/// The mechanism in whose namespace a name is: "pooling" of "attn::pooling::forward(…)"; or "".
std::string mechanism_named(const std::string& name);

/// Why a source cannot be part of the program, a sentence for each fault.
/// \param available does the program have that mechanism?
std::string link_words(const std::string& mechanism, const std::string& said,
                       const std::function<bool(const std::string& mechanism)>& available);

}  // namespace attn::grading
