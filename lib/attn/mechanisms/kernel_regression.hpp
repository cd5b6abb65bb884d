/// Attention pooling by kernel regression: a prediction is the mean of the values, each weighted by
/// how near its key is to the query.
/// Nadaraya, "On Estimating Regression", Theory of Probability and its Applications 9(1), 1964;
/// Watson, "Smooth Regression Analysis", Sankhya A 26(4), 1964. Seen as attention in Zhang et al.,
/// "Dive into Deep Learning" (D2L) 1.0, section 11.2.
/// Axes: Tq queries, Tk keys and values, dk width of queries and keys, dv width of values.
#pragma once

#include "attn/core/complete.hpp"
#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::kernel_regression {

/// K(u) of the scaled distance u >= 0. A constant factor, like the 3/4 with which the Epanechnikov
/// kernel becomes a density, cancels in the weights and is left out.
enum class Kernel {
  gaussian,      ///< exp(-u^2 / 2)
  boxcar,        ///< 1 where u < 1, else 0
  epanechnikov,  ///< max(0, 1 - u^2)
  triangular,    ///< max(0, 1 - u). D2L's program calls this one "Epanechikov"
  constant,      ///< 1: average pooling, which looks at no distance
};

/// Every intermediate, in the order in which they are computed.
struct Forward {
  Mat distances;   // (Tq, Tk)
  Mat u;           // (Tq, Tk)
  Mat kernel;      // (Tq, Tk)
  Mat scores;      // (Tq, Tk), -inf where the kernel does not reach
  Mat masked;      // (Tq, Tk), -inf also where the mask says "do not attend"
  Mat weights;     // (Tq, Tk), each row sums to 1, or is 0 if no key is in reach
  Mat prediction;  // (Tq, dv), 0 if no key is in reach

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"distances", "Tq,Tk", "r_ij = ||q_i - k_j||"}, self.distances);
    visit(Field{"u", "Tq,Tk", "u_ij = r_ij / h"}, self.u);
    visit(Field{"kernel", "Tq,Tk", "K_ij = K(u_ij)", "D2L 1.0, section 11.2"}, self.kernel);
    visit(Field{"scores", "Tq,Tk", "S_ij = log K(u_ij)", "", Kind::score}, self.scores);
    visit(Field{"masked", "Tq,Tk", "S where the mask attends, else -inf", "", Kind::score},
          self.masked);
    visit(Field{"weights", "Tq,Tk", "A = softmax(masked), that is K_ij / sum_m K_im", "",
                Kind::weight},
          self.weights);
    visit(Field{"prediction", "Tq,dv", "f(q_i) = sum_j a_ij v_j", "Nadaraya 1964; Watson 1964"},
          self.prediction);
  }
};

/// d_x is dL/dx and has the shape of x; the result of the pass is d_queries, d_keys, d_values and
/// d_bandwidth. A masked key, and a key out of reach, get exactly 0.
///
/// Where the kernel has no derivative, it is taken as 0: for the triangular kernel at u = 0, and at
/// the rim u = 1 of the boxcar, Epanechnikov and triangular kernels. The other two are smooth, also
/// where a query lies on its key.
struct Backward {
  Mat d_values;   // (Tk, dv)
  Mat d_weights;  // (Tq, Tk)
  Mat d_scores;   // (Tq, Tk)
  Mat d_u;        // (Tq, Tk)
  double d_bandwidth = not_written;
  Mat d_distances;  // (Tq, Tk)
  Mat d_queries;    // (Tq, dk)
  Mat d_keys;       // (Tk, dk)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_values", "Tk,dv", "dV = A^T dF"}, self.d_values);
    visit(Field{"d_weights", "Tq,Tk", "dA = dF V^T"}, self.d_weights);
    visit(Field{"d_scores", "Tq,Tk", "dS_ij = a_ij (dA_ij - sum_m a_im dA_im)"}, self.d_scores);
    visit(Field{"d_u", "Tq,Tk", "dU_ij = dS_ij d(log K)/du (u_ij)"}, self.d_u);
    visit(Field{"d_bandwidth", "", "dh = -sum_ij dU_ij u_ij / h"}, self.d_bandwidth);
    visit(Field{"d_distances", "Tq,Tk", "dR = dU / h"}, self.d_distances);
    visit(Field{"d_queries", "Tq,dk", "dq_i = sum_j dR_ij (q_i - k_j) / r_ij"}, self.d_queries);
    visit(Field{"d_keys", "Tk,dk", "dk_j = -sum_i dR_ij (q_i - k_j) / r_ij"}, self.d_keys);
  }
};

/// The bandwidth h > 0 is the length that counts as 1. The parametric form of D2L's earlier
/// editions (section 10.2) multiplies the distance by a learned w instead: w = 1/h.
///
/// The scores of the Gaussian kernel are -u^2/2, never the logarithm of a kernel that has
/// underflowed to 0: a query far from every key still attends to the nearest ones.
/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument if the bandwidth is not a positive number, or so small that the
/// square of a distance in bandwidths overflows.
Forward forward(const Mat& queries, const Mat& keys, const Mat& values, const Mask& mask,
                Kernel kernel, double bandwidth);

/// \throws ShapeError if d_prediction has not the shape of the prediction.
Backward backward(const Mat& queries, const Mat& keys, const Mat& values, Kernel kernel,
                  double bandwidth, const Forward& forward, const Mat& d_prediction);

}  // namespace attn::kernel_regression
