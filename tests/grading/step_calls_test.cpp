/// Calls that tell of steps, put into sources that are written in whatever way.
#include "attn/grading/step_calls.hpp"

#include <catch2/catch_test_macros.hpp>
#include <string>

using attn::grading::with_beginnings;
using attn::grading::with_ends_of_steps;

namespace {

/// As an editor of Windows saves it.
std::string elsewhere(const std::string& text) {
  std::string out = "\xef\xbb\xbf";
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

const std::string source =
    "#include \"attn/mechanisms/m.hpp\"\n\nnamespace attn::m {\n\nForward forward(const Mat& x) {\n"
    "  Forward f;\n  f.a = x;\n  f.b = f.a;\n  return f;\n}\n\n}  // namespace attn::m\n";

}  // namespace

TEST_CASE("step calls: a source without calls gets them, whatever ends its lines", "[grading]") {
  const std::string with = with_ends_of_steps("m", source);
  CHECK(with.find("f.a = x;\n  if (!exercise::done(\"m.a\", f.a)) return f;\n") !=
        std::string::npos);
  CHECK(with_ends_of_steps("m", elsewhere(source)) == with);
}

TEST_CASE("step calls: a step is put into a condition, whatever ends the lines", "[grading]") {
  const std::string with = with_ends_of_steps("m", source);
  const std::string left_out = with_beginnings(with, {"m.b"});
  CHECK(left_out.find("if (exercise::begins(\"m.b\")) {   f.b = f.a;\n} ") != std::string::npos);
  CHECK(with_beginnings(elsewhere(with), {"m.b"}) == left_out);
}
