/// Whatever the bytes are, reading them ends in a value or in an InputError with a place.
#include <catch2/catch_test_macros.hpp>
#include <random>

#include "attn/io/npy.hpp"
#include "attn/io/trace_json.hpp"
#include "tests/io/demo_schema.hpp"
#include "tests/io/temporary_folder.hpp"

namespace attn::io::test {
namespace {

const std::string config =
    demo_config +
    "  mask: [[true, 0, 1], [1, false, True]]\n"
    "title: \"Drei Wörter\" # comment\n"
    "parameters: {W: {random: normal, seed: 1, std: .5}, U: &u {fill: 1e-3, shape: [4, 2]}}\n"
    "options:\n  kernels:\n    - gaussian\n    - 'boxcar'\n  scale: 0.5\n  valid_lens: [1, 2]\n"
    "tokens: {keys: [我, \"a\\tb\", c]}\n"
    "expect:\n  weights:\n    values: &v [[.inf, -1.5e3]]\n    tolerance: 1e-3\n    source: >-\n"
    "      text\n      more\n  x: *v\n";

const std::string trace =
    R"({"format": "attn-trace", "version": 1, "chapter": "c", "steps": [{"id": "s", "prose": "ä\u00e4\n",
 "tensors": [{"name": "x", "axes": ["n", "m"], "labels": [["a", "b"], null], "shape": [2, 2],
 "values": [[1, -2.5e-3], ["inf", "nan"]], "kind": "weight"}],
 "plots": [{"series": [{"x": "x", "y": "x", "mark": "line"}]}]}]})";

void read_config(const std::string& text) {
  try {
    load(text);
  } catch (const InputError& error) {
    REQUIRE_FALSE(error.faults().empty());
    for (const Fault& fault : error.faults()) REQUIRE_FALSE(to_string(fault.place).empty());
  }
}

void read_json(const std::string& text) {
  try {
    trace_from_json(text, "a.json");
  } catch (const InputError& error) {
    REQUIRE_FALSE(error.faults().empty());
  }
}

void read_array(const std::string& bytes) {
  try {
    npy_from_bytes(bytes, "x.npy");
  } catch (const InputError& error) {
    REQUIRE_FALSE(error.faults().empty());
  }
}

/// Calls `read` with every prefix, and with `count` random mutations, the same in every run.
template <class Read>
void try_all(const std::string& good, int count, Read&& read) {
  for (std::size_t length = 0; length < good.size(); ++length) read(good.substr(0, length));
  std::mt19937_64 random(1);
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  for (int i = 0; i < count; ++i) {
    std::string bad = good;
    for (std::size_t changes = below(4) + 1; changes > 0; --changes) {
      const std::size_t at = below(bad.size());
      switch (below(4)) {
        case 0:
          bad[at] = static_cast<char>(bad[at] ^ (1 << below(8)));
          break;
        case 1:
          bad.erase(at, below(8) + 1);
          break;
        case 2:
          bad.insert(at, 1, good[below(good.size())]);
          break;
        default:
          bad.insert(at, good.substr(below(good.size()), below(20)));
      }
      if (bad.empty()) bad = " ";
    }
    read(bad);
  }
}

TEST_CASE("load_config: prefixes and mutations of a config are read or refused", "[config][law]") {
  CHECK(faults_of(config).empty());
  try_all(config, 1500, read_config);
}

TEST_CASE("trace_from_json: prefixes and mutations of a trace are read or refused",
          "[trace_json][law]") {
  CHECK_NOTHROW(trace_from_json(trace, "a.json"));
  try_all(trace, 3000, read_json);
  for (std::size_t length = 0; length < trace.size(); ++length) {
    CHECK_THROWS_AS(trace_from_json(trace.substr(0, length), "a.json"), InputError);
  }
}

TEST_CASE("npy_from_bytes: mutations of an array are read or refused", "[npy][law]") {
  for (const char* name : {"float64.npy", "fortran.npy", "version2.npy", "int8.npy"}) {
    try_all(bytes_of(ATTN_SOURCE_DIR "/tests/fixtures/npy/" + std::string(name)), 1500, read_array);
  }
}

}  // namespace
}  // namespace attn::io::test
