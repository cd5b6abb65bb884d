/// The solutions of steps, and whether a text has one of them in it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "attn/grading/choice.hpp"

namespace attn::grading {

class Solutions {
 public:
  /// Of what is blank in a choice.
  Solutions(const Library& library, const Choice& choice);

  /// Ids of steps whose code, or a helper of whose code, stands in the text, however it is spaced
  /// and whatever its comments say.
  std::vector<std::string> in(const std::string& text) const;

 private:
  std::vector<std::pair<std::string, std::vector<std::string>>> code_;  ///< bare, and whose it is
};

}  // namespace attn::grading
