/// The gradient of hard attention over several words: the looks of one word change the state, and
/// so the looks of the words after it. Every sequence of looks is tried, so that the expected loss,
/// its gradient and the variance of REINFORCE are exact; beside them estimates from looks drawn at
/// random. Xu et al., "Show, Attend and Tell", arXiv:1502.03044v3, section 4.1, equations (10) to
/// (12), with losses in place of log-likelihoods.
///
/// The gradient is that of the scores: by how much J would change if e_ti were larger, in whatever
/// state word t finds the decoder.
/// Axes: Ty words, Tk locations, S sequences of looks.
#pragma once

#include <cstdint>

#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/mechanisms/show_attend_tell.hpp"

namespace attn::caption_study {

struct Config {
  std::size_t samples = 1000;  ///< at least 2
  std::uint64_t seed = 1;
};

/// `plain` is without a baseline, `based` with the baseline J.
struct Result {
  double sequences = 0.0;         // how many there are, Tk^Ty
  double expected = not_written;  // J, of the whole caption
  Mat gradient;                   // (Ty, Tk), exact
  double length = 0.0;            // of the gradient
  Vec plain_variance;             // (Ty), of one estimate, all Tk entries together, exact
  Vec based_variance;             // (Ty)
  Mat plain_mean;                 // (Ty, Tk), of the samples
  Mat plain_error;                // (Ty, Tk), its standard error
  Mat based_mean;                 // (Ty, Tk)
  Mat based_error;                // (Ty, Tk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"sequences", "", "Tk^Ty"}, self.sequences);
    visit(Field{"expected", "", "J = sum_s p(s) l(s)", "eq. (10)"}, self.expected);
    visit(Field{"gradient", "Ty,Tk", "sum_s p(s) l(s) ([i = s_t] - a_ti(s))", "eq. (11)"},
          self.gradient);
    visit(Field{"length", "", "|dJ/de|"}, self.length);
    visit(Field{"plain_variance", "Ty", "E |g_t - dJ/de_t|^2, b = 0", "eq. (12)"},
          self.plain_variance);
    visit(Field{"based_variance", "Ty", "the same, b = J", "eq. (12)"}, self.based_variance);
    visit(Field{"plain_mean", "Ty,Tk", "mean of l(s) ([i = s_t] - a_ti(s))", "eq. (12)"},
          self.plain_mean);
    visit(Field{"plain_error", "Ty,Tk", "its standard error"}, self.plain_error);
    visit(Field{"based_mean", "Ty,Tk", "mean of (l(s) - J) ([i = s_t] - a_ti(s))", "eq. (12)"},
          self.based_mean);
    visit(Field{"based_error", "Ty,Tk", "its standard error"}, self.based_error);
  }
};

/// The loss of a word at each location, were the decoder to look there: -log p(target | a_i) (Tk).
/// \throws as `show_attend_tell::step` does; Unfinished if a step of it has not been written.
Vec location_losses(const show_attend_tell::Params& params, const Mat& features,
                    const show_attend_tell::State& before, std::size_t previous,
                    std::size_t target);

/// How many steps of the decoder `study` makes: Tk + Tk^2 + … + Tk^Ty; or `most` + 1 if there are
/// more than `most`.
std::size_t cost(std::size_t locations, std::size_t words, std::size_t most);

/// \param target the words of the caption, as many as are to be studied.
/// \throws ShapeError, std::invalid_argument as the decoder does, and if there are fewer than two
/// samples. \throws Unfinished if a step of the decoder has not been written.
Result study(const show_attend_tell::Params& params, const Mat& features, std::size_t start,
             const std::vector<std::size_t>& target, const Config& config);

}  // namespace attn::caption_study
