/// Sources taken apart and put together again: small made-up ones, written by hand.
#include "attn/grading/marks.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/message.hpp"

using namespace attn::grading;
using attn::test::message_of;

namespace {

/// A mechanism with all that can stand in one.
const std::string source = R"source(#include "attn/mechanisms/demo.hpp"

#include <cmath>

#include "attn/core/axes.hpp"
#include "attn/core/matmul.hpp"
#include "attn/mechanisms/inputs.hpp"

namespace attn::demo {
namespace {

/// Belongs to no step.
double twice(double x) { return 2.0 * x; }

// step: weights
/// On one line.
double helped(double x) { return x * x; }

// step: context, d_keys
/// Of two steps.
Mat pulled(const Mat& a,
           const Mat& b) {
  Mat sum = a;

  sum += b;  // all of it
  return sum;
}

}  // namespace

// step: factor
/// A step by itself.
double factor(std::size_t n) {
  // the root
  return 1.0 / std::sqrt(static_cast<double>(n));
}

Forward forward(const Mat& queries, const Mat& keys) {
  expect_equal_widths(queries, keys);
  Forward f;
  f.scores = matmul_nt(queries, keys);  // eq. (1)
  f.scaled =
      twice(0.5) *
      f.scores;  // eq. (2); more words
  expect_squares(f.scaled);
  f.weights = zeros(rows(queries), rows(keys));
  for (std::size_t i = 0; i < rows(queries); ++i) {
    f.weights(i, 0) = helped(f.scaled(i, 0));
  }
  // what comes next
  f.context = pulled(f.weights, keys);
  return f;
}

Backward backward(const Forward& forward, const Mat& d_context) {
  Backward b;
  b.d_weights = 2.0 * d_context;
  const Mat rest = b.d_weights;

  // forward was: scores = queries keys^T
  b.d_keys = pulled(rest, forward.scores);
  return b;
}

}  // namespace attn::demo
)source";

StepIds ids_of(const Marked& marked) {
  StepIds ids;
  for (const MarkedStep& step : marked.steps) ids.insert(step.id);
  return ids;
}

std::string blank_all(const Marked& marked, const std::map<std::string, std::string>& notes) {
  return blanked(marked, ids_of(marked), notes);
}

std::string whole_key(const Marked& marked,
                      const std::map<std::string, std::vector<std::string>>& mistakes) {
  return answer_key(marked, ids_of(marked), mistakes);
}

Marked demo() { return take_apart("demo", source); }

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t n = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

std::string code_of(const std::string& id) {
  const Marked marked = demo();
  const MarkedStep* step = marked.find(id);
  return step == nullptr ? "(none)" : step->code;
}

const std::string include = "#include \"attn/core/exercise.hpp\"\n";

}  // namespace

TEST_CASE("marks: statements and marked functions are the steps", "[grading][marks]") {
  std::vector<std::string> ids;
  const Marked marked = demo();
  for (const MarkedStep& step : marked.steps) ids.push_back(step.id);
  CHECK(ids == std::vector<std::string>{"demo.scores", "demo.scaled", "demo.weights",
                                        "demo.context", "demo.d_weights", "demo.d_keys",
                                        "demo.factor"});
  CHECK(marked.find("demo.scores")->object == "f");
  CHECK(marked.find("demo.d_keys")->object == "b");
  CHECK(marked.find("demo.factor")->object.empty());
  CHECK(marked.find("demo.factor")->signature == "double factor(std::size_t n)");
  CHECK(marked.find("demo.nothing") == nullptr);
  REQUIRE(marked.helpers.size() == 2);
  CHECK(marked.helpers[0].steps == std::vector<std::string>{"demo.weights"});
  CHECK(marked.helpers[1].steps == std::vector<std::string>{"demo.context", "demo.d_keys"});
}

TEST_CASE("marks: a step is its statement and the code that follows directly", "[grading][marks]") {
  CHECK(code_of("demo.scores") == "  f.scores = matmul_nt(queries, keys);  // eq. (1)\n");
  CHECK(code_of("demo.scaled") ==
        "  f.scaled =\n      twice(0.5) *\n      f.scores;  // eq. (2); more words\n");
  CHECK(code_of("demo.weights") ==
        "  f.weights = zeros(rows(queries), rows(keys));\n"
        "  for (std::size_t i = 0; i < rows(queries); ++i) {\n"
        "    f.weights(i, 0) = helped(f.scaled(i, 0));\n  }\n");
  CHECK(code_of("demo.context") == "  f.context = pulled(f.weights, keys);\n");
  CHECK(code_of("demo.d_weights") ==
        "  b.d_weights = 2.0 * d_context;\n  const Mat rest = b.d_weights;\n");
  CHECK(code_of("demo.factor") ==
        "\n  // the root\n  return 1.0 / std::sqrt(static_cast<double>(n));\n");
}

