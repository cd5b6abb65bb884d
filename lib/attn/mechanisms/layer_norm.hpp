/// Layer normalisation: each row is shifted and scaled to mean 0 and variance 1, and then to what
/// gamma and beta say. Ba, Kiros and Hinton, "Layer Normalization", arXiv:1607.06450, section 3.
/// Their g is gamma, their b is beta. They divide by the deviation alone; here epsilon is added to
/// the variance under the root, as all libraries do, so that a constant row gives 0, not 0/0.
/// Axes: T positions, dm width.
#pragma once

#include "attn/core/field.hpp"
#include "attn/core/tensor.hpp"

namespace attn::layer_norm {

struct Params {
  Vec gamma;  // (dm)
  Vec beta;   // (dm)
  double epsilon = 1e-5;
};

/// gamma = 1, beta = 0: a norm before anything is learned.
Params untrained(std::size_t dm);

/// Every position by itself: no row sees another.
struct Forward {
  Vec mean;        // (T)
  Vec variance;    // (T), divided by dm, not by dm - 1
  Mat normalised;  // (T, dm)
  Mat y;           // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"mean", "T", "mu_i = 1/dm sum_j x_ij", "eq. (3)"}, self.mean);
    visit(Field{"variance", "T", "sigma_i^2 = 1/dm sum_j (x_ij - mu_i)^2", "eq. (3)"},
          self.variance);
    visit(
        Field{"normalised", "T,dm", "n_i = (x_i - mu_i) / sqrt(sigma_i^2 + epsilon)", "section 3"},
        self.normalised);
    visit(Field{"y", "T,dm", "y_i = gamma * n_i + beta,  entry by entry", "section 3"}, self.y);
  }
};

/// d_x is dL/dx and has the shape of x.
struct Backward {
  Vec d_gamma;       // (dm)
  Vec d_beta;        // (dm)
  Mat d_normalised;  // (T, dm)
  Mat d_x;           // (T, dm)

  template <class Self, class Visit>
  static void each(Self& self, Visit&& visit) {
    visit(Field{"d_gamma", "dm", "d_gamma = sum_i dy_i * n_i"}, self.d_gamma);
    visit(Field{"d_beta", "dm", "d_beta = sum_i dy_i"}, self.d_beta);
    visit(Field{"d_normalised", "T,dm", "dn_i = gamma * dy_i"}, self.d_normalised);
    visit(
        Field{"d_x", "T,dm",
              "dx_i = (dn_i - mean_j dn_ij - n_i mean_j(dn_ij n_ij)) / sqrt(sigma_i^2 + epsilon)"},
        self.d_x);
  }
};

/// \throws ShapeError naming the tensor, its shape and the shape expected; also for empty axes.
/// \throws std::invalid_argument unless epsilon is greater than 0 and finite.
Forward forward(const Params& params, const Mat& x);

/// \throws ShapeError if d_y has not the shape of y.
Backward backward(const Params& params, const Mat& x, const Forward& forward, const Mat& d_y);

}  // namespace attn::layer_norm
