#include "attn/grading/report/json_fields.hpp"

#include <cmath>
#include <stdexcept>

#include "attn/grading/report/marks.hpp"
#include "attn/io/json_text.hpp"

namespace attn::grading {
namespace {

void require_finite(const char* key, double value) {
  if (std::isfinite(value)) return;
  throw std::invalid_argument(std::string("a result has ") + key + " = " + std::to_string(value) +
                              ", expected a finite number");
}

}  // namespace

JsonFields& JsonFields::text(const char* name, std::string_view value) {
  key(name);
  io::append_json(json_, value);
  return *this;
}

JsonFields& JsonFields::number(const char* name, double value) {
  require_finite(name, value);
  key(name);
  io::append_json(json_, value);
  return *this;
}

JsonFields& JsonFields::points(const char* name, double value) {
  require_finite(name, value);
  key(name);
  json_ += points_text(value);
  return *this;
}

JsonFields& JsonFields::flag(const char* name, bool value) {
  key(name);
  json_ += value ? "true" : "false";
  return *this;
}

JsonFields& JsonFields::key(const char* name) {
  if (!first_) json_ += ", ";
  first_ = false;
  io::append_json(json_, std::string_view(name));
  json_ += ": ";
  return *this;
}

}  // namespace attn::grading
