#include "attn/grading/diagnosis.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "attn/grading/judge.hpp"
#include "attn/grading/precision.hpp"
#include "attn/grading/regions.hpp"
#include "attn/grading/relations.hpp"

namespace attn::grading {
namespace {

using Tensors = std::vector<const trace::Tensor*>;  // one for each observation

constexpr std::size_t enough_cells = 3;     // that tell a relation from what is right
constexpr std::size_t too_many = 1U << 20;  // cells in all: nobody waits for an explanation

double allowed(double expected) {
  return closeness.absolute + closeness.relative * std::abs(expected);
}

bool close(double got, double expected) {
  if (std::isinf(got) || std::isinf(expected)) return got == expected;
  return std::abs(got - expected) <= allowed(expected);
}

/// The cells that tell a relation from the right result, and the numbers they hold.
class Proof {
 public:
  void add(double got, double right) {
    if (std::isfinite(right) && std::isfinite(got) &&
        std::abs(got - right) <= 10.0 * allowed(right))
      return;
    if (got == right) return;
    ++cells_;
    if (!first_) first_ = got;
    several_ |= !close(got, *first_);
  }
  /// \param fitted how many numbers were chosen so that they fit
  bool enough(std::size_t fitted = 0) const { return cells_ >= enough_cells + fitted && several_; }
  std::size_t cells() const { return cells_; }

 private:
  std::size_t cells_ = 0;
  bool several_ = false;
  std::optional<double> first_;
};

const Change unchanged{"", [](std::size_t, std::size_t, double x) { return x; }};

/// A placement applied to a tensor of each observation; empty if one of them does not fit. Without
/// `from` each cell is its own.
using Placed = std::vector<Rearranged>;

class Diagnosis {
 public:
  explicit Diagnosis(std::span<const Observation> all) : all_(all) {}

  std::optional<std::string> find() {
    for (const Observation& o : all_) rights_.push_back(&o.right);
    if (has_nan()) return where_nan();
    if (auto says = one_number()) return says;
    if (auto says = alike()) return says;
    if (auto says = precision_of(all_)) return says;
    factors_ = factors(all_);
    functions_ = functions();
    if (auto says = one_relation(rights_)) return says;
    if (auto says = first_change(replacements(all_), rights_, in_place_of_any())) return says;
    if (auto says = other_shape()) return says;
    const std::optional<std::string> region = in_a_region(rights_);
    // Whatever 0 is multiplied by, it stays right: what else there is to say tells more.
    const bool only_zeros = region && region->ends_with("only where 0 belongs");
    if (region && !only_zeros) return region;
    if (auto says = with_known_mistake()) return says;
    if (auto says = first_change(other_terms(all_), rights_, in_place(rights_))) return says;
    if (auto says = two_relations(rights_)) return says;
    if (auto says = small_shift()) return says;
    if (auto says = nearly_right(all_)) return says;
    if (auto says = sums()) return says;
    if (auto says = fitted()) return says;
    return region;
  }

 private:
  // ---- relations to a tensor of each observation

  Placed in_place(const Tensors& base) const {
    Placed placed;
    for (std::size_t o = 0; o < all_.size(); ++o) {
      if (base[o]->shape != all_[o].got.shape) return {};
      placed.push_back({base[o]->shape, {}});
    }
    return placed;
  }

  /// For changes that do not look at the number that belongs into the cell.
  Placed in_place_of_any() const {
    Placed placed;
    for (const Observation& o : all_) {
      placed.push_back({o.got.shape, std::vector<std::size_t>(o.got.values.size(), 0)});
    }
    return placed;
  }

  Placed place(const Tensors& base, const Placement& placement) const {
    Placed placed;
    for (std::size_t o = 0; o < all_.size(); ++o) {
      auto of = placement.of(base[o]->shape);
      if (!of || of->shape != all_[o].got.shape) return {};
      placed.push_back(std::move(*of));
    }
    return placed;
  }

