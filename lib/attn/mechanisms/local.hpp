/// Local attention: a softmax inside a window about the position p_t, and a Gaussian that favours
/// what is near p_t. Luong, Pham, Manning, arXiv:1508.04025v5, section 3.2.
/// Axes: Tq queries, Tk positions of the sentence, dh width of the annotations, the source states.
///
/// Positions count from 0 to Tk - 1. local-m (monotonic) has p_t = t and no Gaussian; local-p
/// (predictive) has the p_t of predictive.hpp, and the Gaussian.
///
/// Where they differ, the authors' Matlab program (nmt.hybrid) does this: its window is centred at
/// floor(p_t), and so holds 2D + 1 positions before it is clipped to the sentence, where that about
/// p_t itself holds 2D or 2D + 1; a monotonic p_t beyond the sentence is the sentence's last
/// position; and like the paper it does not bring the weights back to a sum of 1.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::local {

/// What the window lies about.
enum class Centre {
  real,   ///< p_t itself, as the paper says
  floor,  ///< the largest whole number not above p_t, as the authors' program has it
};

struct Options {
  std::size_t D = 0;             ///< the window reaches D positions to either side
  bool gaussian = false;         ///< local-p: multiply by the Gaussian, whose sigma is D / 2
  Centre centre = Centre::real;  ///< of the window; the Gaussian always lies about p_t itself
  bool renormalise = false;      ///< divide by what the Gaussian left, so that rows sum to 1
};

/// Every intermediate, in the order of equations (7) and (10).
struct Forward {
  Mat window;    // (Tq, Tk), 1 inside the window, 0 outside
  Mat masked;    // (Tq, Tk), -inf outside the window
  Mat align;     // (Tq, Tk), a row sums to 1, or is 0 if no position is in its window
  Mat gaussian;  // (Tq, Tk), in (0, 1]; 1 throughout without a Gaussian
  Mat damped;    // (Tq, Tk)
  Vec kept;      // (Tq), at most 1
  Mat weights;   // (Tq, Tk)
  Mat context;   // (Tq, dh)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"window", "Tq,Tk", "1 where |s - centre| <= D", "section 3.2", Kind::mask},
          self.window);
    visit(
        Field{"masked", "Tq,Tk", "scores inside the window, else -inf", "section 3.2", Kind::score},
        self.masked);
    visit(Field{"align", "Tq,Tk", "align(h_t, h_s) = softmax(masked)", "eq. (7)", Kind::weight},
          self.align);
    visit(Field{"gaussian", "Tq,Tk", "exp(-(s - p_t)^2 / (2 sigma^2)),  sigma = D/2", "eq. (10)",
                Kind::weight},
          self.gaussian);
    visit(Field{"damped", "Tq,Tk", "align * gaussian", "eq. (10)", Kind::weight}, self.damped);
    visit(Field{"kept", "Tq", "sum_s damped_s", ""}, self.kept);
    visit(Field{"weights", "Tq,Tk", "a_t = damped, or damped / kept", "eq. (10)", Kind::weight},
          self.weights);
    visit(Field{"context", "Tq,dh", "c_t = sum_s a_t(s) h_s", "section 3.2"}, self.context);
  }
};

/// d_x is dL/dx and has the shape of x. Which positions the window holds is not differentiated;
/// p_t inside the Gaussian is.
struct Backward {
  Mat d_annotations;  // (Tk, dh)
  Mat d_weights;      // (Tq, Tk)
  Mat d_damped;       // (Tq, Tk)
  Mat d_align;        // (Tq, Tk)
  Mat d_gaussian;     // (Tq, Tk)
  Mat d_scores;       // (Tq, Tk), 0 outside the window
  Vec d_p;            // (Tq), 0 without a Gaussian

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_annotations", "Tk,dh", "dH = A^T dC"}, self.d_annotations);
    visit(Field{"d_weights", "Tq,Tk", "dA = dC H^T"}, self.d_weights);
    visit(Field{"d_damped", "Tq,Tk", "dA, or (dA_ts - sum_k a_tk dA_tk) / kept_t"}, self.d_damped);
    visit(Field{"d_align", "Tq,Tk", "d_damped * gaussian"}, self.d_align);
    visit(Field{"d_gaussian", "Tq,Tk", "d_damped * align"}, self.d_gaussian);
    visit(Field{"d_scores", "Tq,Tk", "dS_ts = align_ts (d_align_ts - sum_k align_tk d_align_tk)"},
          self.d_scores);
    visit(Field{"d_p", "Tq", "dp_t = sum_s d_gaussian_ts gaussian_ts (s - p_t) / sigma^2"},
          self.d_p);
  }
};

/// p_t = t for the queries t = first, first + 1, …, counted from 0. Equation (7)'s local-m.
Vec monotonic(std::size_t first, std::size_t Tq);

/// As the authors' program has it: a p_t beyond the sentence is its last position. The paper says
/// nothing of that; with `monotonic` as it is, the window of a query beyond the sentence by more
/// than D is empty, its weights are exactly 0, and so is its context.
Vec monotonic_within(std::size_t first, std::size_t Tq, std::size_t Tk);

/// The scores (Tq, Tk) may be those of any scoring function; p (Tq) has a position for each query.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument if there is a Gaussian and D is 0.
Forward forward(const Mat& scores, const Vec& p, const Mat& annotations, const Options& options);

/// \throws ShapeError if d_context has not the shape of the context.
Backward backward(const Vec& p, const Mat& annotations, const Options& options,
                  const Forward& forward, const Mat& d_context);

}  // namespace attn::local
