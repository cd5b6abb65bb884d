/// What wrong numbers have in common, and what must not be said of them.
#include "attn/grading/diagnosis.hpp"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <deque>
#include <limits>
#include <random>

using namespace attn::grading;
using attn::trace::Tensor;
using attn::trace::Trace;

namespace {

constexpr double inf = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

Tensor tensor(std::string name, std::vector<std::string> axes, std::vector<std::size_t> shape,
              std::vector<double> values) {
  Tensor t;
  t.name = std::move(name);
  t.axes = std::move(axes);
  t.shape = std::move(shape);
  t.values = std::move(values);
  return t;
}

/// Numbers that nobody has seen before, the same on every machine.
std::vector<double> numbers(std::size_t count, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<double> values(count);
  for (double& value : values)
    value = static_cast<double>(random() >> 11) / 9007199254740992.0 * 4.0 - 2.0;
  return values;
}

Tensor matrix(std::size_t m, std::size_t n, unsigned seed, const std::string& name = "scores") {
  return tensor(name, {"Tq", "Tk"}, {m, n}, numbers(m * n, seed));
}

Tensor transposed(const Tensor& t) {
  Tensor turned = t;
  std::swap(turned.shape[0], turned.shape[1]);
  for (std::size_t i = 0; i < t.shape[0]; ++i) {
    for (std::size_t j = 0; j < t.shape[1]; ++j)
      turned.values[j * t.shape[0] + i] = t.values[i * t.shape[1] + j];
  }
  return turned;
}

template <class F>
Tensor each(Tensor t, F&& f) {
  for (double& value : t.values) value = f(value);
  return t;
}

template <class F>
Tensor each_cell(Tensor t, F&& f) {
  for (std::size_t c = 0; c < t.values.size(); ++c)
    t.values[c] = f(t.values[c], c / t.shape.back(), c % t.shape.back());
  return t;
}

/// Cases of different extents, and what a slip makes of their right results.
class Cases {
 public:
  Cases() {
    add(2, 4, 3, 1);
    add(3, 3, 5, 2);
    add(4, 5, 7, 3);
  }

  void add(std::size_t m, std::size_t n, std::size_t dk, unsigned seed) {
    right.push_back(matrix(m, n, seed));
    known.emplace_back();
    known.back().steps.resize(1);
    known.back().steps.front().tensors = {
        tensor("keys", {"Tk", "dk"}, {n, dk}, numbers(n * dk, seed + 100)), right.back(),
        matrix(m, n, seed + 200, "other"), tensor("b", {"Tk"}, {n}, numbers(n, seed + 300)),
        tensor("bandwidth", {}, {}, numbers(1, seed + 400))};
  }

  template <class Slip>
  std::string said(Slip&& slip) {
    std::deque<Tensor> got;
    std::vector<Observation> all;
    for (std::size_t n = 0; n < right.size(); ++n) {
      got.push_back(slip(right[n], n));
      all.push_back(
          {got.back(), right[n], mistakes.empty() ? no_mistakes : mistakes[n], &known[n]});
    }
    return diagnose(all).value_or("");
  }

  /// A slip that does the same to every number.
  template <class F>
  std::string said_of(F&& f) {
    return said([&](const Tensor& t, std::size_t) { return each(t, f); });
  }

  using Mistakes = std::vector<std::pair<std::string, Tensor>>;
  std::deque<Tensor> right;
  std::deque<Trace> known;
  Mistakes no_mistakes;
  std::deque<Mistakes> mistakes;
};

}  // namespace

