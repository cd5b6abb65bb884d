#include <fmt/format.h>

#include <cstdio>

#include "attn/io/trace_json.hpp"
#include "attn/render/difference.hpp"
#include "attn/render/display_width.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/run.hpp"
#include "chapters/registry.hpp"

namespace attn::cli {
namespace {

/// Runs one config and compares. Prints its line, and the difference if there is one.
Status check_one(const std::string& path, std::size_t name_width, bool color) {
  const io::Source source = io::read_source(path);
  // A gradient may be expected as well as a result, so the backward pass is always run.
  const Run ran = run(chapters::named_in(source), source, {}, {.gradients = true});
  const std::vector<trace::Expectation>& expected = ran.config.expectations();
  if (expected.empty()) {
    throw io::InputError(io::Place{.source = path},
                         "has no expect: section, so there is nothing to compare with");
  }
  const std::optional<trace::Difference> difference = trace::first_difference(ran.trace, expected);
  if (!difference) {
    say(fmt::format("ok      {:<{}}  {} tensor{} as expected\n", render::printable(path),
                    name_width, expected.size(), expected.size() == 1 ? "" : "s"));
    return done;
  }
  say(fmt::format("differs {}\n{}", render::printable(path),
                  render::render_difference(*difference, color)));
  return differs;
}

}  // namespace

int check(const std::vector<std::string>& configs, Color color) {
  std::size_t widest = 0;
  for (const std::string& path : configs)
    widest = std::max(widest, render::display_width(render::printable(path)));
  bool differing = false;
  bool unreadable = false;
  for (const std::string& path : configs) {
    try {
      differing |= check_one(path, widest, use_color(color)) == differs;
    } catch (const io::InputError& error) {
      unreadable = true;
      say(fmt::format("invalid {}\n", render::printable(path)));
      fmt::print(stderr, "{}\n", error.what());
    }
  }
  return unreadable ? bad_input : differing ? differs : done;
}

int diff(const std::string& a, const std::string& b, const trace::Tolerance& tolerance) {
  const trace::Trace expected = io::trace_from_json(io::read_source(a).text, a);
  const trace::Trace got = io::trace_from_json(io::read_source(b).text, b);
  const std::optional<trace::Difference> difference =
      trace::first_difference(got, expected, tolerance);
  if (!difference) {
    say(fmt::format("{} and {} agree in every cell\n", render::printable(a), render::printable(b)));
    return done;
  }
  say(fmt::format("{} (expected) and {} (got) differ\n{}", render::printable(a),
                  render::printable(b),
                  render::render_difference(*difference, use_color(Color::automatic))));
  return differs;
}

}  // namespace attn::cli
