#include "attn/io/npy_header.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "attn/io/config/words.hpp"
#include "attn/io/fault.hpp"

namespace attn::io {
namespace {

/// Reads the header's dictionary, which is Python text such as
/// {'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }
class HeaderReader {
 public:
  HeaderReader(std::string_view text, const std::string& path) : rest_(text), path_(path) {}

  NpyHeader read() {
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      if (!seen_.insert(key).second) fail("its header has " + key + " twice");
      expect(':');
      if (key == "descr") {
        read_type();
      } else if (key == "fortran_order") {
        header_.fortran_order = read_bool();
      } else if (key == "shape") {
        read_shape();
      } else {
        fail("its header has the unknown key " + quote(key));
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_space();
    if (!rest_.empty()) fail("its header has something after the closing brace");
    for (const char* key : {"descr", "fortran_order", "shape"}) {
      if (!seen_.contains(key)) fail(std::string("its header has no ") + key);
    }
    return header_;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { throw InputError({path_}, why); }

  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
  }

  bool accept(char c) {
    skip_space();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (accept(c)) return;
    fail(rest_.empty() ? "its header ends before its dictionary does"
                       : std::string("its header is not a dictionary: expected `") + c + "` at " +
                             quote(rest_));
  }

  std::string quoted() {
    skip_space();
    const char mark = rest_.empty() ? '\0' : rest_.front();
    const std::size_t end = rest_.find(mark, 1);
    if ((mark != '\'' && mark != '"') || end == std::string_view::npos) {
      fail("its header is not a dictionary: expected text in quotes at " + quote(rest_));
    }
    std::string text(rest_.substr(1, end - 1));
    rest_.remove_prefix(end + 1);
    return text;
  }

  bool read_bool() {
    skip_space();
    for (const auto& [name, value] : {std::pair{"True", true}, std::pair{"False", false}}) {
      if (!rest_.starts_with(name)) continue;
      rest_.remove_prefix(std::string_view(name).size());
      return value;
    }
    fail("its header's fortran_order is neither True nor False");
  }

  void read_type() {
    skip_space();
    if (rest_.starts_with('[') || rest_.starts_with('(')) {
      fail("holds records with named fields (a structured array), expected plain numbers");
    }
    const std::string text = quoted();
    std::string_view type = text;
    const char order = type.empty() ? '\0' : type.front();
    if (std::string_view("<>|=").find(order) != std::string_view::npos) type.remove_prefix(1);
    const char kind = type.empty() ? '\0' : type.front();
    if (kind == 'O') fail("holds Python objects, expected numbers; convert with .astype(float)");
    if (kind == 'c') fail("holds complex numbers (" + text + "), expected real ones");
    if (kind == 'S' || kind == 'U' || kind == 'a')
      fail("holds text (" + text + "), expected numbers");
    if (kind == 'M' || kind == 'm') fail("holds dates or times (" + text + "), expected numbers");
    if (kind == 'V') fail("holds raw bytes or records (" + text + "), expected numbers");
    for (const char* known :
         {"f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"}) {
      if (type != known) continue;
      header_.type = {kind, static_cast<std::size_t>(type.back() - '0'), order == '>'};
      return;
    }
    fail("holds numbers of the type " + quote(text) +
         ", expected float16, float32, float64, integers or bool");
  }

  void read_shape() {
    expect('(');
    while (!accept(')')) {
      skip_space();
      std::size_t extent = 0;
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), extent);
      if (error == std::errc::result_out_of_range)
        fail("its header claims an axis of more than 2^64");
      if (error != std::errc{}) fail("its header's shape has no valid extent at " + quote(rest_));
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      if (rest_.starts_with('L')) rest_.remove_prefix(1);  // as Python 2 wrote it
      header_.shape.push_back(extent);
      if (header_.shape.size() > 32) fail("its header claims more than 32 axes");
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
  }

  std::string_view rest_;
  const std::string& path_;
  NpyHeader header_;
  std::set<std::string> seen_;
};

}  // namespace

NpyHeader parse_npy_header(std::string_view bytes, const std::string& path) {
  const auto fail = [&](const std::string& why) { return InputError({path}, why); };
  const auto byte = [&](std::size_t i) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[i]));
  };
  constexpr std::string_view magic = "\x93NUMPY";
  if (!bytes.starts_with(magic)) {
    if (bytes.starts_with("PK\x03\x04"))
      throw fail("is a .npz archive, expected a single .npy array");
    if (bytes.empty()) throw fail("is empty, expected a .npy file");
    if (magic.starts_with(bytes)) throw fail("is truncated: it ends within the header");
    throw fail("is not a .npy file");
  }
  if (bytes.size() < 8) throw fail("is truncated: it ends within the header");
  const std::size_t version = byte(6);
  if (version < 1 || version > 3 || byte(7) != 0) {
    throw fail("is of version " + std::to_string(version) + "." + std::to_string(byte(7)) +
               " of the format, expected 1.0, 2.0 or 3.0");
  }
  const std::size_t length_bytes = version == 1 ? 2 : 4;
  const std::size_t start = 8 + length_bytes;
  if (bytes.size() < start) throw fail("is truncated: it ends within the header");
  std::size_t length = 0;
  for (std::size_t i = length_bytes; i-- > 0;) length = length << 8 | byte(8 + i);
  if (length > bytes.size() - start) throw fail("is truncated: it ends within the header");

  NpyHeader header = HeaderReader(bytes.substr(start, length), path).read();
  header.data = start + length;
  return header;
}

}  // namespace attn::io