TEST_CASE("diagnosis: factors, signs and functions are named", "[grading][diagnosis]") {
  Cases cases;
  CHECK(cases.said_of([](double x) { return -x; }) == "All numbers have the opposite sign.");
  CHECK(cases.said_of([](double x) { return 2 * x; }) == "All numbers are twice the right ones.");
  CHECK(cases.said_of([](double x) { return x / 2; }) == "All numbers are half of the right ones.");
  CHECK(cases.said_of([](double x) { return x + 1; }) == "All numbers are too large by 1.");
  CHECK(cases.said_of([](double x) { return x * x; }) ==
        "All numbers are the squares of the right ones.");
  CHECK(cases.said_of([](double x) { return std::abs(x); }) ==
        "All numbers are the right ones without their sign.");
  CHECK(cases.said_of([](double x) { return std::exp(x); }) ==
        "All numbers are e to the power of the right ones.");
  CHECK(cases.said_of([](double x) { return 1.7 * x; }) ==
        "All numbers are the right ones times one factor, the same in all cases.");
  CHECK(cases.said_of([](double x) { return x - 0.37; }) ==
        "The same number has been added to all the right ones, in all cases.");
}

TEST_CASE("diagnosis: a factor that is an extent or a number of the case is called by its name",
          "[grading][diagnosis]") {
  Cases cases;
  const auto by = [&](auto&& factor) {
    return cases.said([&](const Tensor& t, std::size_t n) {
      return each(t, [&](double x) { return x * factor(n); });
    });
  };
  const auto dk = [&](std::size_t n) {
    return static_cast<double>(cases.known[n].steps[0].tensors[0].shape[1]);
  };
  CHECK(by([&](std::size_t n) { return 1 / dk(n); }) ==
        "All numbers are the right ones divided by dk.");
  CHECK(by([&](std::size_t n) { return std::sqrt(dk(n)); }) ==
        "All numbers are the right ones times the square root of dk.");
  CHECK(by([&](std::size_t n) { return 1.0 / static_cast<double>(cases.right[n].shape[1]); }) ==
        "All numbers are the right ones divided by Tk.");
  CHECK(by([&](std::size_t n) {
          return std::sqrt(dk(n) / static_cast<double>(cases.right[n].shape[0]));
        }) == "All numbers are the right ones times the square root of dk / Tq.");
  CHECK(by([&](std::size_t n) { return cases.known[n].steps[0].tensors[4].values[0]; }) ==
        "All numbers are the right ones times bandwidth.");
  CHECK(by([&](std::size_t n) { return 1.3 + static_cast<double>(n); }) ==
        "All numbers are the right ones times one factor.");
}

TEST_CASE("diagnosis: an extent that is the same in all cases is not guessed at",
          "[grading][diagnosis]") {
  Cases same;
  same.right.clear();
  same.known.clear();
  same.add(2, 5, 7, 1);
  same.add(2, 5, 7, 2);
  CHECK(same.said_of([](double x) { return x / 7; }) ==
        "All numbers are the right ones times one factor, the same in all cases.");
}

TEST_CASE("diagnosis: numbers that stand elsewhere", "[grading][diagnosis]") {
  Cases cases;
  CHECK(cases.said([](const Tensor& t, std::size_t) { return transposed(t); }) ==
        "Rows and columns are exchanged (the result is transposed).");
  const auto moved = [&](auto&& from) {
    return cases.said([&](const Tensor& t, std::size_t) {
      const std::size_t m = t.shape[0], n = t.shape[1];
      return each_cell(t, [&](double, std::size_t i, std::size_t j) {
        from(i, j, m, n);
        return t.values[i * n + j];
      });
    });
  };
  using N = std::size_t;
  CHECK(moved([](N& i, N&, N m, N) { i = m - 1 - i; }) == "The rows are in reverse order.");
  CHECK(moved([](N&, N& j, N, N n) { j = (j + n - 1) % n; }) ==
        "Every column stands one too far right, and the last comes first.");
  CHECK(moved([](N& i, N&, N m, N) { i = (i + 1) % m; }) ==
        "Every row stands one too high, and the first comes last.");
  CHECK(cases.said([](Tensor t, std::size_t) {
    t.shape = {t.values.size()};
    return t;
  }) == "The numbers are right and in the right order, but the shape is another.");
  CHECK(cases.said([&](const Tensor&, std::size_t n) {
    return cases.known[n].steps[0].tensors[0];
  }) == "The numbers are those of keys.");
}