TEST_CASE("marks: a function on one line can be a step", "[grading][marks]") {
  const std::string text =
      "namespace attn {\n// step: one\n/// Words.\n"
      "double one(double x) { return x; }  // eq. (7)\n"
      "double other() {\n  return 2.0;\n}\n}\n";
  const Marked marked = take_apart("m", text);
  REQUIRE(marked.steps.size() == 1);
  CHECK(marked.steps[0].signature == "double one(double x)");
  CHECK(marked.steps[0].code == " return x; ");
  CHECK(contains(blank_all(marked, {}), "double other() {\n  return 2.0;\n}\n"));
}

TEST_CASE("marks: a signature may take lines and its body one", "[grading][marks]") {
  const std::string text =
      "// step: one\ndouble one(double x,\n           double y) {\n  return x + y;\n}\n\n"
      "// step: two\ndouble two(double x,\n           double y) { return x; }\n\n"
      "double three() { return 3.0; }\n";
  const Marked marked = take_apart("m", text);
  REQUIRE(marked.steps.size() == 2);
  CHECK(marked.steps[0].signature == "double one(double x,\n           double y)");
  CHECK(marked.steps[1].code == " return x; ");
  CHECK(contains(blank_all(marked, {}), "double three() { return 3.0; }"));
}

TEST_CASE("marks: blocks inside a function do not end it", "[grading][marks]") {
  const std::string text =
      "// step: one\ndouble one(double x) {\n  if (x > 0.0) {\n    x += 1.0;\n  }\n  return "
      "x;\n}\n";
  const Marked marked = take_apart("m", text);
  REQUIRE(marked.steps.size() == 1);
  CHECK(marked.steps[0].code == "\n  if (x > 0.0) {\n    x += 1.0;\n  }\n  return x;\n");
  CHECK_FALSE(contains(blank_all(marked, {}), "return x;"));
}

TEST_CASE("marks: the student's source has no code of any step", "[grading][marks]") {
  const std::string text = blank_all(demo(), {});
  for (const MarkedStep& step : demo().steps) CHECK_FALSE(contains(text, step.code));
  for (const char* part : {"matmul_nt(", "twice(0.5)", "f.weights =", "f.weights(", "helped",
                           "pulled", "sqrt(", "d_context;", "// step:"}) {
    INFO(part);
    CHECK_FALSE(contains(text, part));
  }
  for (const char* part : {"double twice(double x) { return 2.0 * x; }", "expect_equal_widths(",
                           "expect_squares(f.scaled);", "// what comes next", "Forward f;",
                           "Backward b;", "return b;", "// forward was: scores"}) {
    INFO(part);
    CHECK(contains(text, part));
  }
  CHECK_FALSE(contains(text, "\n\n\n"));
}

TEST_CASE("marks: each blank step has its note and the call that ends it", "[grading][marks]") {
  const std::string words =
      "STEP demo.scores (2 points): a long formula with many words, so many that they do not fit "
      "on one line of a hundred columns, and go on.";
  const std::string text = blank_all(demo(), {{"demo.scores", words}, {"demo.factor", "STEP f"}});
  // However the note is broken into lines, they have no more than 100 columns.
  const std::size_t begin = text.find("  // STEP demo.scores");
  const std::size_t end = text.find("\n  if (", begin);
  REQUIRE(begin != std::string::npos);
  CHECK(text.substr(0, begin).ends_with("  Forward f;\n"));
  CHECK(text.substr(end).starts_with(
      "\n  if (exercise::begins(\"demo.scores\")) {\n\n  }\n"
      "  if (!exercise::done(\"demo.scores\", f.scores)) return f;\n"));
  std::string note;
  std::istringstream lines(text.substr(begin, end - begin));
  std::size_t count_lines = 0;
  for (std::string line; std::getline(lines, line); ++count_lines) {
    CHECK(line.size() <= 100);
    REQUIRE(line.starts_with("  // "));
    note += (note.empty() ? "" : " ") + line.substr(5);
  }
  CHECK(note == words);
  CHECK(count_lines == 2);
  // Without a note it is blank all the same.
  CHECK(contains(text,
                 "  // scaled\n  if (exercise::begins(\"demo.scaled\")) {\n\n  }\n"
                 "  if (!exercise::done(\"demo.scaled\", f.scaled)) return f;\n\n"
                 "  expect_squares(f.scaled);\n"));
  CHECK(contains(text, "if (!exercise::done(\"demo.d_keys\", b.d_keys)) return b;\n"));
  CHECK(contains(text,
                 "/// A step by itself.\ndouble factor(std::size_t n) {\n"
                 "  double factor = not_written;\n  // STEP f\n"
                 "  if (exercise::begins(\"demo.factor\")) {\n\n  }\n"
                 "  exercise::done(\"demo.factor\", factor);\n  return factor;\n}\n"));
  CHECK(count(text, "exercise::done") == 7);
}

