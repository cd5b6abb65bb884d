/// Results of submissions that are no longer there.
#pragma once

#include <string>
#include <vector>

namespace attn::grading {

/// Moves results/records/NAME.json, and those in gradescope and github, to results/withdrawn/… for
/// every NAME that is not among `files`. Nothing is deleted: what lies there already keeps its
/// name, and the new one gets a number. \return the names, sorted \throws io::InputError if a file
/// cannot be moved
std::vector<std::string> move_withdrawn(const std::string& results,
                                        const std::vector<std::string>& files);

}  // namespace attn::grading
