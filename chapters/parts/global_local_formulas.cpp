#include "chapters/parts/global_local_formulas.hpp"

#include <map>
#include <utility>

namespace attn::chapters::luong_walk {

std::string_view backward_formula(std::string_view part, std::string_view field) {
  static const std::map<std::pair<std::string_view, std::string_view>, std::string_view> formulas{
      {{"dot", "d_queries"}, "to h_t: sum_s d_score_ts h_s"},
      {{"dot", "d_keys"}, "to h_s: sum_t d_score_ts h_t"},
      {{"general", "d_projected"}, "d(h_t^T W_a) = sum_s d_score_ts h_s^T"},
      {{"general", "d_keys"}, "to h_s: sum_t d_score_ts W_a^T h_t"},
      {{"general", "d_W_a"}, "dW_a = sum_ts d_score_ts h_t h_s^T"},
      {{"general", "d_queries"}, "to h_t: sum_s d_score_ts W_a h_s"},
      {{"concat", "d_v_a"}, "dv_a = sum_ts d_score_ts hidden_ts"},
      {{"concat", "d_hidden"}, "d_hidden_ts = d_score_ts v_a"},
      {{"concat", "d_W_a"}, "dW_a = sum_ts d_sum_ts [h_t; h_s]^T"},
      {{"concat", "d_concatenated"}, "W_a^T d_sum_ts"},
      {{"concat", "d_queries"}, "to h_t: the first ds entries, summed over s"},
      {{"concat", "d_keys"}, "to h_s: the last dh entries, summed over t"},
      {{"location", "d_W_a"}, "row s: sum_t d_score_ts h_t^T"},
      {{"location", "d_queries"}, "to h_t: sum_s d_score_ts (row s of W_a)"},
      {{"pooling", "d_values"}, "to h_s: sum_t a_t(s) d_c_t"},
      {{"pooling", "d_weights"}, "d_a_t(s) = d_c_t . h_s"},
      {{"pooling", "d_scores"}, "d_score_ts = a_t(s) (d_a_t(s) - sum_s' a_t(s') d_a_t(s'))"},
      {{"local", "d_annotations"}, "to h_s: sum_t a_t(s) d_c_t"},
      {{"local", "d_weights"}, "d_a_t(s) = d_c_t . h_s"},
      {{"local", "d_damped"}, "d_a_t(s), or (d_a_t(s) - sum_s' a_t(s') d_a_t(s')) / kept_t"},
      {{"local", "d_scores"}, "d_score_ts = align_ts (d_align_ts - sum_s' align_ts' d_align_ts')"},
      {{"predicted", "d_share"}, "d_share_t = S d_p_t"},
      {{"predicted", "d_W_p"}, "dW_p = sum_t d_sum_t h_t^T"},
      {{"predicted", "d_queries"}, "to h_t: W_p^T d_sum_t"},
  };
  const auto found = formulas.find({part, field});
  return found == formulas.end() ? std::string_view{} : found->second;
}

}  // namespace attn::chapters::luong_walk
