/// What the tests of the sandbox share: every guard that works here, and programs in it.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <vector>

#include "attn/grading/process/sandbox.hpp"
#include "tests/support/hostile.hpp"

namespace attn::test {

/// The guards in turn.
inline grading::Guard each_guard() {
  using grading::Guard;
  const Guard guard = GENERATE(Guard::kernel, Guard::bubblewrap);
  if (guard == Guard::bubblewrap && !grading::bubblewrap_works())
    SKIP("bubblewrap does not work here");
  UNSCOPED_INFO((guard == Guard::bubblewrap ? "bubblewrap" : "kernel guard"));
  return guard;
}

inline grading::Sandbox with_program() {
  grading::Sandbox sandbox;
  const std::string folder = hostile_program().parent_path();
  sandbox.read_only = {{folder, folder}};
  return sandbox;
}

inline grading::Sandbox with_processes() {
  grading::Sandbox sandbox = with_program();
  sandbox.processes = true;
  return sandbox;
}

inline grading::Ended try_it(grading::Guard guard, const std::vector<std::string>& arguments,
                             const grading::Sandbox& sandbox = with_program(),
                             const grading::Limits& limits = small_limits()) {
  return run_in(guard, sandbox, hostile(arguments), limits);
}

inline bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace attn::test
