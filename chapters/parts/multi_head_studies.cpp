#include "chapters/parts/multi_head_studies.hpp"

#include <fmt/format.h>

#include "attn/core/norms.hpp"
#include "attn/mechanisms/head_ablation.hpp"
#include "attn/mechanisms/head_costs.hpp"

namespace attn::chapters {
namespace {

head_costs::Shapes shapes_of(const MultiHeadInputs& in) {
  return {.Tq = rows(in.queries),
          .Tk = in.Tk(),
          .heads = in.params.heads,
          .dk = in.dk(),
          .dv = in.dv(),
          .dq = cols(in.queries),
          .dx_k = cols(in.keys),
          .dx_v = cols(in.values),
          .dm = cols(in.params.W_o),
          .past = in.past(),
          .key_heads = in.groups() ? in.how.key_heads : 0};
}

/// The paper's widths, over sequences as long as these.
head_costs::Shapes papers(const head_costs::Shapes& own) {
  return {.Tq = own.Tq,
          .Tk = own.Tk,
          .heads = 8,
          .dk = 64,
          .dv = 64,
          .dq = 512,
          .dx_k = 512,
          .dx_v = 512,
          .dm = 512,
          .past = own.past};
}

/// One column for each attention, one row for each product.
void show_costs(const std::vector<head_costs::Shapes>& attentions, const std::string& name,
                const std::string& axis, trace::Builder& trace) {
  std::vector<std::pair<std::string, Vec>> columns;
  for (const head_costs::Shapes& shapes : attentions) {
    columns.emplace_back(
        fmt::format("{} head{} of {}", shapes.heads, shapes.heads == 1 ? "" : "s", shapes.dk) +
            (shapes.key_heads > 0 ? fmt::format(", {} of keys", shapes.key_heads) : ""),
        head_costs::count(shapes).multiplications);
  }
  const std::string axes = "product," + axis;
  trace.table({name, axes, ""}, columns);
}

/// What the heads save that share keys and values, against heads that do not.
std::string shared_costs(const head_costs::Shapes& own) {
  const Vec shared = head_costs::count(own).multiplications;
  const Vec each = head_costs::count(head_costs::keys_for_each_head(own)).multiplications;
  return fmt::format(
      ": for these {0} heads with {1} key head{2}, and for {0} heads with keys and values of their "
      "own. Projecting keys and values takes {3:.0f} where it would take {4:.0f}; all else is as "
      "it "
      "was, since every head still compares and averages by itself",
      own.heads, own.key_heads, own.key_heads == 1 ? "" : "s", shared(1) + shared(2),
      each(1) + each(2));
}

}  // namespace

void show_head_costs(const MultiHeadInputs& in, trace::Builder& trace) {
  const head_costs::Shapes own = shapes_of(in), paper = papers(own);
  const head_costs::Shapes one = one_wide_head(own);
  trace.label("product", head_costs::parts());
  const bool several = own.heads > 1;
  std::string prose = "The multiplications of each product, counted entry by entry";
  if (in.groups()) {
    prose += shared_costs(own);
  } else if (several) {
    prose += fmt::format(
        ": for these {0} heads, for one head that is as wide as they are together, and for {0} "
        "heads "
        "of that width each. Splitting the width costs nothing; the same numbers are grouped "
        "otherwise. What does grow with the heads is the softmax: {1:.0f} exponentials here, "
        "{2:.0f} "
        "with one head",
        own.heads, head_costs::count(own).exponentials, head_costs::count(one).exponentials);
  }
  trace.step("costs", "What the heads cost",
             prose +
                 ". The second table is for the paper's heads, 8 x 64 = 512, over a sequence as "
                 "long as this one.",
             "", "section 3.2.2");
  if (in.groups())
    show_costs({own, keys_for_each_head(own)}, "costs", "heads", trace);
  else if (several)
    show_costs({own, one, wide_heads(own)}, "costs", "heads", trace);
  else
    show_costs({own}, "costs", "heads", trace);
  show_costs({paper, one_wide_head(paper)}, "costs.paper", "paper", trace);
}

void show_without_head(const MultiHeadInputs& in, const Ten3& heads, const Mat& output,
                       std::size_t h, trace::Builder& trace) {
  const head_ablation::Forward result = head_ablation::forward(in.params, heads, output, h);
  const double unit = unit_factor(largest_size({result.sizes.data(), result.sizes.size()}));
  double all = 0.0;
  for (const double size : result.sizes) all += unit * size;
  trace.step(
      "without_head", fmt::format("Head {} masked out", h + 1),
      fmt::format("W_o can be cut where the heads meet, so the output is a sum with one part "
                  "for each head. A head that may see nothing reads 0, and its part is gone: "
                  "{}. The other heads do not step in, since none knows of another.",
                  all > 0.0 ? fmt::format("head {} had {:.1f} % of all, by their norms", h + 1,
                                          100.0 * (unit * result.sizes(h)) / all)
                            : "here every part is 0"),
      "output = sum_i head_i W_i^O + b_o", "section 3.2.2");
  trace.tensors(result);
}

}  // namespace attn::chapters
