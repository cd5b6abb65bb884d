/// Writes the fields of a JSON object, one after another.
#pragma once

#include <string>
#include <string_view>

namespace attn::grading {

/// Appends `{"name": value, …` to a text; `close` appends the `}`.
class JsonFields {
 public:
  explicit JsonFields(std::string& json) : json_(json) { json_ += '{'; }

  JsonFields& text(const char* name, std::string_view value);
  /// \throws std::invalid_argument if the number is not finite: JSON cannot say it.
  JsonFields& number(const char* name, double value);
  /// The same, without the noise that sums of fractions have.
  JsonFields& points(const char* name, double value);
  JsonFields& flag(const char* name, bool value);
  /// The value is what the caller appends to the text next.
  JsonFields& key(const char* name);
  void close() { json_ += '}'; }

 private:
  std::string& json_;
  bool first_ = true;
};

}  // namespace attn::grading
