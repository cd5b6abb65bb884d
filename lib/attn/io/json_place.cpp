#include "attn/io/json_place.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "attn/io/utf8.hpp"

namespace attn::io {
namespace {

/// Goes through valid JSON from one value to the next.
class Walker {
 public:
  explicit Walker(const std::string& text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    skip_space();
  }

  std::size_t at() const { return at_; }

  /// To the value under a key of the object that begins here. \return false, without having moved,
  /// if there is none. \param to_key stop before the key
  bool enter(std::string_view key, bool to_key) {
    if (peek() != '{') return false;
    const std::size_t start = at_;
    ++at_;
    for (skip_space(); peek() == '"'; next_item()) {
      const std::size_t here = at_;
      const std::string_view found = skip_text();
      if (found == key && to_key) {
        at_ = here;
        return true;
      }
      skip_space();
      ++at_;  // the colon
      skip_space();
      if (found == key) return true;
      skip_value();
    }
    at_ = start;
    return false;
  }

  bool enter(std::size_t index) {
    if (peek() != '[') return false;
    const std::size_t start = at_;
    ++at_;
    for (skip_space(); peek() != ']' && peek() != 0; next_item()) {
      if (index-- == 0) return true;
      skip_value();
    }
    at_ = start;
    return false;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }

  void next_item() {
    skip_space();
    if (peek() == ',') ++at_;
    skip_space();
  }

  /// \return what stands between the quotes, as it is written
  std::string_view skip_text() {
    const std::size_t start = ++at_;
    while (peek() != '"' && peek() != 0) at_ += peek() == '\\' ? 2U : 1U;
    return std::string_view(text_).substr(start, at_++ - start);
  }

  void skip_value() {
    std::size_t depth = 0;
    do {
      const char c = peek();
      if (c == '"') {
        skip_text();
      } else if (c == '{' || c == '[') {
        ++depth;
        ++at_;
      } else if (c == '}' || c == ']') {
        --depth;
        ++at_;
      } else {
        at_ = std::min(text_.find_first_of(",:]}\"[{ \t\r\n", at_ + 1), text_.size());
      }
      if (depth > 0) {
        while (peek() != 0 && std::string_view(",: \t\r\n").find(peek()) != std::string_view::npos)
          ++at_;
      }
    } while (depth > 0 && at_ < text_.size());
  }

  const std::string& text_;
  std::size_t at_ = 0;
};

/// Goes down the path as far as it leads.
void follow(Walker& walker, std::string_view path) {
  while (!path.empty()) {
    if (path.front() == '.') path.remove_prefix(1);
    const std::size_t end = std::min(path.find_first_of(".[", 1), path.size());
    const std::string part(path.substr(0, end));
    path.remove_prefix(end);
    const bool moved = part.starts_with('[')
                           ? walker.enter(std::strtoull(part.c_str() + 1, nullptr, 10))
                           : walker.enter(part, false);
    if (!moved) return;
  }
}

}  // namespace

Place place_of_byte(const std::string& text, const std::string& file, std::size_t offset) {
  const std::string_view before = std::string_view(text).substr(0, offset);
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t newline = before.rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? 0 : newline + 1;
  return {file, lines + 1, utf8_count(before.substr(start)) + 1};
}

Place json_place(const std::string& text, const std::string& file, const std::string& path) {
  Walker walker(text);
  follow(walker, path);
  return place_of_byte(text, file, walker.at());
}

Place json_key_place(const std::string& text, const std::string& file, const std::string& path,
                     const std::string& key) {
  Walker walker(text);
  follow(walker, path);
  walker.enter(key, true);
  return place_of_byte(text, file, walker.at());
}

}  // namespace attn::io
