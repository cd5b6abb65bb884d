#include "chapters/parts/positional_words.hpp"

#include <fmt/format.h>

namespace attn::chapters {

std::vector<trace::Words> sinusoid_words(positions::Layout layout) {
  return {
      {"frequencies", "Hands of a clock, from fast to slow",
       "One angular frequency for each pair of entries. The first is 1 radian a position, so its "
       "wave is 2 pi positions long; each further one is slower, down to almost 1/base."},
      {"angles", "How far each hand has turned",
       "Position p, counted from 0, times each frequency, in radians."},
      {"encoding", "A sine and a cosine of each angle",
       layout == positions::Layout::interleaved
           ? "Entries 2i and 2i+1 are a pair: sine and cosine of the same angle, a point on a "
             "circle. Together they tell the position, as the hands of a clock tell the time. "
             "Shaded from -1 to 1."
           : "Laid out in halves: all sines, then all cosines (PE(p, i) and PE(p, dm/2 + i)). The "
             "numbers are those of the paper, in other columns. Shaded from -1 to 1."},
  };
}

std::vector<trace::Words> shift_words(double k) {
  return {
      {"R", fmt::format("One matrix moves every position by k = {}", k),
       "A block [cos, sin; -sin, cos] of k w_i for each pair: it turns the hand by the angle that "
       "k positions make. Nothing in it depends on p. It stands on the left of PE(p) as a column; "
       "here positions are rows, so its transpose stands on the right."},
      {"moved", "Every row, moved by it", "Row p is R_k PE(p), all rows with the same R_k."},
  };
}

std::vector<trace::Words> similarity_words(bool learned) {
  return {
      {"similarity", "How alike positions are",
       learned
           ? "The dot product of each position with each."
           : "The dot product of each position with each. On the diagonal dm/2: every pair adds "
             "sin^2 + cos^2 = 1. The numbers are the same along each diagonal."},
  };
}

const std::vector<trace::Words>& learned_backward_words() {
  static const std::vector<trace::Words> words{
      {"d_P", "Back to the table",
       "Each row gets what its position got; those beyond the sentence get 0, and learn nothing."},
  };
  return words;
}

}  // namespace attn::chapters