  /// Does every cell hold what the relation makes of the base's number?
  bool holds(const Tensors& base, const Placed& placed, const Change& change) const {
    if (placed.empty()) return false;
    Proof proof;
    for (std::size_t o = 0; o < all_.size(); ++o) {
      const std::vector<double>& got = all_[o].got.values;
      const std::vector<std::size_t>& from = placed[o].from;
      const bool comparable = all_[o].got.shape == all_[o].right.shape;
      for (std::size_t c = 0; c < got.size(); ++c) {
        const double number = base[o]->values[from.empty() ? c : from[c]];
        if (!close(got[c], change.of(o, c, number))) return false;
        proof.add(got[c], comparable ? all_[o].right.values[c] : HUGE_VAL);
      }
    }
    return proof.enough();
  }

  std::optional<std::string> first_change(const std::vector<Change>& changes, const Tensors& base,
                                          const Placed& placed) const {
    const auto change = std::find_if(changes.begin(), changes.end(),
                                     [&](const Change& of) { return holds(base, placed, of); });
    return change == changes.end() ? std::nullopt : std::optional(change->says);
  }

  std::optional<std::string> first_placement(const Tensors& base) const {
    for (const Placement& placement : placements_) {
      if (holds(base, place(base, placement), unchanged)) return placement.says;
    }
    return std::nullopt;
  }

  std::optional<std::string> one_relation(const Tensors& base) const {
    if (auto says = first_placement(base)) return says;
    const Placed here = in_place(base);
    if (auto says = first_change(factors_, base, here)) return says;
    if (auto says = first_change(functions_, base, here)) return says;
    return std::nullopt;
  }

  std::optional<std::string> two_relations(const Tensors& base) const {
    const Change& sign = factors_.front();
    const Placed here = in_place(base);
    for (const Change& factor : factors_) {
      const Change both{"", [&](std::size_t o, std::size_t cell, double right) {
                          return sign.of(o, cell, factor.of(o, cell, right));
                        }};
      if (holds(base, here, both))
        return "two things at once: " + sign.says + ", and " + factor.says;
    }
    for (const Placement& placement : placements_) {
      const Placed placed = place(base, placement);
      auto says = first_change(factors_, base, placed);
      if (!says) says = first_change(functions_, base, placed);
      if (says) return "two things at once: " + placement.says + ", and " + *says;
    }
    return std::nullopt;
  }

  // ---- known mistakes

  /// The numbers of a known mistake in every observation, if they are known in all.
  std::optional<Tensors> mistaken(const std::string& name) const {
    Tensors numbers;
    for (const Observation& o : all_) {
      const auto found = std::find_if(o.mistakes.begin(), o.mistakes.end(),
                                      [&](const auto& known) { return known.first == name; });
      if (found == o.mistakes.end() || found->second.absent()) return std::nullopt;
      numbers.push_back(&found->second);
    }
    return numbers;
  }

  std::optional<std::string> with_known_mistake() const {
    for (const auto& [name, tensor] : all_.front().mistakes) {
      const auto numbers = mistaken(name);
      if (!numbers || same_as_right(*numbers)) continue;
      std::optional<std::string> also = one_relation(*numbers);
      if (!also) also = in_a_region(*numbers);
      if (also) return "two mistakes at once: \"" + name + "\"; and besides, " + *also;
    }
    return std::nullopt;
  }

  bool same_as_right(const Tensors& numbers) const {
    return std::equal(
        numbers.begin(), numbers.end(), all_.begin(),
        [](const trace::Tensor* tensor, const Observation& o) { return agree(*tensor, o.right); });
  }

  // ---- which cells are wrong

