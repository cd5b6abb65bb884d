#include "attn/io/json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "attn/io/config/numbers.hpp"
#include "attn/io/config/words.hpp"
#include "attn/io/json_dialect.hpp"
#include "attn/io/json_place.hpp"
#include "attn/io/utf8.hpp"

namespace attn::io {
namespace {

bool special(const std::string& text, double& value) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "inf")
    value = infinity;
  else if (text == "-inf")
    value = -infinity;
  else if (text == "nan")
    value = std::numeric_limits<double>::quiet_NaN();
  else
    return false;
  return true;
}

std::string special_text(double value) {
  return std::isnan(value) ? "nan" : value > 0.0 ? "inf" : "-inf";
}

/// Receives the parser's events; the parser itself keeps no tree and does not recurse.
class TreeBuilder {
 public:
  /// \param longer where the text that is parsed had been made two bytes longer than `text`
  TreeBuilder(const std::string& text, const std::string& file, std::vector<std::size_t> longer)
      : text_(text), file_(file), longer_(std::move(longer)) {}

  Json take() { return std::move(root_); }

  bool null() { return add({}); }
  bool boolean(bool value) {
    return add({.kind = Json::Kind::boolean, .number = value ? 1.0 : 0.0});
  }
  bool number_integer(std::int64_t value) { return add_number(static_cast<double>(value)); }
  bool number_unsigned(std::uint64_t value) { return add_number(static_cast<double>(value)); }
  bool number_float(double value, const std::string&) { return add_number(value); }
  bool binary(std::vector<std::uint8_t>&) { return false; }

  bool string(std::string& value) {
    double number = 0.0;
    if (special(value, number) && in_numbers()) return push_number(number);
    return add({.kind = Json::Kind::text, .text = std::move(value)});
  }

  bool start_object(std::size_t) { return open(Json::Kind::object); }
  bool start_array(std::size_t) { return open(Json::Kind::list); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& name) {
    Open& object = open_.back();
    object.key = std::move(name);
    if (!object.keys.insert(object.key).second) fail("this key is given twice");
    return true;
  }

  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::json::exception& error) {
    if (auto fault = not_text({file_, text_})) throw InputError({*fault});
    if (error.id == 406) fail("a number is out of the range of double precision");
    // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error while …"
    std::string message = error.what();
    const std::size_t start = message.find(": ");
    message = start == std::string::npos ? message : message.substr(start + 2);
    constexpr std::size_t longest = 200;
    if (message.size() > longest) message = message.substr(0, longest) + "…";
    while (const std::size_t bad = first_invalid(message)) message.erase(bad - 1, 1);
    throw InputError(place_of(position), "not valid JSON: " + message);
  }

 private:
  struct Open {
    Json json;
    std::string key;
    std::unordered_set<std::string> keys;
  };

  /// The position, from 1, of the first byte that is not UTF-8; 0 if there is none.
  static std::size_t first_invalid(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
      const std::size_t length = utf8_length(text.substr(i));
      if (length == 0) return i + 1;
      i += length;
    }
    return 0;
  }

  Place place_of(std::size_t bytes_read) const {
    const auto before_it = std::lower_bound(longer_.begin(), longer_.end(), bytes_read);
    bytes_read -= 2 * static_cast<std::size_t>(before_it - longer_.begin());
    return place_of_byte(text_, file_,
                         std::min(std::max<std::size_t>(bytes_read, 1) - 1, text_.size()));
  }

  /// The path of the value that is being read: steps[0].tensors[1].values[2].
  std::string path() const {
    std::string path;
    for (const Open& open : open_) {
      if (open.json.kind == Json::Kind::list) {
        path += "[" + std::to_string(open.json.size()) + "]";
      } else {
        path += (path.empty() ? "" : ".") + open.key;
      }
    }
    return path;
  }

  [[noreturn]] void fail(const std::string& why) const {
    const std::string at = path();
    throw InputError(json_place(text_, file_, at), (at.empty() ? "" : at + ": ") + why);
  }

  bool in_numbers() const {
    return !open_.empty() && open_.back().json.kind == Json::Kind::list &&
           open_.back().json.items.empty();
  }

  bool push_number(double value) {
    if (++numbers_ > max_json_numbers) {
      fail("the file has more than " + std::to_string(max_json_numbers) + " numbers");
    }
    open_.back().json.numbers.push_back(value);
    return true;
  }

  bool add_number(double value) {
    if (in_numbers()) return push_number(value);
    return add({.kind = Json::Kind::number, .number = value});
  }

  void count_values(std::size_t more) {
    values_ += more;
    if (values_ > max_json_values) {
      fail("the file has more than " + std::to_string(max_json_values) +
           " values other than numbers in lists");
    }
  }

  bool open(Json::Kind kind) {
    if (open_.size() == max_json_depth) {
      throw InputError(json_place(text_, file_, path()),
                       "nested more than " + std::to_string(max_json_depth) + " levels deep");
    }
    open_.push_back({});
    open_.back().json.kind = kind;
    return true;
  }

  bool close() {
    Json done = std::move(open_.back().json);
    open_.pop_back();
    return add(std::move(done));
  }

  bool add(Json json) {
    count_values(1);
    if (open_.empty()) {
      root_ = std::move(json);
      return true;
    }
    Open& parent = open_.back();
    if (parent.json.kind == Json::Kind::object) {
      parent.json.members.emplace_back(parent.key, std::move(json));
    } else {
      unpack(parent.json);
      parent.json.items.push_back(std::move(json));
    }
    return true;
  }

  /// A list that turns out to have other things than numbers.
  void unpack(Json& list) {
    count_values(list.numbers.size());
    for (const double value : list.numbers) {
      Json item{.kind = Json::Kind::number, .number = value};
      if (!std::isfinite(value)) item = {.kind = Json::Kind::text, .text = special_text(value)};
      list.items.push_back(std::move(item));
    }
    list.numbers = {};
  }

  const std::string& text_;
  const std::string& file_;
  std::vector<std::size_t> longer_;
  Json root_;
  std::vector<Open> open_;
  std::size_t values_ = 0, numbers_ = 0;
};

}  // namespace

const Json* Json::find(const std::string& key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

Json parse_json(const std::string& text, const std::string& file) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
    throw InputError({file, 1, 1}, "the file is empty, expected JSON");
  }
  const std::optional<PlainJson> plain = plain_json(text);
  TreeBuilder builder(text, file, plain ? plain->longer : std::vector<std::size_t>{});
  nlohmann::json::sax_parse(plain ? plain->text : text, &builder);
  return builder.take();
}

std::string describe(const Json& json) {
  switch (json.kind) {
    case Json::Kind::null:
      return "null";
    case Json::Kind::boolean:
      return json.number != 0.0 ? "true" : "false";
    case Json::Kind::number:
      return "the number " + to_text(json.number);
    case Json::Kind::text:
      return "text " + quote(json.text);
    case Json::Kind::list:
      return "a list";
    case Json::Kind::object:
      return "an object";
  }
  return "";
}

}  // namespace attn::io
