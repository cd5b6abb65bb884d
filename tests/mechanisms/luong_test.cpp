#include "attn/mechanisms/luong.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/message.hpp"
#include "tests/support/random.hpp"
#include "tests/support/recurrent.hpp"

namespace attn::luong {
using namespace attn::test;
using luong_attention::Reach;

namespace {

const std::vector<std::size_t> target{3, 2, 3, 0};
const Decoding led{.start = 1, .stop = 0, .target = target};

Decoding greedy(std::size_t limit) { return {.start = 1, .stop = 0, .limit = limit}; }

/// [W C], the matrix of [y; h~].
Mat beside(const Mat& W, const Mat& C) {
  Mat both = zeros(rows(W), cols(W) + cols(C));
  for (std::size_t i = 0; i < rows(W); ++i) {
    for (std::size_t j = 0; j < cols(W); ++j) both(i, j) = W(i, j);
    for (std::size_t j = 0; j < cols(C); ++j) both(i, cols(W) + j) = C(i, j);
  }
  return both;
}

/// A model with Tx = 5, dh = 3, ds = 2, dy = 4, dc = 6, da = 7, dp = 8, Vy = 9.
template <class Cell>
Params<Cell> with_cell(Cell cell, bool input_feeding, Reach reach, luong_score::Params score) {
  Params<Cell> p{.E = random_mat(9, 4, 1, 0.5),
                 .cell = std::move(cell),
                 .input_feeding = input_feeding,
                 .attention = {.reach = reach,
                               .score = std::move(score),
                               .attentional = {random_mat(6, 5, 2, 0.5)}},
                 .readout = {random_mat(9, 6, 3, 0.5), random_vec(9, 4, 0.5)}};
  p.attention.position = {random_mat(8, 2, 5, 0.5), random_vec(8, 6, 0.5)};
  p.attention.window.D = 2;
  return p;
}

Params<rnn::Params> simple(bool input_feeding = true, Reach reach = Reach::global) {
  return with_cell(random_rnn(input_feeding ? 10 : 4, 2, 10), input_feeding, reach,
                   general::Params{random_mat(2, 3, 7, 0.5)});
}

const Mat annotations = random_mat(5, 3, 20);
const State start{random_vec(2, 21)};

/// Every parameter and input against central differences.
template <class Cell, class CheckCell>
void check_all(Params<Cell> p, State first, CheckCell&& check_cell) {
  Mat memory = annotations;
  const Mat d_logits = random_mat(target.size(), 9, 22);
  const auto loss = [&] {
    const Forward<Cell> f = decode(p, memory, first, led);
    double sum = 0.0;
    for (std::size_t t = 0; t < f.steps.size(); ++t) {
      sum += inner(f.steps[t].readout.logits, row(d_logits, t));
    }
    return sum;
  };
  const Backward<Cell> b = backward(p, memory, decode(p, memory, first, led), d_logits);
  REQUIRE(b.complete);
  CHECK(check_gradient(loss, p.E, b.d_E));
  CHECK(check_gradient(loss, memory, b.d_annotations));
  CHECK(check_gradient(loss, first.h, b.d_start.h));
  if (first.c.size() > 0) CHECK(check_gradient(loss, first.c, b.d_start.c));
  CHECK(check_gradient(loss, p.readout.W_o, b.readout.d_W_o));
  CHECK(check_gradient(loss, p.readout.b_o, b.readout.d_b_o));
  CHECK(check_gradient(loss, p.attention.attentional.W_c, b.attention.attentional.W_c));
  CHECK(check_gradient(loss, p.attention.position.W_p, b.attention.position.W_p));
  CHECK(check_gradient(loss, p.attention.position.v_p, b.attention.position.v_p));
  if (auto* score = std::get_if<general::Params>(&p.attention.score)) {
    CHECK(check_gradient(loss, score->W_a, std::get<general::Params>(b.attention.score).W_a));
  }
  if (auto* score = std::get_if<concat::Params>(&p.attention.score)) {
    CHECK(check_gradient(loss, score->W_a, std::get<concat::Params>(b.attention.score).W_a));
    CHECK(check_gradient(loss, score->v_a, std::get<concat::Params>(b.attention.score).v_a));
  }
  if (auto* score = std::get_if<location::Params>(&p.attention.score)) {
    CHECK(check_gradient(loss, score->W_a, std::get<location::Params>(b.attention.score).W_a));
  }
  check_cell(loss, p.cell, b.cell);
}

/// A whole case of the fixture.
template <class Cell>
void compare(const Fixture& c, Cell cell) {
  const Fixture& given = c["given"];
  const Fixture& options = c["options"];
  const std::string score = options["score"].text();
  const std::string reach = options["attention"].text();
  Params<Cell> p;
  p.E = given["decoder.E"].mat();
  p.cell = std::move(cell);
  p.input_feeding = options["input_feeding"].flag();
  p.readout = {given["W_o"].mat(), given["b_o"].vec()};
  p.attention.attentional = {given["W_c"].mat()};
  if (score == "general") p.attention.score = general::Params{given["general.W_a"].mat()};
  if (score == "concat") {
    p.attention.score = concat::Params{given["concat.W_a"].mat(), given["concat.v_a"].vec()};
  }
  if (score == "location") p.attention.score = location::Params{given["location.W_a"].mat()};
  if (reach != "global") {
    p.attention.reach = reach == "local-m" ? Reach::local_m : Reach::local_p;
    p.attention.window.D = options["D"].integer();
    p.attention.window.centre = options.has("centre") ? local::Centre::floor : local::Centre::real;
    p.attention.window.renormalise = options.has("renormalise");
    p.attention.hold_at_end = options.has("past_end");
  }
  if (reach == "local-p") {
    p.attention.position = {given["local.W_p"].mat(), given["local.v_p"].vec()};
  }
  State first{given["h_0"].vec()};
  if (given.has("c_0")) first.c = given["c_0"].vec();
  std::vector<std::size_t> words;
  for (const std::uint64_t word : c["target"].integers()) words.push_back(word);
  const Mat memory = given["annotations"].mat();

  const Forward<Cell> f =
      decode(p, memory, first, {.start = c["start"].integer(), .target = words});
  CHECK(close(f.states(), c["states"].mat(), 1e-12));
  CHECK(close(f.alignment(), c["alignment"].mat(), 1e-12));
  for (std::size_t t = 0; t < f.steps.size(); ++t) {
    CHECK(close(f.steps[t].readout.logits, row(c["logits"].mat(), t), 1e-12));
  }
  const Backward<Cell> b = backward(p, memory, f, c["d_logits"].mat());
  const Fixture& d = c["gradients"];
  CHECK(close(b.d_E, d["decoder.E"].mat(), 1e-12));
  CHECK(close(b.d_annotations, d["annotations"].mat(), 1e-12));
  CHECK(close(b.d_start.h, d["h_0"].vec(), 1e-12));
  if (d.has("c_0")) CHECK(close(b.d_start.c, d["c_0"].vec(), 1e-12));
  CHECK(close(b.readout.d_W_o, d["W_o"].mat(), 1e-12));
  CHECK(close(b.readout.d_b_o, d["b_o"].vec(), 1e-12));
  CHECK(close(b.attention.attentional.W_c, d["W_c"].mat(), 1e-12));
  if (reach == "local-p") {
    CHECK(close(b.attention.position.W_p, d["local.W_p"].mat(), 1e-12));
    CHECK(close(b.attention.position.v_p, d["local.v_p"].vec(), 1e-12));
  }
  if (score == "general") {
    CHECK(close(std::get<general::Params>(b.attention.score).W_a, d["general.W_a"].mat(), 1e-12));
  }
  if (score == "concat") {
    CHECK(close(std::get<concat::Params>(b.attention.score).W_a, d["concat.W_a"].mat(), 1e-12));
    CHECK(close(std::get<concat::Params>(b.attention.score).v_a, d["concat.v_a"].vec(), 1e-12));
  }
  if (score == "location") {
    CHECK(close(std::get<location::Params>(b.attention.score).W_a, d["location.W_a"].mat(), 1e-12));
  }
  recurrent::Cell<Cell>::Gradients::each(b.cell, [&](const Field& field, const auto& value) {
    const std::string name = "decoder." + std::string(field.name.substr(2));
    CAPTURE(name);
    if (name == "decoder.X") return;
    using Value = std::remove_cvref_t<decltype(value)>;
    if constexpr (std::is_same_v<Value, Mat>) {
      std::string fed = name;
      if (name.starts_with("decoder.W") && p.input_feeding) {
        fed[8] = 'C';
        CHECK(close(value, beside(d[name].mat(), d[fed].mat()), 1e-12));
        return;
      }
    }
    CHECK(close(value, d[name].template as<Value>(), 1e-12));
  });
}

}  // namespace

TEST_CASE("luong: the rows of the alignment sum to 1, and there is one for each word",
          "[luong][law]") {
  const Forward<rnn::Params> f = decode(simple(), annotations, start, led);
  const Mat alignment = f.alignment();
  REQUIRE(shape_of(alignment) == Shape{4, 5});
  for (std::size_t t = 0; t < 4; ++t) {
    double sum = 0.0;
    for (std::size_t s = 0; s < 5; ++s) sum += alignment(t, s);
    CHECK(close(sum, 1.0, 1e-15));
  }
}

TEST_CASE("luong: each step reads the word that was to come before", "[luong][law]") {
  const Forward<rnn::Params> f = decode(simple(), annotations, start, led);
  std::vector<std::size_t> read;
  for (const Step<rnn::Params>& step : f.steps) read.push_back(step.read);
  CHECK(read == std::vector<std::size_t>{1, 3, 2, 3});
}

TEST_CASE("luong: without input feeding the states do not depend on the source", "[luong][law]") {
  const Params<rnn::Params> p = simple(false);
  const Mat other = random_mat(5, 3, 30);
  CHECK(close(decode(p, annotations, start, led).states(), decode(p, other, start, led).states(),
              0.0));
  const Params<rnn::Params> fed = simple(true);
  CHECK_FALSE(close(decode(fed, annotations, start, led).states(),
                    decode(fed, other, start, led).states(), 1e-6));
}

TEST_CASE("luong: greedy decoding reads its own words and ends with the stop word or the limit",
          "[luong][law]") {
  Params<rnn::Params> p = simple();
  const Forward<rnn::Params> f = decode(p, annotations, start, greedy(7));
  for (std::size_t t = 0; t < f.steps.size(); ++t) {
    CHECK(f.steps[t].word == most_likely(f.steps[t].readout.probabilities));
    if (t > 0) CHECK(f.steps[t].read == f.steps[t - 1].word);
  }
  p.readout.W_o = zeros(9, 6);
  p.readout.b_o = Vec{0, 0, 0, 0, 0, 0, 9, 0, 0};
  CHECK(decode(p, annotations, start, greedy(7)).steps.size() == 7);
  CHECK(decode(p, annotations, start, greedy(1)).steps.size() == 1);
  p.readout.b_o = Vec{9, 0, 0, 0, 0, 0, 0, 0, 0};
  CHECK(decode(p, annotations, start, greedy(7)).steps.size() == 1);
}

TEST_CASE("luong: told the words that it chose, it does the same", "[luong][law]") {
  const Params<rnn::Params> p = simple();
  const Forward<rnn::Params> f = decode(p, annotations, start, greedy(6));
  std::vector<std::size_t> words;
  for (const Step<rnn::Params>& step : f.steps) words.push_back(step.word);
  CHECK(close(decode(p, annotations, start, {.start = 1, .stop = 0, .target = words}).alignment(),
              f.alignment(), 0.0));
}

TEST_CASE("luong: gradients agree with central differences", "[luong][gradient]") {
  const auto check_rnn = [](auto& loss, rnn::Params& cell, const rnn::Gradients& d) {
    CHECK(check_gradient(loss, cell.W, d.d_W));
    CHECK(check_gradient(loss, cell.U, d.d_U));
    CHECK(check_gradient(loss, cell.b, d.d_b));
  };
  for (const Reach reach : {Reach::global, Reach::local_m, Reach::local_p}) {
    CAPTURE(static_cast<int>(reach));
    for (const bool input_feeding : {false, true}) {
      check_all(simple(input_feeding, reach), start, check_rnn);
    }
  }
  check_all(with_cell(random_rnn(10, 2, 10), true, Reach::local_p,
                      concat::Params{random_mat(7, 5, 40), random_vec(7, 41)}),
            start, check_rnn);
  check_all(
      with_cell(random_rnn(10, 2, 10), true, Reach::global, location::Params{random_mat(5, 2, 42)}),
      start, check_rnn);
}

TEST_CASE("luong: gradients through gated cells agree with central differences",
          "[luong][gradient]") {
  check_all(
      with_cell(random_gru(10, 2, 50), true, Reach::local_p, general::Params{random_mat(2, 3, 51)}),
      start, [](auto& loss, gru::Params& cell, const gru::Gradients& d) {
        CHECK(check_gradient(loss, cell.W_z, d.d_W_z));
        CHECK(check_gradient(loss, cell.W_r, d.d_W_r));
        CHECK(check_gradient(loss, cell.W, d.d_W));
        CHECK(check_gradient(loss, cell.U, d.d_U));
        CHECK(check_gradient(loss, cell.b_u, d.d_b_u));
      });
  check_all(
      with_cell(random_lstm(10, 2, 52), true, Reach::global, general::Params{random_mat(2, 3, 53)}),
      {random_vec(2, 54), random_vec(2, 55)},
      [](auto& loss, lstm::Params& cell, const lstm::Gradients& d) {
        CHECK(check_gradient(loss, cell.W_i, d.d_W_i));
        CHECK(check_gradient(loss, cell.W_f, d.d_W_f));
        CHECK(check_gradient(loss, cell.W_o, d.d_W_o));
        CHECK(check_gradient(loss, cell.W_g, d.d_W_g));
        CHECK(check_gradient(loss, cell.U_g, d.d_U_g));
      });
}

TEST_CASE("luong: everything is as PyTorch computes it", "[luong][reference]") {
  for (const Fixture& c : Fixture("luong")["cases"].items()) {
    INFO(c.path());
    const Fixture& given = c["given"];
    const bool fed = c["options"]["input_feeding"].flag();
    const auto W = [&](const std::string& gate) {
      const Mat words = given["decoder.W" + gate].mat();
      return fed ? beside(words, given["decoder.C" + gate].mat()) : words;
    };
    const auto U = [&](const std::string& gate) { return given["decoder.U" + gate].mat(); };
    const auto b = [&](const std::string& gate) { return given["decoder.b" + gate].vec(); };
    const std::string cell = c["options"]["cell"].text();
    if (cell == "rnn") compare(c, rnn::Params{W(""), U(""), b("")});
    if (cell == "gru") {
      const Fixture& options = c["options"];
      compare(c,
              gru::Params{W("_z"), W("_r"), W(""), U("_z"), U("_r"), U(""), b("_z"), b("_r"), b(""),
                          b("_u"), options.has("reset") ? gru::Reset::after : gru::Reset::before,
                          options.has("update") ? gru::Update::keeps_old : gru::Update::takes_new});
    }
    if (cell == "lstm") {
      compare(c, lstm::Params{W("_i"), W("_f"), W("_o"), W("_g"), U("_i"), U("_f"), U("_o"),
                              U("_g"), b("_i"), b("_f"), b("_o"), b("_g")});
    }
  }
}

TEST_CASE("luong: errors name the tensor and what was expected", "[luong][errors]") {
  Params<rnn::Params> p = simple();
  CHECK(message_of<ShapeError>([&] { decode(p, zeros(0, 3), start, led); }) ==
        "annotations has shape (0, 3): axis Tx is empty");
  CHECK(message_of<std::invalid_argument>([&] { decode(p, annotations, start, {.start = 9}); }) ==
        "start is word 9 of a vocabulary of 9");
  CHECK(message_of<std::invalid_argument>([&] { decode(p, annotations, start, greedy(0)); }) ==
        "the limit is 0 words");
  p.attention.score = location::Params{zeros(6, 2)};
  CHECK(message_of<ShapeError>([&] { decode(p, annotations, start, greedy(3)); }) ==
        "W_a has shape (6, 2), expected (5, 2), that is (Tk, dq): the location score has a row for "
        "each position of the sentence, and so fits one length only");
  p = simple();
  CHECK(message_of<ShapeError>(
            [&] { backward(p, annotations, decode(p, annotations, start, led), zeros(3, 9)); }) ==
        "d_logits has shape (3, 9), expected (4, 9), that is (Ty, Vy): one row for each step");
}

}  // namespace attn::luong