  std::optional<std::string> in_a_region(const Tensors& base) const {
    std::vector<Cells> wrong, same;
    Proof proof;
    std::size_t right = 0;
    for (std::size_t o = 0; o < all_.size(); ++o) {
      const trace::Tensor& got = all_[o].got;
      if (got.shape != base[o]->shape || got.shape != all_[o].right.shape) return std::nullopt;
      wrong.emplace_back(got.values.size());
      for (std::size_t c = 0; c < got.values.size(); ++c) {
        wrong[o][c] = !close(got.values[c], base[o]->values[c]);
        if (!wrong[o][c]) proof_of_base(base, o, c, right);
      }
      same.push_back(wrong.back());
      same.back().flip();
    }
    std::size_t wrongs = 0;
    for (const Cells& cells : wrong) wrongs += count(cells);
    if (right < enough_cells || wrongs < std::min(enough_cells, all_.size() + 1))
      return std::nullopt;
    const bool known = &base != &rights_;
    if (const auto where = region_of(all_, wrong, false)) {
      return (known ? "the numbers are others " : "the numbers are wrong only ") + *where +
             what_is_there(wrong);
    }
    if (const auto where = region_of(all_, same, true)) {
      return (known ? "the numbers are the same only " : "the numbers are right only ") + *where;
    }
    return std::nullopt;
  }

  /// A cell that agrees with a known mistake proves nothing where the mistake makes no difference.
  void proof_of_base(const Tensors& base, std::size_t o, std::size_t c, std::size_t& cells) const {
    const bool is_right = &base == &rights_;
    if (is_right || !close(base[o]->values[c], all_[o].right.values[c])) ++cells;
  }

  static std::size_t count(const Cells& cells) {
    return static_cast<std::size_t>(std::count(cells.begin(), cells.end(), true));
  }

  /// What all these cells hold, if it is one thing worth saying.
  std::string what_is_there(const std::vector<Cells>& cells) const {
    std::set<double> numbers;
    for (std::size_t o = 0; o < all_.size(); ++o) {
      for (std::size_t c = 0; c < cells[o].size(); ++c) {
        if (cells[o][c]) numbers.insert(all_[o].got.values[c]);
        if (numbers.size() > 1) return "";
      }
    }
    const double number = *numbers.begin();
    if (number == 0.0) return ", and 0 there";
    if (number == 1.0) return ", and 1 there";
    if (std::isinf(number)) return number < 0.0 ? ", and -inf there" : ", and inf there";
    return "";
  }

  // ---- NaN, and one number everywhere

  bool has_nan() const {
    return std::any_of(all_.begin(), all_.end(), [](const Observation& o) {
      return std::any_of(o.got.values.begin(), o.got.values.end(),
                         [](double value) { return std::isnan(value); });
    });
  }

  std::optional<std::string> where_nan() const {
    std::vector<Cells> nan;
    bool rest_is_right = true, some_rest = false, shaped = true, everywhere = true;
    for (const Observation& o : all_) {
      nan.emplace_back(o.got.values.size());
      const bool same_shape = o.got.shape == o.right.shape;
      shaped &= same_shape;
      for (std::size_t c = 0; c < o.got.values.size(); ++c) {
        const bool is = std::isnan(o.got.values[c]);
        nan.back()[c] = is;
        everywhere &= is;
        if (is) continue;
        some_rest = true;
        rest_is_right &= same_shape && close(o.got.values[c], o.right.values[c]);
      }
    }
    const std::string rest = rest_is_right && some_rest ? "; all other numbers are right" : "";
    if (everywhere) return "every number is NaN (not a number)";
    if (shaped) {
      if (const auto where = region_of(all_, nan, true)) return "NaN " + *where + rest;
      if (const auto where = region_of(all_, nan, false)) return "NaN, and only " + *where + rest;
    }
    return "some numbers are NaN (0/0, or inf - inf)" + rest;
  }

