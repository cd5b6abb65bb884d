#include "attn/io/json_schema.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "attn/core/axes.hpp"
#include "attn/io/json_text.hpp"

namespace attn::io {
namespace {

/// A JSON value that knows its own layout: objects in the order in which they were filled.
class Object {
 public:
  Object& add(const std::string& key, const std::string& json) {
    body_ += body_.empty() ? "" : ", ";
    append_json(body_, key);
    body_ += ": " + json;
    return *this;
  }
  std::string json() const { return "{" + body_ + "}"; }

 private:
  std::string body_;
};

std::string text(const std::string& value) {
  std::string json;
  append_json(json, value);
  return json;
}

std::string number(double value) {
  std::string json;
  append_json(json, value);
  return json;
}

std::string list(const std::vector<std::string>& items) {
  std::string json;
  for (const std::string& item : items) json += (json.empty() ? "" : ", ") + item;
  return "[" + json + "]";
}

std::string any_of(const std::vector<std::string>& schemas) {
  return Object().add("anyOf", list(schemas)).json();
}

std::string list_of(const std::string& item) {
  return Object().add("type", text("array")).add("items", item).add("minItems", "1").json();
}

std::string names(const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  for (const std::string& value : values) quoted.push_back(text(value));
  return Object().add("enum", list(quoted)).json();
}

std::string reference(const std::string& definition) {
  return Object().add("$ref", text("#/definitions/" + definition)).json();
}

std::string number_schema(const FieldSpec& field, const char* type) {
  Object object;
  object.add("type", text(type));
  if (field.range && std::isfinite(field.range->low)) {
    object.add(field.range->open_low ? "exclusiveMinimum" : "minimum", number(field.range->low));
  }
  if (field.range && std::isfinite(field.range->high)) {
    object.add("maximum", number(field.range->high));
  }
  return object.json();
}

std::string tensor_schema(const FieldSpec& field) {
  const bool mask = field.type == Type::mask;
  std::string literal = mask ? reference("truth") : number_schema(field, "number");
  const std::size_t axes = split_axes(field.axes).size();
  for (std::size_t i = 0; i < axes; ++i) literal = list_of(literal);
  std::vector<std::string> ways{literal};
  if (!field.or_axes.empty()) {
    std::string other = number_schema(field, "number");
    for (std::size_t i = 0; i < split_axes(field.or_axes).size(); ++i) other = list_of(other);
    ways.push_back(other);
  }
  if (field.column && axes == 2) ways.push_back(list_of(number_schema(field, "number")));
  ways.push_back(reference("file"));
  if (!mask) {
    for (const char* way : {"random", "spread", "fill"}) ways.push_back(reference(way));
    if (axes == 2) ways.push_back(reference("identity"));
  }
  return any_of(ways);
}

std::string choice_schema(const FieldSpec& field) {
  const std::string one = names(field.choices);
  return field.or_number ? any_of({one, number_schema(field, "number")}) : one;
}

std::string flag_schema(const FieldSpec& field) {
  std::vector<std::string> ways{Object().add("type", text("boolean")).json()};
  if (!field.choices.empty()) ways.push_back(names(field.choices));
  if (!field.or_map.empty()) {
    ways.push_back(
        Object()
            .add("type", text("object"))
            .add("properties", Object().add(field.or_map, number_schema(field, "integer")).json())
            .add("required", list({text(field.or_map)}))
            .add("additionalProperties", "false")
            .json());
  }
  return ways.size() == 1 ? ways.front() : any_of(ways);
}

std::string value_schema(const FieldSpec& field) {
  switch (field.type) {
    case Type::tensor:
    case Type::mask:
      return tensor_schema(field);
    case Type::number:
      return number_schema(field, "number");
    case Type::integer:
      return number_schema(field, "integer");
    case Type::flag:
      return flag_schema(field);
    case Type::choice:
      return choice_schema(field);
    case Type::numbers:
      return list_of(number_schema(field, "number"));
    case Type::integers: {
      const std::string one = number_schema(field, "integer");
      return any_of({one, list_of(one)});
    }
    case Type::choices: {
      const std::string one = choice_schema(field);
      const std::string many = list_of(one);
      return any_of({one, many.substr(0, many.size() - 1) + ", \"uniqueItems\": true}"});
    }
    case Type::tokens:
      return list_of(R"({"type": ["string", "number", "boolean"]})");
    case Type::token:
      return R"({"type": ["string", "number", "boolean"]})";
  }
  return "{}";
}

/// What every config knows, whatever its chapter.
const char* const definitions = R"({
  "truth": {"enum": [true, false, 0, 1]},
  "file": {"type": "object", "properties": {"file": {"type": "string"}}, "required": ["file"],
    "additionalProperties": false},
  "shape": {"type": "array", "items": {"type": "integer", "minimum": 1}},
  "seed": {"type": "integer", "minimum": 0, "maximum": 9223372036854775807},
  "random": {"type": "object", "properties": {"random": {"enum": ["xavier_uniform", "xavier_normal", "he_uniform", "he_normal"]},
    "seed": {"$ref": "#/definitions/seed"}, "shape": {"$ref": "#/definitions/shape"}},
    "required": ["random", "seed"], "additionalProperties": false},
  "spread": {"anyOf": [
    {"type": "object", "properties": {"random": {"const": "uniform"}, "low": {"type": "number"}, "high": {"type": "number"},
      "seed": {"$ref": "#/definitions/seed"}, "shape": {"$ref": "#/definitions/shape"}},
      "required": ["random", "seed"], "additionalProperties": false},
    {"type": "object", "properties": {"random": {"const": "normal"}, "mean": {"type": "number"}, "std": {"type": "number", "minimum": 0},
      "seed": {"$ref": "#/definitions/seed"}, "shape": {"$ref": "#/definitions/shape"}},
      "required": ["random", "seed"], "additionalProperties": false}]},
  "fill": {"type": "object", "properties": {"fill": {"type": "number"}, "shape": {"$ref": "#/definitions/shape"}},
    "required": ["fill"], "additionalProperties": false},
  "identity": {"type": "object", "properties": {"identity": {"const": true}, "shape": {"$ref": "#/definitions/shape"}},
    "required": ["identity"], "additionalProperties": false},
  "expected": {"anyOf": [{"type": "array"}, {"type": ["number", "boolean"]},
    {"type": "object", "properties": {"values": {"type": ["array", "number", "boolean"]}, "file": {"type": "string"},
      "tolerance": {"type": "number", "minimum": 0}, "relative": {"type": "number", "minimum": 0}, "source": {"type": "string"}},
      "oneOf": [{"required": ["values"]}, {"required": ["file"]}], "additionalProperties": false}]}
 })";

