#include "chapters/parts/norm_order_words.hpp"

#include <fmt/format.h>

#include <cmath>

namespace attn::chapters {
namespace {

double last(const Vec& v) { return v(v.size() - 1); }

/// a / b, and NaN where that is no ordinary number.
double quotient(double a, double b) {
  const double ratio = a / b;
  return std::isfinite(ratio) && ratio > 0.0 ? ratio : std::nan("");
}

std::string at_last_layer(const norm_order_study::Gradients& g) {
  const double post = last(g.post), pre = last(g.pre), ratio = quotient(post, pre);
  std::string text = fmt::format(
      "At the last layer, next to the output, it is {:.3g} with "
      "post-norm and {:.3g} with pre-norm",
      post, pre);
  if (!std::isnan(ratio)) text += fmt::format(", a factor of {:.3g}", ratio);
  return text + ".";
}

/// Where a comparison is missing, one of the sizes is 0.
std::string from_to(const std::string& what, const Vec& post, const Vec& pre) {
  const double with_post = quotient(last(post), post(0)), with_pre = quotient(last(pre), pre(0));
  if (std::isnan(with_post) || std::isnan(with_pre)) return "";
  return fmt::format(" {} changes by a factor of {:.3g} with post-norm and of {:.3g} with pre-norm",
                     what, with_post, with_pre);
}

}  // namespace

std::string norm_order_words(const norm_order_study::Gradients& g) {
  const std::size_t layers = g.post.size();
  std::string text = at_last_layer(g);
  if (layers == 1) return text;
  const std::string along = from_to("From the first layer to the last it", g.post, g.pre);
  if (!along.empty()) text += along + ".";
  const std::string deeper = from_to(
      fmt::format("From a stack of 1 layer to one of {} the size at its last layer", layers),
      g.post_last, g.pre_last);
  if (!deeper.empty()) {
    text += deeper + fmt::format("; 1/sqrt({}) is {:.3g}.", layers,
                                 1.0 / std::sqrt(static_cast<double>(layers)));
  }
  return text;
}

}  // namespace attn::chapters
