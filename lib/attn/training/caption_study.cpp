#include "attn/training/caption_study.hpp"

#include <cmath>
#include <stdexcept>

#include "attn/core/categorical.hpp"
#include "attn/core/random.hpp"
#include "attn/core/softmax.hpp"
#include "attn/core/vectors.hpp"
#include "attn/training/cross_entropy.hpp"

namespace attn::caption_study {
namespace {

namespace sat = show_attend_tell;
using sat::Look;
using sat::State;

/// What follows a sequence of looks: the weights of the next word, and for each location the loss
/// of that word and what follows it.
struct Node {
  Vec weights;      // (Tk)
  Vec complements;  // (Tk), 1 - weights
  Mat sums;         // (1, Tk), cumulative
  Vec losses;       // (Tk)
  std::vector<Node> next;
};

Node grow(const sat::Params& params, const Mat& features, const State& before, std::size_t previous,
          const std::vector<std::size_t>& target, std::size_t t) {
  Node node;
  node.losses = zeros(rows(features));
  for (std::size_t i = 0; i < rows(features); ++i) {
    const Look look{Look::How::given, {}, {i}};
    const sat::Step step = sat::step(params, features, before, previous, look, 0);
    if (!step.complete) throw Unfinished();
    node.losses(i) = cross_entropy::loss(step.output.logits, target[t]);
    if (i == 0) {
      node.weights = row(step.soft.weights, 0);
      node.complements = complements(node.weights);
      node.sums = cumulative_sums(step.soft.weights);
    }
    if (t + 1 < target.size()) {
      node.next.push_back(grow(params, features, step.cell.state(), target[t], target, t + 1));
    }
  }
  return node;
}

/// One sequence: its looks, the nodes that they were taken at, and the loss of all words together.
struct Path {
  std::vector<const Node*> nodes;
  std::vector<std::size_t> looks;
  double loss = 0.0;
};

/// Calls visit(path, p) for each sequence, with its probability.
template <class Visit>
void each_path(const Node& node, Path& path, double p, const Visit& visit) {
  path.nodes.push_back(&node);
  for (std::size_t i = 0; i < node.losses.size(); ++i) {
    path.looks.push_back(i);
    path.loss += node.losses(i);
    const double with = p * node.weights(i);
    if (node.next.empty()) {
      visit(path, with);
    } else {
      each_path(node.next[i], path, with, visit);
    }
    path.loss -= node.losses(i);
    path.looks.pop_back();
  }
  path.nodes.pop_back();
}

template <class Visit>
void each_path(const Node& root, const Visit& visit) {
  Path path;
  each_path(root, path, 1.0, visit);
}

Path drawn(const Node& root, Random& random) {
  Path path;
  for (const Node* node = &root; node != nullptr;) {
    const std::size_t i = pick({node->sums.data(), node->sums.size()}, random.uniform());
    path.nodes.push_back(node);
    path.looks.push_back(i);
    path.loss += node->losses(i);
    node = node->next.empty() ? nullptr : &node->next[i];
  }
  return path;
}

/// d log p(s) / de_ti = [i = s_t] - a_ti(s), in eq. (11).
double d_log_p(const Path& path, std::size_t t, std::size_t i) {
  return path.looks[t] == i ? path.nodes[t]->complements(i) : -path.nodes[t]->weights(i);
}

/// Adds weight * (loss - b) * d log p to the sums.
void add(Mat& sums, const Path& path, double weight, double baseline) {
  for (std::size_t t = 0; t < rows(sums); ++t) {
    for (std::size_t i = 0; i < cols(sums); ++i) {
      sums(t, i) += weight * (path.loss - baseline) * d_log_p(path, t, i);
    }
  }
}

/// Adds weight * (the estimate - mean)^2 to the sums.
void add_squares(Mat& sums, const Path& path, double weight, double baseline, const Mat& mean) {
  for (std::size_t t = 0; t < rows(sums); ++t) {
    for (std::size_t i = 0; i < cols(sums); ++i) {
      const double off = (path.loss - baseline) * d_log_p(path, t, i) - mean(t, i);
      sums(t, i) += weight * off * off;
    }
  }
}

Vec exact_variance(const Node& root, double baseline, const Mat& gradient) {
  Mat squares = zeros(rows(gradient), cols(gradient));
  each_path(root,
            [&](const Path& path, double p) { add_squares(squares, path, p, baseline, gradient); });
  Vec variance = zeros(rows(gradient));
  for (std::size_t t = 0; t < rows(gradient); ++t) {
    for (std::size_t i = 0; i < cols(gradient); ++i) variance(t) += squares(t, i);
  }
  return variance;
}

/// Mean and standard error of the estimates. The error by way of hypot, so that the square of a
/// tiny estimate does not vanish.
void summarise(const std::vector<Path>& paths, double baseline, Mat& mean, Mat& error) {
  const auto n = static_cast<double>(paths.size());
  for (const Path& path : paths) add(mean, path, 1.0 / n, baseline);
  for (const Path& path : paths) {
    for (std::size_t t = 0; t < rows(error); ++t) {
      for (std::size_t i = 0; i < cols(error); ++i) {
        const double off = (path.loss - baseline) * d_log_p(path, t, i) - mean(t, i);
        error(t, i) = std::hypot(error(t, i), off);
      }
    }
  }
  for (double& entry : error) entry /= std::sqrt((n - 1.0) * n);
}

}  // namespace

Vec location_losses(const sat::Params& params, const Mat& features, const State& before,
                    std::size_t previous, std::size_t target) {
  return grow(params, features, before, previous, {target}, 0).losses;
}

std::size_t cost(std::size_t locations, std::size_t words, std::size_t most) {
  std::size_t steps = 0;
  std::size_t level = 1;
  for (std::size_t t = 0; t < words; ++t) {
    if (level > most / locations) return most + 1;
    level *= locations;
    steps += level;
    if (steps > most) return most + 1;
  }
  return steps;
}

Result study(const sat::Params& params, const Mat& features, std::size_t start,
             const std::vector<std::size_t>& target, const Config& config) {
  if (config.samples < 2) {
    throw std::invalid_argument("there are fewer than two samples: a variance needs two");
  }
  if (target.empty()) throw std::invalid_argument("the caption has no words");
  sat::expect_inputs(params, features);
  const mean_state::Forward first = mean_state::forward(params.start, features);
  expect_complete(first);
  const Node root = grow(params, features, {first.h_0, first.c_0}, start, target, 0);

  const std::size_t T = target.size();
  const std::size_t L = rows(features);
  Result r;
  r.expected = 0.0;
  r.gradient = zeros(T, L);
  each_path(root, [&](const Path& path, double p) {
    r.sequences += 1.0;
    r.expected += p * path.loss;
  });
  // With J subtracted, which changes nothing but the rounding.
  each_path(root, [&](const Path& path, double p) { add(r.gradient, path, p, r.expected); });
  for (const double g : r.gradient) r.length = std::hypot(r.length, g);
  r.plain_variance = exact_variance(root, 0.0, r.gradient);
  r.based_variance = exact_variance(root, r.expected, r.gradient);

  Random random(config.seed);
  std::vector<Path> paths(config.samples);
  for (Path& path : paths) path = drawn(root, random);
  r.plain_mean = r.plain_error = r.based_mean = r.based_error = zeros(T, L);
  summarise(paths, 0.0, r.plain_mean, r.plain_error);
  summarise(paths, r.expected, r.based_mean, r.based_error);
  return r;
}

}  // namespace attn::caption_study
