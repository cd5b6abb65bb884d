/// All scores and all reaches of global-local side by side on the same states.
#pragma once

#include <string>
#include <vector>

#include "attn/mechanisms/luong_attention.hpp"
#include "attn/trace/build.hpp"
#include "chapters/parts/global_local_inputs.hpp"

namespace attn::chapters::luong_walk {

/// The scores on the same states. \param states the decoder's (T, ds)
void compare_scores(const std::vector<NamedScore>& scores, const std::string& left_out,
                    const Mat& states, const Mat& annotations, trace::Builder& trace);

/// local-m and, if its parameters are there, local-p, next to global attention.
/// \return what was seen of the windows
std::string compare_reaches(const luong_attention::Params& params, bool with_position,
                            const Mat& states, const Mat& annotations, trace::Builder& trace);

}  // namespace attn::chapters::luong_walk
