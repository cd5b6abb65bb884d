"""Makes lib/attn/render/width_table.hpp from the Unicode data that come with Python.

    /usr/bin/python3 tests/render/width_table.py > lib/attn/render/width_table.hpp

Wide: East_Asian_Width W or F. Nothing: marks that combine with the character before them (Mn, Me),
invisible format characters (Cf, but the soft hyphen), and the vowels and final consonants of Hangul
that join the syllable before them. Ranges run on over code points that are not assigned.
"""
import sys
import unicodedata


def width(code):
    char = chr(code)
    category = unicodedata.category(char)
    if 0x1160 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF:
        return 0
    if category == "Cn":
        return None
    if category in ("Mn", "Me") or (category == "Cf" and code != 0xAD):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def ranges(wanted):
    found, first, last = [], None, None
    for code in range(0xA0, 0xE0200):
        w = width(code)
        if w == wanted:
            first = code if first is None else first
            last = code
        elif w is not None and first is not None:
            found.append((first, last))
            first = None
    return found + ([(first, last)] if first is not None else [])


def table(name, meaning, wanted):
    print(f"/// {meaning}\ninline constexpr Range {name}[] = {{")
    line = "   "
    for first, last in ranges(wanted):
        entry = f" {{0x{first:X}, 0x{last:X}}},"
        if len(line) + len(entry) > 100:
            print(line)
            line = "   "
        line += entry
    print(line + "\n};\n")


print(f"""/// How many columns a terminal gives a character. Made by tests/render/width_table.py from Unicode
/// {unicodedata.unidata_version}; do not edit.
#pragma once

namespace attn::render {{

struct Range {{
  char32_t first, last;
}};

// clang-format off""")
table("wide", "Two columns. Everything that is in neither table takes one.", 2)
table("zero", "No column: they join the character before them, or are invisible.", 0)
print("// clang-format on\n\n}  // namespace attn::render")