TEST_CASE("diagnosis: two things at once are both named", "[grading][diagnosis]") {
  Cases cases;
  CHECK(cases.said([](const Tensor& t, std::size_t) {
    return each(transposed(t), [](double x) { return 2 * x; });
  }) == "Two things at once: rows and columns are exchanged (the result is transposed), and all "
        "numbers are twice the right ones.");
  CHECK(
      cases.said([&](const Tensor& t, std::size_t n) {
        const double bandwidth = cases.known[n].steps[0].tensors[4].values[0];
        return each(t, [&](double x) { return -bandwidth * x; });
      }) ==
      "Two things at once: all numbers have the opposite sign, and all numbers are the right ones "
      "times bandwidth.");
  for (std::size_t n = 0; n < cases.right.size(); ++n) {
    cases.mistakes.push_back(
        {{"a root forgotten", matrix(cases.right[n].shape[0], cases.right[n].shape[1],
                                     static_cast<unsigned>(n) + 77)}});
  }
  CHECK(cases.said([&](const Tensor&, std::size_t n) {
    return transposed(cases.mistakes[n][0].second);
  }) == "Two mistakes at once: \"a root forgotten\"; and besides, rows and columns are exchanged "
        "(the result is transposed).");
  CHECK(cases.said([&](const Tensor&, std::size_t n) {
    return each_cell(cases.mistakes[n][0].second,
                     [](double x, std::size_t i, std::size_t) { return i == 0 ? 0.0 : x; });
  }) == "Two mistakes at once: \"a root forgotten\"; and besides, the numbers are others in the "
        "first row, and 0 there.");
}

TEST_CASE("diagnosis: that 0 stays 0 is said where nothing else can be", "[grading][diagnosis]") {
  Cases cases;
  for (Tensor& right : cases.right) right.values[1] = right.values[4] = 0.0;
  CHECK(cases.said_of([](double x) { return 1.7 * x; }) ==
        "All numbers are the right ones times one factor, the same in all cases.");
  CHECK(cases.said_of([](double x) { return x * std::cos(x); }) ==
        "The numbers are right only where 0 belongs.");
}

TEST_CASE("diagnosis: which cells are wrong", "[grading][diagnosis]") {
  Cases cases;
  const auto wrong = [&](auto&& where) {
    return cases.said([&](const Tensor& t, std::size_t) {
      return each_cell(t, [&](double x, std::size_t i, std::size_t j) {
        return where(i, j, t.shape[0], t.shape[1]) ? std::cos(x + static_cast<double>(i)) : x;
      });
    });
  };
  using N = std::size_t;
  CHECK(wrong([](N i, N, N m, N) { return i + 1 == m; }) ==
        "The numbers are wrong only in the last row.");
  CHECK(wrong([](N, N j, N, N) { return j == 0; }) ==
        "The numbers are wrong only in the first column.");
  CHECK(wrong([](N i, N, N, N) { return i != 0; }) ==
        "The numbers are wrong only in every row but the first.");
  CHECK(wrong([](N i, N j, N, N) { return i == j; }) ==
        "The numbers are wrong only on the diagonal.");
  CHECK(wrong([](N i, N j, N, N) { return j > i; }) ==
        "The numbers are wrong only above the diagonal.");
  CHECK(cases.said([](const Tensor& t, std::size_t) {
    return each_cell(
        t, [&](double x, std::size_t, std::size_t j) { return j + 1 == t.shape[1] ? 0.0 : x; });
  }) == "The numbers are wrong only in the last column, and 0 there.");
}