  std::optional<std::string> one_number() const {
    bool zero = true, alike = true;
    std::size_t cells = 0, several = 0;
    for (const Observation& o : all_) {
      if (o.got.absent()) return std::nullopt;
      cells += o.got.values.size();
      const double first = o.got.values.front();
      for (const double value : o.got.values) {
        zero &= value == 0.0;
        alike &= close(value, first);
      }
      if (o.got.values.size() > 1) ++several;
    }
    if (cells < enough_cells) return std::nullopt;
    if (zero) return "every number is 0";
    if (alike && several == all_.size()) return "every cell holds the same number";
    return std::nullopt;
  }

  /// All rows or all columns hold the same, as where an index is always 0. The right ones do not.
  std::optional<std::string> alike() const {
    bool rows = true, columns = true;
    for (const Observation& o : all_) {
      if (o.got.shape != o.right.shape || o.got.shape.size() < 2) return std::nullopt;
      rows &= repeated(o.got, true) && !repeated(o.right, true);
      columns &= repeated(o.got, false) && !repeated(o.right, false);
    }
    if (rows) return "all rows are alike";
    if (columns) return "all columns are alike";
    return std::nullopt;
  }

  /// Does each number stand in the row before it too (in the column)? Where there is but one, no.
  static bool repeated(const trace::Tensor& tensor, bool rows) {
    const std::size_t m = tensor.shape[tensor.shape.size() - 2], n = tensor.shape.back();
    if ((rows ? m : n) < 2 || m * n < enough_cells) return false;
    for (std::size_t c = 0; c < tensor.values.size(); ++c) {
      const bool first = rows ? c / n % m == 0 : c % n == 0;
      if (!first && !close(tensor.values[c], tensor.values[rows ? c - n : c - 1])) return false;
    }
    return true;
  }

  // ---- shapes

  /// The axes that the extents of a result are, in every observation: "(Tk, dv)".
  std::optional<std::string> other_shape() const {
    const bool other = std::all_of(all_.begin(), all_.end(), [](const Observation& o) {
      return o.got.shape != o.right.shape;
    });
    if (!other) return std::nullopt;
    const bool same_numbers = std::all_of(all_.begin(), all_.end(), [](const Observation& o) {
      return std::equal(o.got.values.begin(), o.got.values.end(), o.right.values.begin(),
                        o.right.values.end(), close);
    });
    if (same_numbers)
      return "the numbers are right and in the right order, but the shape is another";
    const std::size_t rank = all_.front().got.shape.size();
    std::string names;
    for (std::size_t a = 0; a < rank; ++a) {
      const std::string name = axis_of(a);
      if (name.empty()) return std::nullopt;
      names += (names.empty() ? "" : ", ") + name;
    }
    std::string wanted;
    for (const std::string& name : all_.front().right.axes) {
      wanted += (wanted.empty() ? "" : ", ") + name;
    }
    if (names.empty() || names == wanted) return std::nullopt;
    return "the result has the shape (" + names + "), and (" + wanted + ") is expected";
  }

  /// The name of an axis that has this extent in every case; nothing if it would be a guess,
  /// because the extents are the same in all cases.
  std::string axis_of(std::size_t axis) const {
    std::set<std::string> names;
    std::set<std::size_t> extents;
    for (std::size_t o = 0; o < all_.size(); ++o) {
      const trace::Tensor& got = all_[o].got;
      if (got.shape.size() <= axis) return "";
      extents.insert(got.shape[axis]);
      std::set<std::string> fitting;
      const auto look = [&](const trace::Tensor& tensor) {
        if (tensor.axes.size() != tensor.shape.size()) return;
        for (std::size_t a = 0; a < tensor.axes.size(); ++a) {
          if (tensor.shape[a] == got.shape[axis]) fitting.insert(tensor.axes[a]);
        }
      };
      look(all_[o].right);
      if (all_[o].known != nullptr) {
        for (const trace::Step& step : all_[o].known->steps) {
          if (step.id == "events" || step.id == "mistakes") continue;
          for (const trace::Tensor& tensor : step.tensors) look(tensor);
        }
      }
      if (o == 0) names = fitting;
      std::erase_if(names, [&](const std::string& name) { return !fitting.contains(name); });
    }
    return names.size() == 1 && extents.size() > 1 ? *names.begin() : "";
  }

