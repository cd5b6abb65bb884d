/// Writing zip files by hand, with whatever names: PKWARE's APPNOTE, 4.3.6, nothing compressed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace attn::test {

struct ZipEntry {
  std::string name, text;
  std::uint32_t unix_mode = 0100644;  ///< 0120777 is a link, to where the text says
};

inline std::uint32_t crc32(const std::string& text) {
  std::uint32_t crc = 0xFFFFFFFFU;
  for (const char c : text) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ (crc & 1U ? 0xEDB88320U : 0U);
  }
  return ~crc;
}

inline std::string zip(const std::vector<ZipEntry>& entries) {
  std::string out, directory;
  const auto number = [](std::string& to, std::size_t value, int bytes) {
    for (int n = 0; n < bytes; ++n) to += static_cast<char>(value >> (8 * n) & 0xFFU);
  };
  for (const ZipEntry& entry : entries) {
    const std::size_t start = out.size();
    std::string common;
    number(common, 20, 2);        // version that can read it
    number(common, 1U << 11, 2);  // the name is UTF-8
    number(common, 0, 2);         // stored
    number(common, 0, 2);         // time
    number(common, 0x21, 2);      // 1 January 1980
    number(common, crc32(entry.text), 4);
    number(common, entry.text.size(), 4);
    number(common, entry.text.size(), 4);
    number(common, entry.name.size(), 2);
    number(common, 0, 2);  // no extra field
    out += "PK\3\4" + common + entry.name + entry.text;
    directory += "PK\1\2";
    number(directory, 3U << 8 | 20, 2);  // made on Unix
    directory += common;
    number(directory, 0, 2);  // no comment
    number(directory, 0, 2);  // on this disk
    number(directory, 0, 2);
    number(directory, std::size_t{entry.unix_mode} << 16, 4);
    number(directory, start, 4);
    directory += entry.name;
  }
  const std::size_t start = out.size();
  out += directory + "PK\5\6";
  number(out, 0, 4);
  number(out, entries.size(), 2);
  number(out, entries.size(), 2);
  number(out, directory.size(), 4);
  number(out, start, 4);
  number(out, 0, 2);
  return out;
}

}  // namespace attn::test