TEST_CASE("diagnosis: masked cells, and a query that sees nothing", "[grading][diagnosis]") {
  Cases cases;
  for (std::size_t n = 0; n < 3; ++n) {
    Tensor& right = cases.right[n];
    right.kind = "weight";
    right = each_cell(right, [](double x, std::size_t i, std::size_t j) {
      return i == 1 || j == 2 ? 0.0 : std::abs(x);
    });
    Tensor mask = each_cell(
        right, [](double, std::size_t i, std::size_t j) { return i == 1 || j == 2 ? 0.0 : 1.0; });
    mask.kind = "mask";
    mask.name = "mask";
    cases.known[n].steps[0].tensors.push_back(mask);
  }
  CHECK(cases.said([](const Tensor& t, std::size_t) {
    return each_cell(
        t, [](double x, std::size_t i, std::size_t) { return i == 1 ? not_a_number : x; });
  }) == "NaN for a query that sees nothing; all other numbers are right.");
  CHECK(cases.said([](const Tensor& t, std::size_t) {
    return each_cell(t, [](double x, std::size_t i, std::size_t j) {
      return i == 1 || j == 2 ? 0.125 + static_cast<double>(j) : x;
    });
  }) == "The numbers are wrong only in masked cells.");
  CHECK(cases.said([](const Tensor& t, std::size_t) {
    return each_cell(t, [](double x, std::size_t i, std::size_t j) {
      return i == 1 || j == 2 ? x : x + static_cast<double>(i + j * j + 1);
    });
  }) == "The numbers are wrong only where nothing is masked.");
  CHECK(cases.said_of([](double) { return not_a_number; }) ==
        "Every number is NaN (not a number).");
}

TEST_CASE("diagnosis: zeros, and one number in every cell", "[grading][diagnosis]") {
  Cases cases;
  CHECK(cases.said_of([](double) { return 0.0; }) == "Every number is 0.");
  CHECK(cases.said([](const Tensor& t, std::size_t n) {
    return each(t, [n](double) { return 0.3 + static_cast<double>(n); });
  }) == "Every cell holds the same number.");
}

TEST_CASE("diagnosis: rows that are alike, and every second column", "[grading][diagnosis]") {
  Cases cases;
  CHECK(cases.said([](const Tensor& t, std::size_t) {
    return each_cell(t, [&](double, std::size_t, std::size_t j) { return t.values[j]; });
  }) == "All rows are alike.");
  CHECK(cases.said([](const Tensor& t, std::size_t) {
    return each_cell(t, [](double x, std::size_t, std::size_t j) { return j % 2 == 1 ? 0.0 : x; });
  }) == "The numbers are wrong only in every second column, from the second on, and 0 there.");
}

TEST_CASE("diagnosis: single precision is recognised, and what is merely near is not taken for it",
          "[grading][diagnosis]") {
  Cases cases;
  const std::string single =
      "The numbers are right to about 7 digits: they are computed in single precision (float), and "
      "double is asked for.";
  CHECK(cases.said_of([](double x) { return static_cast<double>(static_cast<float>(x)); }) ==
        single);
  // As a sum in float gives it: some more digits are lost.
  CHECK(cases.said_of([](double x) {
    float sum = 0.0F;
    for (int n = 0; n < 10; ++n) sum += static_cast<float>(x) / 10.0F;
    return static_cast<double>(sum);
  }) == single);
  // A wrong formula in float.
  CHECK(cases.said_of([](double x) { return static_cast<double>(static_cast<float>(x * x)); })
            .find("float") == std::string::npos);
  CHECK(cases.said_of([](double x) { return static_cast<double>(static_cast<float>(1.001 * x)); })
            .find("single precision") == std::string::npos);
  // Small errors in double.
  CHECK(cases.said_of([](double x) { return x + 1e-8; }) == "All numbers are too large by 1e-8.");
  CHECK(cases.said_of([](double x) { return x + 1e-7 * std::sin(1e4 * x); })
            .find("single precision") == std::string::npos);
  CHECK(cases.said_of([](double x) { return std::round(x * 1e4) / 1e4; }) ==
        "The numbers are right, but rounded to 4 decimals; write them with all their digits.");
}

