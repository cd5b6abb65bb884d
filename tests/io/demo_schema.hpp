/// A chapter's declaration with a field of every type, and a config for it.
#pragma once

#include <limits>
#include <string>
#include <vector>

#include "attn/io/config.hpp"

namespace attn::io::test {

inline const Schema& demo_schema() {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  static const Schema schema{
      .chapter = "demo",
      .axes = {{"Tq", "number of queries"},
               {"Tk", "number of keys"},
               {"dk", "width of queries and keys"},
               {"dv", "width of values"},
               {"n", ""}},
      .fields =
          {{.path = "inputs.queries",
            .axes = "Tq,dk",
            .meaning = "One query a row.",
            .required = true},
           {.path = "inputs.keys", .axes = "Tk,dk", .meaning = "One key a row.", .required = true},
           {.path = "inputs.values",
            .axes = "Tk,dv",
            .meaning = "",
            .required = true,
            .column = true},
           {.path = "inputs.mask", .type = Type::mask, .axes = "Tq,Tk"},
           {.path = "parameters.W", .axes = "dk,dk"},
           {.path = "parameters.U", .axes = "n,dk"},
           {.path = "parameters.bias", .axes = "dv"},
           {.path = "parameters.cube", .axes = "Tq,Tk,n"},
           {.path = "parameters.gain",
            .axes = "dk",
            .fallback = "{fill: 1}",
            .range = Range{0.0, infinity, true}},
           {.path = "options.bandwidth",
            .type = Type::number,
            .meaning = "Width of the kernel.",
            .fallback = "1",
            .range = Range{0.0, infinity, true}},
           {.path = "options.rate", .type = Type::number, .range = Range{0.0, 1.0}},
           {.path = "options.heads",
            .type = Type::integer,
            .fallback = "1",
            .range = Range{1.0, 64.0}},
           {.path = "options.shift", .type = Type::integer},
           {.path = "options.causal", .type = Type::flag, .fallback = "false"},
           {.path = "options.scale",
            .type = Type::choice,
            .fallback = "sqrt_dk",
            .choices = {"sqrt_dk", "none"},
            .or_number = true},
           {.path = "options.norm",
            .type = Type::choice,
            .fallback = "pre",
            .choices = {"pre", "post"}},
           {.path = "options.kernels",
            .type = Type::choices,
            .fallback = "[gaussian, boxcar]",
            .choices = {"gaussian", "boxcar", "triangular"}},
           {.path = "options.widths", .type = Type::numbers, .range = Range{0.0, infinity, true}},
           {.path = "options.valid_lens",
            .type = Type::integers,
            .axes = "Tq",
            .range = Range{0.0, infinity},
            .at_most_axis = "Tk"},
           {.path = "options.layers", .type = Type::integers},
           {.path = "tokens.queries", .type = Type::tokens, .axes = "Tq"},
           {.path = "tokens.keys", .type = Type::tokens, .axes = "Tk"}},
      .computes = {"Tq,Tk", "Tq,Tk,dk"},
  };
  return schema;
}

/// Two queries and three keys of width 2, a value of width 1 for each key: lines 1 to 5.
inline const std::string demo_config =
    "chapter: demo\n"
    "inputs:\n"
    "  queries: [[1, 2], [3, 4]]\n"
    "  keys: [[1, 0], [0, 1], [1, 1]]\n"
    "  values: [5, 6, 7]\n";

inline Config load(const std::string& yaml, const std::vector<Override>& overrides = {},
                   const std::string& name = "c.yaml") {
  return load_config({name, yaml}, demo_schema(), overrides);
}

/// What is reported, or "" if nothing is wrong.
inline std::string faults_of(const std::string& yaml, const std::vector<Override>& overrides = {},
                             const std::string& name = "c.yaml") {
  try {
    load(yaml, overrides, name);
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

/// The demo config with the value of one field replaced, or added: "section.name", on line 7.
inline std::string with(const std::string& path, const std::string& value) {
  const std::size_t dot = path.find('.');
  const std::string name = path.substr(dot + 1);
  std::string yaml = demo_config;
  const std::size_t line = yaml.find("  " + name + ": ");
  if (path.starts_with("inputs.") && line != std::string::npos) {
    return yaml.replace(line, yaml.find('\n', line) - line, "  " + name + ": " + value);
  }
  if (path.starts_with("inputs.")) return yaml + "  " + name + ": " + value + "\n";
  return yaml + path.substr(0, dot) + ":\n  " + name + ": " + value + "\n";
}

}  // namespace attn::io::test