  // ---- numbers that are fitted

  /// Something like 1e-8 added to all numbers.
  std::optional<std::string> small_shift() const {
    std::optional<double> by;
    std::size_t cells = 0;
    for (const Observation& o : all_) {
      if (o.got.shape != o.right.shape) return std::nullopt;
      for (std::size_t c = 0; c < o.got.values.size(); ++c) {
        const double got = o.got.values[c], right = o.right.values[c];
        if (got == right && std::isinf(right)) continue;
        if (!by) by = got - right;
        if (!std::isfinite(got - right)) return std::nullopt;
        if (std::abs(got - right - *by) > 0.01 * std::abs(*by)) return std::nullopt;
        ++cells;
      }
    }
    if (!by || cells < enough_cells + 1 || std::abs(*by) > 1e-2) return std::nullopt;
    const double power = std::log10(std::abs(*by));
    if (std::abs(power - std::round(power)) > 0.005) return std::nullopt;
    return std::string("all numbers are too ") + (*by > 0.0 ? "large" : "small") + " by 1e" +
           std::to_string(static_cast<int>(std::round(power)));
  }

  /// Columns that sum to 1 where rows should: a softmax over the wrong axis.
  std::optional<std::string> sums() const {
    bool rows_should = true, rows_do = true, columns_do = true, several = true;
    for (const Observation& o : all_) {
      if (o.got.shape != o.right.shape || o.got.shape.size() < 2) return std::nullopt;
      const std::size_t m = o.got.shape[o.got.shape.size() - 2], n = o.got.shape.back();
      several &= m > 1 && n > 1;
      rows_should &= sum_to_one(o.right, m, n, true);
      rows_do &= sum_to_one(o.got, m, n, true);
      columns_do &= sum_to_one(o.got, m, n, false);
    }
    if (!rows_should || !several) return std::nullopt;
    if (columns_do && !rows_do) return "the columns sum to 1, and the rows should";
    if (rows_do) return "the rows sum to 1, as they should, but the numbers are others";
    return std::nullopt;
  }

  /// Each row (or column) sums to 1, or is 0 throughout; at least one is not 0.
  static bool sum_to_one(const trace::Tensor& tensor, std::size_t m, std::size_t n, bool rows) {
    bool any = false;
    for (std::size_t first = 0; first < tensor.values.size(); first += m * n) {
      for (std::size_t i = 0; i < (rows ? m : n); ++i) {
        double sum = 0.0;
        bool zero = true;
        for (std::size_t j = 0; j < (rows ? n : m); ++j) {
          const double value = tensor.values[first + (rows ? i * n + j : j * n + i)];
          if (!(value >= 0.0)) return false;
          zero &= value == 0.0;
          sum += value;
        }
        if (!zero && std::abs(sum - 1.0) > 1e-9) return false;
        any |= !zero;
      }
    }
    return any;
  }

  /// Groups of cells that have one number in common, which is fitted to each: all cells of all
  /// cases, those of a case, of a row, of a column.
  using Group = std::function<std::size_t(std::size_t observation, std::size_t cell)>;