TEST_CASE("marks: the answer key keeps everything", "[grading][marks]") {
  const std::string text = whole_key(demo(), {});
  for (const MarkedStep& step : demo().steps) {
    INFO(step.id);
    CHECK(contains(text, step.code));
    CHECK(contains(text, "exercise::done(\"" + step.id + "\""));
  }
  for (const std::string& line : demo().lines) {
    if (line.starts_with("// step:") || line.starts_with("double factor")) continue;
    INFO(line);
    CHECK(contains(text, line));
  }
  CHECK(count(text, "exercise::done") == 7);
  CHECK_FALSE(contains(text, "exercise::mistaken"));
}

TEST_CASE("marks: known mistakes run in place of their step", "[grading][marks]") {
  const std::string text =
      whole_key(demo(), {{"demo.scores", {"f.scores = queries;", "f.scores = keys;  // odd"}},
                         {"demo.factor", {"return 1.0;"}}});
  CHECK(contains(text,
                 "  if (exercise::mistaken(\"demo.scores/1\")) {\nf.scores = queries;\n  } else"
                 "  if (exercise::mistaken(\"demo.scores/2\")) {\nf.scores = keys;  // odd\n  } "
                 "else {\n  f.scores = matmul_nt(queries, keys);  // eq. (1)\n  }\n"
                 "  if (!exercise::done(\"demo.scores\", f.scores)) return f;\n"));
  CHECK(contains(text,
                 "  if (exercise::mistaken(\"demo.factor/1\")) result = [&]() -> double {\n"
                 "return 1.0;\n}();\n  else  result = [&]() -> double {\n  // the root\n"));
  CHECK(contains(text, "  exercise::done(\"demo.factor\", result);\n  return result;\n}\n"));
}

TEST_CASE("marks: the header of exercises is included once and in its order", "[grading][marks]") {
  for (const std::string& text : {blank_all(demo(), {}), whole_key(demo(), {})}) {
    CHECK(count(text, include) == 1);
    CHECK(contains(text, "#include \"attn/core/axes.hpp\"\n" + include +
                             "#include \"attn/core/matmul.hpp\"\n"));
  }
  const auto of = [](const std::string& text) { return blank_all(take_apart("m", text), {}); };
  const std::string own = "#include \"attn/mechanisms/m.hpp\"\n\n";
  // No header of ours at all.
  CHECK(of(own + "#include <cmath>\n\nnamespace attn::m {\n}\n") ==
        own + "#include <cmath>\n\n" + include + "\nnamespace attn::m {\n}\n");
  CHECK(of(own + "namespace attn::m {\n}\n") == own + include + "\nnamespace attn::m {\n}\n");
  // Only headers that come before it.
  CHECK(of(own + "#include \"attn/core/axes.hpp\"\n\nnamespace attn::m {\nnamespace {\n}\n}\n") ==
        own + "#include \"attn/core/axes.hpp\"\n\n" + include +
            "\nnamespace attn::m {\nnamespace {\n}\n}\n");
  // Only headers that come after it.
  CHECK(of(own + "#include \"attn/mechanisms/inputs.hpp\"\n\nnamespace attn::m {\n}\n") ==
        own + include + "#include \"attn/mechanisms/inputs.hpp\"\n\nnamespace attn::m {\n}\n");
}

TEST_CASE("marks: a mark without names or without a function is an error",
          "[grading][marks][errors]") {
  const auto said = [](const std::string& text) {
    return message_of<std::runtime_error>([&] { take_apart("m", text); });
  };
  CHECK(said("// step: a\n") == "m: no function after the line \"// step: a\"");
  CHECK(said("// step: a\n/// Words.\n\ndouble x() { return 1.0; }\n") ==
        "m: no function after the line \"// step: a\"");
  CHECK(said("// step: a\ndouble x() {\n  return 1.0;\n") ==
        "m: no function after the line \"// step: a\"");
  CHECK(said("// step: \ndouble x() { return 1.0; }\n") ==
        "m: a name is missing in the line \"// step: \"");
  CHECK(said("// step: a, \ndouble x() { return 1.0; }\n") ==
        "m: a name is missing in the line \"// step: a, \"");
  CHECK(take_apart("m", "// step:  a \ndouble x() { return 1.0; }\n").steps.front().id == "m.a");
}

