#include <cmath>

#include "attn/core/axes.hpp"
#include "attn/io/config/fields.hpp"
#include "attn/io/json_schema.hpp"
#include "attn/io/suggestions.hpp"

namespace attn::io {
namespace {

/// A cell of the table: no line breaks, and a bar is not the end of the cell.
std::string escaped(const std::string& text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

std::string code(const std::string& text) { return text.empty() ? "" : "`" + escaped(text) + "`"; }

std::string shape_text(const std::string& axes) {
  std::string text;
  for (const std::string& axis : split_axes(axes)) text += (text.empty() ? "" : ", ") + axis;
  return "(" + text + ")";
}

std::string shape_text(const FieldSpec& field) {
  return shape_text(field.axes) +
         (field.or_axes.empty() ? "" : " or " + shape_text(field.or_axes)) +
         (field.or_minus_inf ? " of numbers or -.inf" : "");
}

std::string codes(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const std::string& name : names) quoted.push_back(code(name));
  return alternatives(quoted);
}

std::string among_text(const FieldSpec& field) {
  return field.among.empty() ? "" : ", of " + code(field.among);
}

std::string type_text(const FieldSpec& field) {
  const std::string per_axis = field.axes.empty() ? "" : ", one for each " + field.axes;
  switch (field.type) {
    case Type::tensor:
      return shape_text(field) + (field.range ? ", each " + in_words(field) : "");
    case Type::mask:
      return shape_text(field) + " of true and false";
    case Type::number:
    case Type::integer:
      return in_words(field);
    case Type::flag: {
      std::vector<std::string> ways{"true", "false"};
      for (const std::string& name : field.choices) ways.push_back(code(name));
      if (!field.or_map.empty()) {
        ways.push_back(code("{" + field.or_map + ": n}") + " with " + in_words(field));
      }
      return alternatives(ways);
    }
    case Type::choice:
      return codes(field.choices) + (field.or_number ? " or " + in_words(field) : "");
    case Type::numbers:
      return "a list, each " + in_words(field);
    case Type::integers:
      return in_words(field) + ", or a list of them" + per_axis;
    case Type::choices:
      return "a list of " + codes(field.choices);
    case Type::tokens:
      return "texts" + per_axis + among_text(field);
    case Type::token:
      return "a text" + among_text(field);
  }
  return "";
}

}  // namespace

std::string markdown_table(const Schema& schema) {
  std::string table = "| Field | Shape or type | Default | Meaning |\n|---|---|---|---|\n";
  for (const FieldSpec& field : schema.fields) {
    const std::string fallback = field.required           ? "required"
                                 : field.fallback.empty() ? "none"
                                                          : code(field.fallback);
    table += "| " + code(field.path) + " | " + escaped(type_text(field)) + " | " + fallback +
             " | " + escaped(field.meaning) + " |\n";
  }
  return table;
}

}  // namespace attn::io
