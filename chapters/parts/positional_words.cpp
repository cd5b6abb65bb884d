#include "chapters/parts/positional_words.hpp"

#include <fmt/format.h>

#include <cmath>

#include "chapters/parts/seen.hpp"

namespace attn::chapters {
namespace {

/// The further pairs beside the first.
std::string further(double base, const Vec& frequencies) {
  const std::size_t pairs = frequencies.size();
  if (pairs == 1) return "; dm = 2 has no other.";
  if (base == 1.0) return "; with base 1 the others are as fast.";
  return fmt::format("; each further one is {}, {} to {:.3g}.", base > 1.0 ? "slower" : "faster",
                     base > 1.0 ? "down" : "up", frequencies(pairs - 1));
}

}  // namespace

std::vector<trace::Words> sinusoid_words(const positions::Sinusoid& how, const Vec& frequencies) {
  const bool slower = how.base > 1.0 && frequencies.size() > 1;
  return {
      {"frequencies", slower ? "Hands of a clock, from fast to slow" : "Hands of a clock",
       "One angular frequency for each pair of entries. The first is 1 radian a position, so its "
       "wave is 2 pi positions long" +
           further(how.base, frequencies)},
      {"angles", "How far each hand has turned",
       "Position p, counted from 0, times each frequency, in radians."},
      {"encoding", "A sine and a cosine of each angle",
       how.layout == positions::Layout::interleaved
           ? "Entries 2i and 2i+1 are a pair: sine and cosine of the same angle, a point on a "
             "circle. Together they tell the position, as the hands of a clock tell the time. "
             "Shaded from -1 to 1."
           : "Laid out in halves: all sines, then all cosines (PE(p, i) and PE(p, dm/2 + i)). The "
             "numbers are those of the paper, in other columns. Shaded from -1 to 1."},
  };
}

std::string map_words(const positions::Sinusoid& how, std::size_t positions, std::size_t width) {
  std::string text = fmt::format("{} and {} columns, each number a shade between -1 and 1.",
                                 counted(positions, "position", "positions"), width);
  const bool halves = how.layout == positions::Layout::halves;
  if (halves) text += " The left half are sines, the right half cosines.";
  if (how.base > 1.0 && width > 2) {
    text += fmt::format(
        " {} the fast pairs, which tell neighbours apart, and to the right of them "
        "ever slower ones, which tell far from near.",
        halves ? "In each, on the left are" : "On the left are");
  }
  const double slowest = std::pow(how.base, 2.0 / static_cast<double>(width) - 1.0);
  const double turned = slowest * static_cast<double>(positions - 1);
  if (turned < 0.5) {
    text += fmt::format(
        " The slowest pair turns by {:.2g} over all of them: its cosine has hardly "
        "left 1.",
        turned);
  }
  return text;
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

std::string by_distance_words(bool learned, const position_similarity::ByDistance& by) {
  const std::string over = "Over all pairs of positions that are r apart.";
  if (learned) {
    std::size_t most = 0;
    for (std::size_t r = 0; r < by.mean.size(); ++r) {
      if (by.largest(r) - by.smallest(r) > by.largest(most) - by.smallest(most)) most = r;
    }
    const double spread = by.largest(most) - by.smallest(most);
    if (!(spread > 0.0)) return over + " No two pairs that are equally far apart differ here.";
    return over + fmt::format(
                      " For r = {} the smallest and the largest are {:.2g} apart: nothing "
                      "makes a learned table treat equal distances alike.",
                      most, spread);
  }
  std::string text = over +
                     " The smallest and the largest are the same but for rounding, so only the "
                     "distance counts, not the place.";
  for (std::size_t r = 1; r < by.mean.size(); ++r) {
    if (by.mean(r) - by.mean(r - 1) <= 1e-9 * by.mean(0)) continue;
    return text + fmt::format(
                      " It does not always fall as r grows, since each cosine comes round "
                      "again: from r = {} to {} it rises.",
                      r - 1, r);
  }
  if (by.mean.size() > 1) text += " As far as this table goes it never rises with r.";
  return text;
}

const std::vector<trace::Words>& learned_backward_words() {
  static const std::vector<trace::Words> words{
      {"d_P", "Back to the table",
       "Each row gets what its position got; those beyond the sentence get 0, and learn nothing."},
  };
  return words;
}

}  // namespace attn::chapters