TEST_CASE("marks: fields are read from a header however they are broken", "[grading][marks]") {
  const auto fields = fields_of(R"source(
/// As in `Field{}`.
    visit(Field{"scores", "Tq,Tk", "S = Q K^T", "eq. (1)"}, self.scores);
    visit(Field{"masked", "Tq,Tk",
                "a formula, with commas, that is "
                "broken",
                "section \"3\" \\ more", Kind::score},
          self.masked);
    visit(Field{"scale", ""}, self.scale);
    visit(Field{
        "d_keys", "Tk,dk", "dK"}, self.d_keys);
)source");
  REQUIRE(fields.size() == 4);
  CHECK(fields.at("scores").axes == "Tq,Tk");
  CHECK(fields.at("scores").formula == "S = Q K^T");
  CHECK(fields.at("scores").source == "eq. (1)");
  CHECK(fields.at("masked").formula == "a formula, with commas, that is broken");
  CHECK(fields.at("masked").source == "section \"3\" \\ more");
  CHECK(fields.at("scale").axes.empty());
  CHECK(fields.at("scale").formula.empty());
  CHECK(fields.at("d_keys").axes == "Tk,dk");
  CHECK(fields.at("d_keys").source.empty());
}

TEST_CASE("marks: only the steps that are asked for are blank, with those that share a helper",
          "[grading][marks]") {
  const Marked marked = demo();
  CHECK(bound_together(marked, {"demo.scores", "other.scores"}) == StepIds{"demo.scores"});
  const StepIds bound = bound_together(marked, {"demo.context"});
  CHECK(bound == StepIds{"demo.context", "demo.d_keys"});
  const std::string text = blanked(marked, bound, {{"demo.context", "STEP c"}});
  CHECK(contains(text, "  f.scores = matmul_nt(queries, keys);  // eq. (1)\n"));
  CHECK(contains(text, "double helped(double x) { return x * x; }"));
  CHECK(contains(text,
                 "  // STEP c\n  if (exercise::begins(\"demo.context\")) {\n\n  }\n"
                 "  if (!exercise::done(\"demo.context\", f.context)) return f;\n"));
  CHECK_FALSE(contains(text, "pulled"));
  const std::string key = answer_key(marked, bound, {});
  CHECK(count(key, "exercise::done(") == 2);
  CHECK(contains(key, "pulled"));
}

TEST_CASE("marks: a step in a function that returns nothing ends it without a value",
          "[grading][marks]") {
  const Marked marked = take_apart("m",
                                   "namespace attn::m {\n"
                                   "/// Fills in.\n"
                                   "void fill(Backward& b, const Mat& x,\n"
                                   "          const Mat& y) {\n"
                                   "  b.d_x = x * y;\n"
                                   "}\n\n"
                                   "Mat other(const Mat& x) {\n"
                                   "  Forward f;\n\n"
                                   "  f.y = x;\n"
                                   "  return f;\n"
                                   "}\n"
                                   "}  // namespace attn::m\n");
  const std::string text = blank_all(marked, {});
  CHECK(contains(text, "if (!exercise::done(\"m.d_x\", b.d_x)) return;\n"));
  CHECK(contains(text, "if (!exercise::done(\"m.y\", f.y)) return f;\n"));
  CHECK(contains(whole_key(marked, {}), "if (!exercise::done(\"m.d_x\", b.d_x)) return;\n"));
}

TEST_CASE("marks: a hollow source has its functions and none of their code", "[grading][marks]") {
  const std::string text = hollow(demo(), "Why.");
  CHECK(contains(text, "#include \"attn/mechanisms/demo.hpp\"\n"));
  CHECK(contains(
      text, "namespace attn::demo {\n\n// Why.\n\ndouble factor(std::size_t n) { return {}; }\n"));
  CHECK(contains(
      text, "Backward backward(const Forward& forward, const Mat& d_context) { return {}; }\n"));
  CHECK(text.ends_with("}  // namespace attn::demo\n"));
  for (const char* code : {"helped", "pulled", "twice", "=", "sqrt", "///"}) {
    INFO(code);
    CHECK_FALSE(contains(text, code));
  }
}

TEST_CASE("marks: code is known again under another name of its result", "[grading][marks]") {
  const auto of = [](const std::string& line) {
    return nameless(take_apart("m", "Forward forward() {\n" + line + "}\n").steps.at(0));
  };
  CHECK(of("  f.a = softmax(f.b);\n") == of("  f.c =\n      softmax(f.b);  // why\n"));
  CHECK(of("  f.a = zeros(1);\n  f.a(0) = 1;\n") == of("  f.b = zeros(1);\n  f.b(0) = 1;\n"));
  CHECK(of("  f.a = softmax(f.b);\n") != of("  f.a = softmax(f.c);\n"));
  CHECK(of("  f.a = f.ab;\n") != of("  f.b = f.bb;\n"));
}