TEST_CASE("diagnosis: a term that is missing, and rows with factors of their own",
          "[grading][diagnosis]") {
  Cases cases;
  CHECK(cases.said([&](const Tensor& t, std::size_t n) {
    const Tensor& b = cases.known[n].steps[0].tensors[3];
    return each_cell(t, [&](double x, std::size_t, std::size_t j) { return x - b.values[j]; });
  }) == "All numbers are the right ones minus b.");
  CHECK(cases.said([&](const Tensor& t, std::size_t n) {
    const Tensor& other = cases.known[n].steps[0].tensors[2];
    return each_cell(t, [&](double x, std::size_t i, std::size_t j) {
      return x * other.values[i * t.shape[1] + j];
    });
  }) == "All numbers are the right ones times other.");
  CHECK(cases.said([](const Tensor& t, std::size_t) {
    return each_cell(t, [](double x, std::size_t i, std::size_t) {
      return x * (1.3 + static_cast<double>(i * i));
    });
  }) == "Each row is the right one times a factor of its own.");
}

TEST_CASE("diagnosis: columns that sum to 1 in place of rows", "[grading][diagnosis]") {
  Cases cases;
  const auto softmax = [](const Tensor& t, bool rows) {
    return each_cell(t, [&](double x, std::size_t i, std::size_t j) {
      double sum = 0.0;
      const std::size_t m = t.shape[0], n = t.shape[1];
      for (std::size_t k = 0; k < (rows ? n : m); ++k)
        sum += std::exp(t.values[rows ? i * n + k : k * n + j]);
      return std::exp(x) / sum;
    });
  };
  std::deque<Tensor> scores = cases.right;
  for (Tensor& t : cases.right) t = softmax(t, true);
  CHECK(cases.said([&](const Tensor&, std::size_t n) { return softmax(scores[n], false); }) ==
        "The columns sum to 1, and the rows should.");
}

TEST_CASE("diagnosis: nothing is said of too few cells, or of numbers without a relation",
          "[grading][diagnosis]") {
  Cases cases;
  CHECK(cases
            .said([](const Tensor& t, std::size_t n) {
              return matrix(t.shape[0], t.shape[1], static_cast<unsigned>(n) + 900);
            })
            .empty());
  CHECK(diagnose({}) == std::nullopt);
  const Tensor one = tensor("scale", {}, {}, {0.5}), two = tensor("scale", {}, {}, {1.0});
  const std::vector<Observation> single{{two, one}};
  CHECK(diagnose(single) == std::nullopt);
  // Two numbers that are twice the right ones: it may be chance. Three are said.
  const Tensor a = tensor("v", {"n"}, {2}, {1, 2}), b = tensor("v", {"n"}, {2}, {2, 4});
  CHECK(diagnose(std::vector<Observation>{{b, a}}) == std::nullopt);
  const Tensor c = tensor("v", {"n"}, {3}, {1, 2, 5}), d = tensor("v", {"n"}, {3}, {2, 4, 10});
  CHECK(diagnose(std::vector<Observation>{{d, c}}) == "All numbers are twice the right ones.");
  const Tensor none = tensor("v", {"n"}, {0}, {});
  CHECK(diagnose(std::vector<Observation>{{none, c}}) == std::nullopt);
  // In one case only: it must hold in all.
  const Tensor e = tensor("v", {"n"}, {3}, {1, 3, 5.5});
  CHECK(diagnose(std::vector<Observation>{{d, c}, {e, c}}) == std::nullopt);
  const Tensor f = tensor("v", {"n"}, {3}, {1, inf, 5});
  CHECK(diagnose(std::vector<Observation>{{f, c}}) == std::nullopt);
}
