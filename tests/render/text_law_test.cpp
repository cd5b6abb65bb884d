// What holds for the text of every trace, tried on random ones.
#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <random>

#include "attn/render/display_width.hpp"
#include "attn/render/text.hpp"
#include "tests/render/samples.hpp"

using namespace attn::trace;
using attn::render::display_width;
using attn::render::render_text;
using attn::render::TextOptions;

namespace {

/// Traces of every shape and kind, with names that nobody would choose.
class Sampler {
 public:
  explicit Sampler(std::uint64_t seed) : random_(seed) {}

  std::size_t upto(std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(random_);
  }

  std::string word() {
    static const std::vector<std::string> words{
        "",
        "I",
        "love",
        "我",
        "爱你",
        "🙂",
        "e\u0301",
        "👩‍🔬",
        "müde",
        "\x1b[31m",
        "\t",
        "a\nb",
        "\xff\xfe",
        "[CLS]",
        "\u202e",
        "。",
        "supercalifragilisticexpialidocious-and-then-some-more",
        "汉字汉字汉字汉字汉字汉字汉字"};
    return words[upto(words.size() - 1)];
  }

  std::string words(std::size_t most) {
    std::string text;
    for (std::size_t n = upto(most); n > 0; --n) text += word() + (upto(3) > 0 ? " " : "");
    return text;
  }

  double number(const std::string& kind) {
    static const std::vector<double> odd{std::numeric_limits<double>::infinity(),
                                         -std::numeric_limits<double>::infinity(),
                                         std::nan(""),
                                         0.0,
                                         -0.0,
                                         5e-324,
                                         -1.7976931348623157e308,
                                         1e-18,
                                         1e9};
    if (upto(20) == 0) return odd[upto(odd.size() - 1)];
    const double uniform = std::uniform_real_distribution<double>(0, 1)(random_);
    if (kind == "weight") return uniform;
    if (kind == "mask") return uniform < 0.5 ? 0.0 : 1.0;
    return upto(1) == 0 ? std::floor(20 * uniform) - 10 : std::tan(3 * uniform);
  }

  Tensor tensor(const std::string& name) {
    static const std::vector<std::string> kinds{"", "weight", "mask"};
    Tensor t;
    t.name = name + word();
    t.kind = kinds[upto(2)];
    t.formula = words(5);
    std::size_t cells = 1;
    for (std::size_t rank = upto(4); rank > 0; --rank) {
      const std::size_t extent = upto(9) == 0 ? 30 + upto(60) : 1 + upto(7);
      if (cells * extent > 20000) break;
      cells *= extent;
      t.shape.push_back(extent);
      t.axes.push_back(upto(5) == 0 ? word() : "Tq");
      t.labels.emplace_back();
      if (upto(1) == 0) {
        for (std::size_t i = 0; i < extent; ++i) t.labels.back().push_back(word());
      }
    }
    if (upto(15) == 0) return t;
    for (std::size_t i = 0; i < cells; ++i) t.values.push_back(number(t.kind));
    return t;
  }

  Trace trace() {
    Trace t;
    t.title = words(12);
    t.source = words(12);
    t.axes = {{word(), words(3)}, {"Tk", "keys"}};
    std::vector<std::string> names{"nothing", ""};
    for (std::size_t s = 1 + upto(2); s > 0; --s) {
      Step step;
      step.id = "s" + word();
      step.title = words(12);
      step.formula = words(8);
      step.source = words(4);
      step.prose = words(40);
      for (std::size_t i = upto(4); i > 0; --i) {
        step.tensors.push_back(tensor("t" + std::to_string(names.size())));
        names.push_back(step.tensors.back().name);
      }
      for (std::size_t p = upto(2); p > 0; --p) {
        Plot plot{words(6), {}};
        for (std::size_t i = upto(5); i > 0; --i) {
          const auto mark = upto(1) == 0 ? Series::Mark::line : Series::Mark::points;
          plot.series.push_back({word(), upto(1) == 0 ? "" : names[upto(names.size() - 1)],
                                 names[upto(names.size() - 1)], mark});
        }
        step.plots.push_back(std::move(plot));
      }
      t.steps.push_back(std::move(step));
    }
    return t;
  }

