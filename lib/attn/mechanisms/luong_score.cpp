#include "attn/mechanisms/luong_score.hpp"

#include "attn/core/complete.hpp"
#include "attn/core/shape_error.hpp"

namespace attn::luong_score {
namespace {

/// One function out of several, for std::visit.
template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

Mat zeros_as(const Mat& m) { return zeros(rows(m), cols(m)); }

}  // namespace

Forward forward(const Params& params, const Mat& states, const Mat& annotations) {
  return std::visit(
      Overloaded{[&](const Dot&) -> Forward { return dot::forward(states, annotations); },
                 [&](const general::Params& p) -> Forward {
                   return general::forward(p, states, annotations);
                 },
                 [&](const concat::Params& p) -> Forward {
                   return concat::forward(p, states, annotations);
                 },
                 [&](const location::Params& p) -> Forward {
                   expect_shape("W_a", shape_of(p.W_a), {rows(annotations), cols(states)}, "Tk,dq",
                                "the location score has a row for each position of the sentence, "
                                "and so fits one length only");
                   return location::forward(p, states);
                 }},
      params);
}

Backward backward(const Params& params, const Mat& states, const Mat& annotations,
                  const Forward& forward, const Mat& d_scores) {
  return std::visit(
      Overloaded{[&](const Dot&) -> Backward {
                   return dot::backward(states, annotations, 1.0, std::get<dot::Forward>(forward),
                                        d_scores);
                 },
                 [&](const general::Params& p) -> Backward {
                   return general::backward(p, states, annotations,
                                            std::get<general::Forward>(forward), d_scores);
                 },
                 [&](const concat::Params& p) -> Backward {
                   return concat::backward(p, states, annotations,
                                           std::get<concat::Forward>(forward), d_scores);
                 },
                 [&](const location::Params& p) -> Backward {
                   return location::backward(p, states, std::get<location::Forward>(forward),
                                             d_scores);
                 }},
      params);
}

const Mat& scores(const Forward& forward) {
  return std::visit([](const auto& f) -> const Mat& { return f.scores; }, forward);
}

bool complete(const Forward& forward) {
  return std::visit([](const auto& f) { return is_complete(f); }, forward);
}

bool complete(const Backward& backward) {
  return std::visit([](const auto& b) { return is_complete(b); }, backward);
}

const Mat& d_states(const Backward& backward) {
  return std::visit([](const auto& b) -> const Mat& { return b.d_queries; }, backward);
}

const Mat* d_annotations(const Backward& backward) {
  return std::visit(Overloaded{[](const location::Backward&) -> const Mat* { return nullptr; },
                               [](const auto& b) -> const Mat* { return &b.d_keys; }},
                    backward);
}

Params zeros_like(const Params& params) {
  return std::visit(
      Overloaded{
          [](const Dot&) -> Params { return Dot{}; },
          [](const general::Params& p) -> Params { return general::Params{zeros_as(p.W_a)}; },
          [](const concat::Params& p) -> Params {
            return concat::Params{zeros_as(p.W_a), zeros(p.v_a.size())};
          },
          [](const location::Params& p) -> Params { return location::Params{zeros_as(p.W_a)}; }},
      params);
}

void add(Params& sum, const Backward& backward) {
  std::visit(
      Overloaded{
          [](Dot&) {},
          [&](general::Params& p) { p.W_a += std::get<general::Backward>(backward).d_W_a; },
          [&](concat::Params& p) {
            p.W_a += std::get<concat::Backward>(backward).d_W_a;
            p.v_a += std::get<concat::Backward>(backward).d_v_a;
          },
          [&](location::Params& p) { p.W_a += std::get<location::Backward>(backward).d_W_a; }},
      sum);
}

}  // namespace attn::luong_score