  std::optional<std::string> fitted() const {
    for (const Observation& o : all_) {
      if (o.got.shape != o.right.shape) return std::nullopt;
    }
    const auto columns = [this](std::size_t o) {
      return all_[o].got.shape.empty() ? std::size_t{1} : all_[o].got.shape.back();
    };
    constexpr std::size_t apart = too_many;  // groups of different observations
    const Group of_all = [](std::size_t, std::size_t) { return 0; };
    const Group of_case = [](std::size_t o, std::size_t) { return o; };
    const Group of_row = [&](std::size_t o, std::size_t c) { return o * apart + c / columns(o); };
    const Group of_column = [&](std::size_t o, std::size_t c) {
      return o * apart + c % columns(o);
    };
    const auto grid = std::all_of(all_.begin(), all_.end(), [](const Observation& o) {
      return o.got.shape.size() >= 2 && o.got.shape.back() > 1;
    });
    const bool several = all_.size() > 1;
    if (several && group_factor(of_all))
      return "all numbers are the right ones times one factor, the same in all cases";
    if (several && group_shift(of_all))
      return "the same number has been added to all the right ones, in all cases";
    if (group_factor(of_case)) return "all numbers are the right ones times one factor";
    if (group_shift(of_case)) return "the same number has been added to all the right ones";
    if (grid && group_factor(of_row)) return "each row is the right one times a factor of its own";
    if (grid && group_factor(of_column))
      return "each column is the right one times a factor of its own";
    if (grid && group_shift(of_row)) return "to each row one number of its own has been added";
    if (grid && group_shift(of_column))
      return "to each column one number of its own has been added";
    return std::nullopt;
  }

  /// Is got = right * factor in each group? The cell with the largest right number gives the
  /// factor.
  bool group_factor(const Group& group) const {
    std::map<std::size_t, std::pair<double, double>> largest;  // right, got
    for_cells([&](std::size_t o, std::size_t c, double got, double right) {
      auto& [most, its] = largest[group(o, c)];
      if (std::isfinite(right) && std::abs(right) > std::abs(most)) {
        most = right;
        its = got;
      }
    });
    Proof proof;
    bool holds = true;
    for_cells([&](std::size_t o, std::size_t c, double got, double right) {
      const auto& [most, its] = largest[group(o, c)];
      if (!std::isfinite(right)) {
        holds &= got == right;
        return;
      }
      holds &= most == 0.0 ? got == 0.0 : close(got, right * (its / most)) && its != 0.0;
      if (right != 0.0) proof.add(got, right);
    });
    return holds && proof.enough(largest.size()) && 2 * largest.size() <= proof.cells();
  }

  bool group_shift(const Group& group) const {
    std::map<std::size_t, double> shifts;
    for_cells([&](std::size_t o, std::size_t c, double got, double right) {
      if (std::isfinite(right)) shifts.emplace(group(o, c), got - right);
    });
    Proof proof;
    bool holds = true;
    for_cells([&](std::size_t o, std::size_t c, double got, double right) {
      holds &= std::isfinite(right) ? close(got, right + shifts[group(o, c)]) : got == right;
      if (std::isfinite(right)) proof.add(got, right);
    });
    return holds && proof.enough(shifts.size()) && 2 * shifts.size() <= proof.cells();
  }

  template <class Visit>
  void for_cells(Visit&& visit) const {
    for (std::size_t o = 0; o < all_.size(); ++o) {
      for (std::size_t c = 0; c < all_[o].got.values.size(); ++c) {
        visit(o, c, all_[o].got.values[c], all_[o].right.values[c]);
      }
    }
  }

  std::span<const Observation> all_;
  Tensors rights_;
  std::vector<Placement> placements_ = placements();
  std::vector<Change> factors_, functions_;
};

/// Can anything be said of it at all?
bool speaks(std::span<const Observation> all) {
  std::size_t cells = 0;
  for (const Observation& o : all) {
    if (o.got.absent() || o.right.absent()) return false;
    cells += o.got.values.size() + o.right.values.size();
  }
  return !all.empty() && cells <= too_many;
}

}  // namespace

std::optional<std::string> diagnose(std::span<const Observation> all) {
  if (!speaks(all)) return std::nullopt;
  std::optional<std::string> says = Diagnosis(all).find();
  if (!says) return std::nullopt;
  char& first = says->front();
  if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
  return *says + ".";
}

}  // namespace attn::grading
