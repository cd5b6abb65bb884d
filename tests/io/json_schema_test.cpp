#include "attn/io/json_schema.hpp"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "tests/io/demo_schema.hpp"

namespace attn::io::test {
namespace {

using nlohmann::json;

TEST_CASE("json_schema: it is JSON, names every field with its meaning, and allows no others",
          "[json_schema]") {
  const json schema = json::parse(json_schema(demo_schema()));
  CHECK(schema["$schema"] == "http://json-schema.org/draft-07/schema#");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["required"] == json{"chapter", "inputs"});
  CHECK(schema["properties"]["chapter"]["const"] == "demo");
  for (const FieldSpec& field : demo_schema().fields) {
    INFO(field.path);
    const std::size_t dot = field.path.find('.');
    const json& section = schema["properties"][field.path.substr(0, dot)];
    CHECK(section["additionalProperties"] == false);
    const json& value = section["properties"][field.path.substr(dot + 1)];
    CHECK(value["description"].get<std::string>().starts_with(field.meaning));
  }
  CHECK(schema["properties"]["inputs"]["required"] == json{"queries", "keys", "values"});
}

TEST_CASE("json_schema: types, ranges and choices are those of the declaration", "[json_schema]") {
  const json schema = json::parse(json_schema(demo_schema()));
  const json& options = schema["properties"]["options"]["properties"];
  CHECK(options["bandwidth"] ==
        json{{"description", "Width of the kernel."}, {"type", "number"}, {"exclusiveMinimum", 0}});
  CHECK(options["rate"]["minimum"] == 0);
  CHECK(options["rate"]["maximum"] == 1);
  CHECK(options["heads"]["type"] == "integer");
  CHECK(options["causal"]["type"] == "boolean");
  CHECK(options["norm"]["enum"] == json{"pre", "post"});
  CHECK(options["scale"]["anyOf"][0]["enum"] == json{"sqrt_dk", "none"});
  CHECK(options["scale"]["anyOf"][1]["type"] == "number");
  const json& queries = schema["properties"]["inputs"]["properties"]["queries"];
  CHECK(queries["anyOf"][0]["items"]["items"]["type"] == "number");
  // Every reference leads somewhere.
  const std::string text = schema.dump();
  const std::string reference = "\"#/definitions/";
  for (std::size_t i = text.find(reference); i != std::string::npos;
       i = text.find(reference, i + 1)) {
    const std::size_t start = i + reference.size();
    CHECK(schema["definitions"].contains(text.substr(start, text.find('"', start) - start)));
  }
}

TEST_CASE("markdown_table: a row for each field, with bars escaped", "[json_schema]") {
  const Schema schema{
      .chapter = "demo",
      .axes = {},
      .fields =
          {{.path = "inputs.queries", .axes = "Tq,dk", .meaning = "One|row.", .required = true},
           {.path = "options.scale",
            .type = Type::choice,
            .meaning = "Scale.",
            .fallback = "none",
            .choices = {"sqrt_dk", "none"},
            .or_number = true},
           {.path = "options.width", .type = Type::number, .range = Range{0.0, 1.0, true}}},
      .computes = {}};
  CHECK(markdown_table(schema) ==
        "| Field | Shape or type | Default | Meaning |\n"
        "|---|---|---|---|\n"
        "| `inputs.queries` | (Tq, dk) | required | One\\|row. |\n"
        "| `options.scale` | `sqrt_dk` or `none` or a number | `none` | Scale. |\n"
        "| `options.width` | a number above 0 and at most 1 | none |  |\n");
}

}  // namespace
}  // namespace attn::io::test
