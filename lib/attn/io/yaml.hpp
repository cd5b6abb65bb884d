/// A YAML text as a small document tree, with the place of every node.
///
/// The implementation is the only file that includes yaml-cpp. It goes through the parser's events,
/// so that duplicate keys, aliases, tags, depth and size are under our control.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attn/io/fault.hpp"
#include "attn/io/source.hpp"

namespace attn::io {

/// A text in which places are found quickly, however long its lines are.
class Text {
 public:
  explicit Text(Source source);
  const std::string& name() const { return source_.name; }
  const std::string& text() const { return source_.text; }
  const Source& source() const { return source_; }

  /// `line` from 1 and `column` in bytes from 1; the place has its column in characters.
  Place place(std::size_t line, std::size_t column) const;

 private:
  std::size_t characters_before(std::size_t byte) const;

  Source source_;
  std::vector<std::size_t> lines_;       ///< where each begins
  std::vector<std::size_t> characters_;  ///< how many come before each block of bytes
};

struct Entry;

/// A scalar, a sequence, a map, or null (nothing, `~` or `null`).
struct Node {
  enum class Kind { null, scalar, sequence, map };
  Kind kind = Kind::null;
  bool quoted = false;       ///< a scalar in quotes, or a block of text: never a number
  std::uint32_t line = 0;    ///< from 1; 0 for what is not in the text
  std::uint32_t column = 0;  ///< in bytes, from 1
  std::shared_ptr<const Text> source;
  std::string text;            ///< of a scalar
  std::vector<Node> items;     ///< of a sequence
  std::vector<Entry> entries;  ///< of a map, in the order of the text, every key once

  bool is_null() const { return kind == Kind::null; }
  bool is_scalar() const { return kind == Kind::scalar; }
  bool is_sequence() const { return kind == Kind::sequence; }
  bool is_map() const { return kind == Kind::map; }

  /// Where it stands, with the column counted in characters.
  Place place() const;

  /// The value under a key of a map, or nullptr.
  const Node* find(const std::string& key) const;
};

/// `key: value` in a map.
struct Entry {
  Node key;  ///< a scalar
  Node value;
};

/// What a text holds, with the faults that do not keep us from reading on: duplicate keys (the
/// first counts), keys that are not text, merge keys, tags. No more than a hundred are kept.
struct Document {
  Node root;  ///< null for a text without content
  std::vector<Fault> faults;
};

/// No node may be nested deeper than this.
inline constexpr std::size_t max_yaml_depth = 64;

/// No text may have more nodes than this, aliases written out.
inline constexpr std::size_t max_yaml_nodes = std::size_t{1} << 20;

/// \throws InputError if it is not text in UTF-8, not YAML, nested too deep, too large (also by
/// aliases that multiply), or more than one document.
Document parse_yaml(const Source& source);

}  // namespace attn::io
