#include "attn/grading/regions.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace attn::grading {
namespace {

/// A tensor as rows and columns: those of its last two axes.
struct Grid {
  std::size_t rows = 1, columns = 1;
  std::size_t row(std::size_t cell) const { return cell / columns % rows; }
  std::size_t column(std::size_t cell) const { return cell % columns; }
};

Grid grid_of(const trace::Tensor& tensor) {
  Grid grid;
  const std::size_t rank = tensor.shape.size();
  if (rank > 0) grid.columns = std::max<std::size_t>(tensor.shape[rank - 1], 1);
  if (rank > 1) grid.rows = std::max<std::size_t>(tensor.shape[rank - 2], 1);
  return grid;
}

/// Nothing where a tensor has no such cells at all: it has no rows, or there is no mask.
using MaybeCells = std::optional<Cells>;

struct Region {
  const char* says;
  std::function<MaybeCells(const Observation&)> of;
};

template <class Is>
MaybeCells marked(const Observation& o, Is&& is) {
  Cells cells(o.right.values.size());
  for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = is(c);
  return cells;
}

/// A region by row and column, of tensors that have `rows` of them at least.
Region by_place(const char* says, std::size_t axes,
                bool (*is)(std::size_t row, std::size_t column, const Grid& grid)) {
  return {says, [axes, is](const Observation& o) -> MaybeCells {
            const Grid grid = grid_of(o.right);
            if (o.right.shape.size() < axes || grid.rows * grid.columns < 2) return std::nullopt;
            return marked(o, [&](std::size_t c) { return is(grid.row(c), grid.column(c), grid); });
          }};
}

Region by_number(const char* says, bool (*is)(double right)) {
  return {says, [is](const Observation& o) -> MaybeCells {
            return marked(o, [&](std::size_t c) { return is(o.right.values[c]); });
          }};
}

/// The mask over the cells of a tensor, if the case shows one: true where a key may be seen.
MaybeCells mask_of(const Observation& o) {
  if (o.known == nullptr || o.right.shape.size() < 2) return std::nullopt;
  const Grid grid = grid_of(o.right);
  for (const trace::Step& step : o.known->steps) {
    for (const trace::Tensor& tensor : step.tensors) {
      if (tensor.kind != "mask" || tensor.absent() || tensor.shape.size() != 2) continue;
      if (tensor.shape[0] != grid.rows || tensor.shape[1] != grid.columns) continue;
      return marked(o, [&](std::size_t c) {
        return tensor.values[grid.row(c) * grid.columns + grid.column(c)] != 0.0;
      });
    }
  }
  return std::nullopt;
}

/// The cells that a query may not attend to: where the mask is false; without a mask, where the
/// right number is -inf, or where it is a weight of exactly 0.
MaybeCells hidden(const Observation& o) {
  if (MaybeCells mask = mask_of(o)) {
    mask->flip();
    return mask;
  }
  const bool weight = o.right.kind == "weight";
  return marked(o, [&](std::size_t c) {
    const double right = o.right.values[c];
    return (std::isinf(right) && right < 0.0) || (weight && right == 0.0);
  });
}

/// The rows of a grid in which `any` (or else all) of the cells are marked.
MaybeCells rows_with(const Observation& o, const MaybeCells& cells, bool any) {
  if (!cells || o.right.shape.size() < 2) return std::nullopt;
  const Grid grid = grid_of(o.right);
  Cells rows(cells->size());
  for (std::size_t c = 0; c < rows.size(); ++c) {
    const auto first = cells->begin() + static_cast<std::ptrdiff_t>(c - grid.column(c));
    const auto last = first + static_cast<std::ptrdiff_t>(grid.columns);
    const auto count = static_cast<std::size_t>(std::count(first, last, true));
    rows[c] = any ? count > 0 : count == grid.columns;
  }
  return rows;
}

/// The rows of queries that see no key: whose scores are all -inf, or whose weights are all 0.
MaybeCells unseeing(const Observation& o) {
  if (o.right.shape.size() < 2) return std::nullopt;
  if (o.right.kind == "weight" || o.right.kind == "score") return rows_with(o, hidden(o), false);
  if (o.known == nullptr || o.right.axes.empty()) return std::nullopt;
  const Grid grid = grid_of(o.right);
  const std::string& axis = o.right.axes[o.right.axes.size() - 2];
  for (const trace::Step& step : o.known->steps) {
    for (const trace::Tensor& weights : step.tensors) {
      if (weights.kind != "weight" || weights.shape.size() != 2 || weights.absent()) continue;
      if (weights.axes.front() != axis || weights.shape.front() != grid.rows) continue;
      return marked(o, [&](std::size_t c) {
        const auto row =
            weights.values.begin() + static_cast<std::ptrdiff_t>(grid.row(c) * weights.shape[1]);
        return std::all_of(row, row + static_cast<std::ptrdiff_t>(weights.shape[1]),
                           [](double weight) { return weight == 0.0; });
      });
    }
  }
  return std::nullopt;
}

std::vector<Region> regions() {
  return {
      {"for a query that sees nothing", unseeing},
      {"in masked cells", hidden},
      {"in the rows in which something is masked",
       [](const Observation& o) { return rows_with(o, hidden(o), true); }},
      {"where nothing is masked",
       [](const Observation& o) -> MaybeCells {
         MaybeCells cells = hidden(o);
         if (!cells || std::count(cells->begin(), cells->end(), true) == 0) return std::nullopt;
         cells->flip();
         return cells;
       }},
      by_place("in the last row", 2,
               [](std::size_t i, std::size_t, const Grid& g) { return i + 1 == g.rows; }),
      by_place("in the first row", 2,
               [](std::size_t i, std::size_t, const Grid&) { return i == 0; }),
      by_place("in the last column", 2,
               [](std::size_t, std::size_t j, const Grid& g) { return j + 1 == g.columns; }),
      by_place("in the first column", 2,
               [](std::size_t, std::size_t j, const Grid&) { return j == 0; }),
      by_place("in the last cell", 1,
               [](std::size_t i, std::size_t j, const Grid& g) {
                 return i + 1 == g.rows && j + 1 == g.columns;
               }),
      by_place("in the first cell", 1,
               [](std::size_t i, std::size_t j, const Grid&) { return i == 0 && j == 0; }),
      by_place("on the diagonal", 2,
               [](std::size_t i, std::size_t j, const Grid&) { return i == j; }),
      by_place("right above the diagonal", 2,
               [](std::size_t i, std::size_t j, const Grid&) { return j == i + 1; }),
      by_place("right below the diagonal", 2,
               [](std::size_t i, std::size_t j, const Grid&) { return i == j + 1; }),
      by_place("above the diagonal", 2,
               [](std::size_t i, std::size_t j, const Grid&) { return j > i; }),
      by_place("below the diagonal", 2,
               [](std::size_t i, std::size_t j, const Grid&) { return j < i; }),
      by_place("in every second column, from the second on", 2,
               [](std::size_t, std::size_t j, const Grid&) { return j % 2 == 1; }),
      by_place("in every second column, from the first on", 2,
               [](std::size_t, std::size_t j, const Grid&) { return j % 2 == 0; }),
      by_place("in the right half of the columns", 2,
               [](std::size_t, std::size_t j, const Grid& g) { return 2 * j >= g.columns; }),
      by_place("in the left half of the columns", 2,
               [](std::size_t, std::size_t j, const Grid& g) { return 2 * j + 1 < g.columns; }),
      by_number("where -inf belongs", [](double x) { return std::isinf(x) && x < 0.0; }),
      by_number("where 0 belongs", [](double x) { return x == 0.0; }),
      by_number("where 1 belongs", [](double x) { return x == 1.0; }),
      by_number("where a negative number belongs",
                [](double x) { return std::isfinite(x) && x < 0.0; }),
      by_number("where a positive number belongs",
                [](double x) { return std::isfinite(x) && x > 0.0; }),
      by_place("in every row but the first", 2,
               [](std::size_t i, std::size_t, const Grid&) { return i > 0; }),
      by_place("in every row but the last", 2,
               [](std::size_t i, std::size_t, const Grid& g) { return i + 1 < g.rows; }),
      by_place("in every column but the first", 2,
               [](std::size_t, std::size_t j, const Grid&) { return j > 0; }),
      by_place("in every column but the last", 2,
               [](std::size_t, std::size_t j, const Grid& g) { return j + 1 < g.columns; }),
      by_place("off the diagonal", 2,
               [](std::size_t i, std::size_t j, const Grid&) { return i != j; }),
  };
}

}  // namespace

std::optional<std::string> region_of(std::span<const Observation> all, std::span<const Cells> cells,
                                     bool exactly) {
  std::optional<std::string> best;
  std::size_t fewest = 0;
  for (const Region& region : regions()) {
    std::size_t in_region = 0, in_both = 0, others = 0;
    bool fits = true;
    for (std::size_t o = 0; o < all.size() && fits; ++o) {
      const MaybeCells named = region.of(all[o]);
      fits = named && named->size() == cells[o].size();
      for (std::size_t c = 0; fits && c < cells[o].size(); ++c) {
        if ((*named)[c]) ++in_region;
        if ((*named)[c] && cells[o][c]) ++in_both;
        if (!(*named)[c]) ++others;
        fits = (*named)[c] || !cells[o][c];
      }
    }
    const bool enough = exactly ? in_both == in_region : 2 * in_both >= in_region;
    if (!fits || in_both == 0 || others == 0 || !enough) continue;
    if (best && in_region >= fewest) continue;
    best = region.says;
    fewest = in_region;
  }
  return best;
}

}  // namespace attn::grading
