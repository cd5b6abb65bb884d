// How a page opens and ends, and what a heading keeps: written by hand from the rules.
#include <catch2/catch_test_macros.hpp>

#include "attn/render/text.hpp"
#include "tests/render/samples.hpp"

using namespace attn::trace;
using attn::render::render_text;
using attn::test::step;
using attn::test::tensor;
using attn::test::trace_of;

namespace {

Trace whole() {
  Trace trace = trace_of({step("s", {})});
  trace.problem = "Something is wanted. How?";
  trace.seen = "It was 3.";
  trace.tries = {{"./attn sample --set a=1", "One."}, {"./attn sample --set a=2", "Two."}};
  trace.next = "other";
  trace.page = "docs/chapters/sample.md";
  return trace;
}

}  // namespace

TEST_CASE("text: a page opens with the problem and ends with what was seen",
          "[render][reference]") {
  CHECK(render_text(whole(), {.width = 40}) == R"(A sample

Something is wanted. How?

── 1 · Step s ───────────────────── s ──

── What was seen ───────────────────────

   It was 3.

── What to try ─────────────────────────

   ./attn sample --set a=1
     One.

   ./attn sample --set a=2
     Two.

   The next chapter: ./attn other
   More about this one:
   docs/chapters/sample.md
)");
}

TEST_CASE("text: some steps alone have neither opening nor end", "[render][reference]") {
  CHECK(render_text(whole(), {.width = 40, .only = {0}}) == R"(A sample

── 1 · Step s ───────────────────── s ──
)");
}

TEST_CASE("text: an id that leaves the title no room stands below it, whole",
          "[render][reference]") {
  Trace trace = trace_of({step("decoder.layer1.feed_forward", {})});
  CHECK(render_text(trace, {.width = 44}) == R"(A sample

── 1 · Step decoder.layer1.feed_forward ────
   decoder.layer1.feed_forward
)");
}

TEST_CASE("text: a column that has a name has digits of its own", "[render][reference]") {
  const Trace trace = trace_of(
      {step("s", {tensor("t", {"n", "measure"}, {2, 3}, {6, 2.0 / 3, 1e-9, 12, 1.0 / 3, 2.5e-9}, "",
                         {{}, {"count", "share", "tiny"}})})});
  const std::string text = render_text(trace, {.width = 60});
  CHECK(text.substr(text.find("   t (")) == R"(   t (n=2, measure=3)
     n↓ measure→  count   share    tiny
             [0]      6  0.6667  1.0e-9
             [1]     12  0.3333  2.5e-9
)");
}

TEST_CASE("text: opening and end cannot drive the terminal either", "[render][errors]") {
  const std::string evil = "\x1b]0;owned\x07\x1b[2J\r\b";
  Trace trace = trace_of({step("s", {})});
  trace.problem = trace.seen = trace.next = trace.page = evil;
  trace.tries = {{evil, evil}};
  for (const char c : render_text(trace, {})) {
    REQUIRE((c == '\n' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)));
  }
}