 private:
  std::mt19937_64 random_;
};

/// `text` without the escape sequences that set colours; anything else stays.
std::string without_colors(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\x1b') {
      plain += text[i];
      continue;
    }
    const std::size_t end = text.find_first_not_of("[0123456789;", i + 1);
    REQUIRE((end != std::string::npos && text[end] == 'm'));
    i = end;
  }
  return plain;
}

void check_page(const std::string& text, std::size_t width, bool color) {
  REQUIRE(!text.empty());
  REQUIRE(text.back() == '\n');
  const std::string plain = color ? without_colors(text) : text;
  for (std::size_t start = 0; start < plain.size();) {
    const std::size_t end = plain.find('\n', start);
    const std::string line = plain.substr(start, end - start);
    INFO("width " << width << (color ? ", in colour: " : ": ") << line);
    REQUIRE(display_width(line) <= width);
    REQUIRE((color || line.empty() || line.back() != ' '));
    REQUIRE(attn::render::printable(line) == line);
    start = end + 1;
  }
}

}  // namespace

TEST_CASE("text: no line is too long, ends in a space or has a control in it", "[render][law]") {
  Sampler sampler(20170612);
  for (int round = 0; round < 300; ++round) {
    const Trace trace = sampler.trace();
    for (int i = 0; i < 3; ++i) {
      TextOptions options;
      options.width = 40 + sampler.upto(160);
      options.color = sampler.upto(1) == 0;
      options.precision = static_cast<int>(sampler.upto(17));
      const std::string text = render_text(trace, options);
      check_page(text, options.width, options.color);
      REQUIRE(render_text(trace, options) == text);
    }
  }
}

TEST_CASE("text: a width below 40 counts as 40, and any precision will do", "[render][law]") {
  Sampler sampler(5);
  for (int round = 0; round < 20; ++round) {
    const Trace trace = sampler.trace();
    CHECK(render_text(trace, {.width = 0}) == render_text(trace, {.width = 40}));
    CHECK(render_text(trace, {.precision = 1000}) == render_text(trace, {.precision = 17}));
    CHECK(render_text(trace, {.precision = -3}) == render_text(trace, {.precision = 0}));
  }
}

TEST_CASE("text: every number of a small tensor is on the page", "[render][law]") {
  for (const std::size_t width : {40u, 57u, 80u, 160u}) {
    std::vector<double> values;
    for (int i = 0; i < 11 * 13; ++i) values.push_back(10000 + i);
    const std::string text = render_text(
        attn::test::trace_of(
            {attn::test::step("s", {attn::test::tensor("x", {"n", "m"}, {11, 13}, values)})}),
        {.width = width});
    for (const double value : values) {
      REQUIRE(text.find(std::to_string(static_cast<int>(value))) != std::string::npos);
    }
  }
}

TEST_CASE("text: long names leave room for a long number", "[render][law]") {
  const std::string name(40, 'x');
  const Tensor tensor = attn::test::tensor("t", {name, name}, {1, 1}, {-1.2345678901234567e-308},
                                           "", {{name}, {name}});
  const std::string text = render_text(attn::test::trace_of({attn::test::step("s", {tensor})}),
                                       {.width = 40, .precision = 17});
  CHECK(text.find("-1.2345678901234567e-308\n") != std::string::npos);
}

TEST_CASE("text: no large tensor is dumped", "[render][law]") {
  for (const std::string kind : {"", "weight", "mask"}) {
    for (const std::vector<std::size_t>& shape :
         {std::vector<std::size_t>{5000}, {300, 300}, {9, 100, 100}, {2, 5, 100, 100}}) {
      std::size_t cells = 1;
      for (const std::size_t extent : shape) cells *= extent;
      const Tensor big =
          attn::test::tensor("big", {}, shape, std::vector<double>(cells, 0.5), kind);
      const std::string text =
          render_text(attn::test::trace_of({attn::test::step("s", {big})}), {});
      CHECK(std::count(text.begin(), text.end(), '\n') < 330);
      CHECK(text.find("--npy DIR (big.npy) or --format json") != std::string::npos);
    }
  }
}
