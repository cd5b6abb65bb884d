/// What the tests of all chapters ask of the program.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/close.hpp"
#include "tests/support/fixture.hpp"
#include "tests/support/program.hpp"

namespace attn::test {

/// Every tensor of each case of the fixture is what the program gives for the case's config, with
/// gradients, to 1e-12. \param see is called with each trace and what is expected of it
template <class See>
void check_whole_runs(const std::string& chapter, const std::string& fixture, See&& see) {
  for (const Fixture& example : Fixture(fixture)["cases"].items()) {
    CAPTURE(example["name"].text());
    const Folder folder;
    const std::string config = folder.file("case.yaml", example["config"].text());
    const nlohmann::json trace = trace_of({chapter, config, "--gradients"});
    const Fixture expected = example["expected"];
    for (const std::string& name : expected.keys()) {
      CAPTURE(name);
      CHECK(close(values_of(trace, name), expected[name]["data"].numbers(), 1e-12));
    }
    see(trace, expected);
  }
}

inline void check_whole_runs(const std::string& chapter, const std::string& fixture) {
  check_whole_runs(chapter, fixture, [](const nlohmann::json&, const Fixture&) {});
}

/// No tensor of the trace goes unchecked, but those that are `ours` alone.
template <class Ours>
void check_all_expected(const nlohmann::json& trace, const Fixture& expected, Ours&& ours) {
  for (const nlohmann::json& step : trace.at("steps")) {
    for (const nlohmann::json& tensor : step.at("tensors")) {
      const std::string name = tensor.at("name");
      if (ours(name)) continue;
      CAPTURE(name);
      CHECK(expected.has(name));
    }
  }
}

/// The ids of the steps, in their order.
inline std::vector<std::string> ids_of(const nlohmann::json& trace) {
  std::vector<std::string> ids;
  for (const nlohmann::json& step : trace.at("steps")) ids.push_back(step.at("id"));
  return ids;
}

/// A chapter's default with these changes, and gradients.
inline nlohmann::json gradients_with(const std::string& chapter,
                                     const std::vector<std::string>& assignments) {
  std::vector<std::string> args{chapter, "--gradients"};
  for (const std::string& one : assignments) args.insert(args.end(), {"--set", one});
  return trace_of(args);
}

/// What the program says of a chapter's default with these changes, which it must refuse.
inline std::string refused_with(const std::string& chapter,
                                const std::vector<std::string>& assignments) {
  std::vector<std::string> args{chapter};
  for (const std::string& one : assignments) args.insert(args.end(), {"--set", one});
  const Ran ran = run_attn(args);
  CHECK(ran.status == 2);
  CHECK(ran.out.empty());
  return ran.err;
}

}  // namespace attn::test
