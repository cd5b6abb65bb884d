/// Sentences about who looks where, for the ends of chapters whose decoder says words.
#pragma once

#include <string>
#include <vector>

#include "attn/core/tensor.hpp"

namespace attn::chapters {

/// "love" or, where the sentence has the word more than once, "love (word 2)".
std::string word_in(const std::vector<std::string>& sentence, std::size_t place);

/// "Each step's largest weight: 我 at I (0.97), 爱 at love (0.99)." A step whose largest weights
/// are equal to two decimals has no one place, and is said to look at several. At most eight steps.
/// \param said a name for each row of the weights
std::string largest_of_each_step(const std::vector<std::string>& said, const Mat& weights,
                                 const std::vector<std::string>& source);

}  // namespace attn::chapters
