#include "chapters/parts/global_local_words.hpp"

#include <fmt/format.h>

#include "chapters/parts/seen.hpp"

namespace attn::chapters::luong_walk {

std::string about_window(const local::Options& window, std::size_t Tx) {
  const std::string width = fmt::format(
      "The window reaches D = {} to either side of p_t and is cut off at the ends of "
      "the sentence. ",
      window.D);
  if (window.D + 1 < Tx) return width;
  return width + fmt::format("The sentence has {}: with p_t from 0 to {} it hides none. ",
                             counted(Tx, "word", "words"), Tx - 1);
}

std::string about_rest(const luong_attention::Params& params) {
  if (params.reach == luong_attention::Reach::local_m)
    return "Inside it a softmax as in global attention, over these words alone.";
  return fmt::format(
      "Inside it the softmax, the exponential of each score over the sum of all; then the Gaussian "
      "about p_t takes away from what is far. {}",
      params.window.renormalise
          ? "What it leaves, if anything, is divided by its sum, so that the weights sum to 1."
          : "What it takes is lost: the weights sum to 1 at most, as in the paper. "
            "options.renormalise would divide by their sum.");
}

}  // namespace attn::chapters::luong_walk