/// A section, or the whole: what it contains by the first part of the path.
struct Section {
  std::string name;
  std::vector<Section> inside;
  const FieldSpec* field = nullptr;

  Section& child(const std::string& wanted) {
    for (Section& section : inside) {
      if (section.name == wanted) return section;
    }
    return inside.emplace_back(Section{.name = wanted, .inside = {}, .field = nullptr});
  }

  bool has_required() const {
    return field != nullptr ? field->required
                            : std::any_of(inside.begin(), inside.end(),
                                          [](const Section& one) { return one.has_required(); });
  }
};

std::string description(const FieldSpec& field) {
  std::string said = field.meaning;
  if (!field.axes.empty())
    said += (said.empty() ? "" : " ") +
            ("Axes: " + field.axes + (field.or_axes.empty() ? "" : ", or " + field.or_axes) + ".");
  if (field.rows_in) {
    const std::vector<std::string> axes = split_axes(field.axes);
    said += " It multiplies from the right: fan_in is " + axes[axes.size() - 2] + ".";
  }
  return said;
}

std::string section_schema(const Section& section, const std::string& indent);

/// `"key": {…}` for everything inside, a line each.
std::string properties(const Section& section, const std::string& indent) {
  std::string json;
  for (const Section& inner : section.inside) {
    json += (json.empty() ? "\n" : ",\n") + indent + text(inner.name) + ": ";
    if (inner.field == nullptr) {
      json += section_schema(inner, indent + "  ");
      continue;
    }
    // A description beside the value's own keywords: an object that wraps them.
    std::string value = value_schema(*inner.field);
    Object about;
    about.add("description", text(description(*inner.field)));
    json += about.json().substr(0, about.json().size() - 1) + ", " + value.substr(1);
  }
  return json;
}

std::string required_names(const Section& section) {
  std::vector<std::string> required;
  for (const Section& inner : section.inside) {
    if (inner.has_required()) required.push_back(text(inner.name));
  }
  return list(required);
}

std::string section_schema(const Section& section, const std::string& indent) {
  // An empty section, all of whose lines are comments, is none: what is required is missing then.
  const std::string required = required_names(section);
  const char* type = required == "[]" ? R"(["object", "null"])" : R"("object")";
  return std::string("{\"type\": ") + type +
         ", \"additionalProperties\": false, \"required\": " + required + ", \"properties\": {" +
         properties(section, indent) + "}}";
}

Section tree_of(const Schema& schema) {
  Section root;
  for (const FieldSpec& field : schema.fields) {
    Section* section = &root;
    std::size_t start = 0;
    for (std::size_t dot = 0; dot != std::string::npos; start = dot + 1) {
      dot = field.path.find('.', start);
      section = &section->child(field.path.substr(start, dot - start));
    }
    section->field = &field;
  }
  return root;
}

}  // namespace

std::string json_schema(const Schema& schema) {
  const Section root = tree_of(schema);
  std::string required = required_names(root);
  required = "[\"chapter\"" + (required == "[]" ? "]" : ", " + required.substr(1));
  return "{\"$schema\": \"http://json-schema.org/draft-07/schema#\",\n \"title\": " +
         text("attn config: " + schema.chapter) +
         ",\n \"type\": \"object\",\n \"additionalProperties\": false,\n \"required\": " +
         required + ",\n \"properties\": {\n  \"chapter\": {\"const\": " + text(schema.chapter) +
         "},\n  \"title\": {\"type\": [\"string\", \"number\", \"boolean\", \"null\"]},\n  "
         "\"expect\": {\"type\": [\"object\", \"null\"], "
         "\"additionalProperties\": {\"$ref\": \"#/definitions/expected\"}}" +
         (root.inside.empty() ? "" : ",") + properties(root, "  ") +
         "},\n \"definitions\": " + definitions + "}\n";
}

}  // namespace attn::io
