/// Whether cases see what they are to see.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "attn/grading/evidence.hpp"

namespace attn::grading {

/// What the cases of an assignment reach.
class Reach {
 public:
  Reach(const AnswerKey& key, const Assignment& assignment);

  /// \return whether one of these cases reaches a step, or tells a known mistake from what is
  /// right, as none before did. Of the cases that do not, nothing changes.
  bool add(const std::vector<Case>& cases);

  /// The steps that no case reaches, in the order of the table.
  std::vector<std::string> steps() const;
  /// The known mistakes of the others that come out right in every case: "pooling.masked/1".
  const std::set<std::string>& mistakes() const { return mistakes_; }

 private:
  const AnswerKey& key_;
  const Assignment& assignment_;
  std::set<std::string> steps_, mistakes_;  ///< not reached
};

}  // namespace attn::grading
