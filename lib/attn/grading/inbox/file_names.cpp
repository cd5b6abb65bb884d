#include "attn/grading/inbox/file_names.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "attn/io/suggestions.hpp"

namespace attn::grading {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// Takes what is in UTF-8 apart; a byte that is no text stands for itself.
std::u32string code_points(std::string_view text) {
  std::u32string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC0 || at + length > text.size()) {
      out += lead;
      ++at;
      continue;
    }
    char32_t c = lead & (0xFFU >> (length + 1));
    for (std::size_t k = 1; k < length; ++k) {
      c = c << 6U | (static_cast<unsigned char>(text[at + k]) & 0x3FU);
    }
    out += c;
    at += length;
  }
  return out;
}

void append(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  const int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
  static constexpr std::array<unsigned, 4> leads{0, 0xC0, 0xE0, 0xF0};
  out += static_cast<char>(leads[static_cast<std::size_t>(more)] | c >> (6 * more));
  for (int k = more - 1; k >= 0; --k) out += static_cast<char>(0x80U | (c >> (6 * k) & 0x3FU));
}

/// Every space a space, every dash a dash, full-width letters narrow; what has no width is dropped.
std::string tidied(std::string_view name) {
  std::string out;
  for (const char32_t c : code_points(name)) {
    if (c == 0xA0 || (c >= 0x2000 && c <= 0x200A) || c == 0x202F || c == 0x3000) {
      out += ' ';
    } else if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) {
      out += '-';
    } else if (c >= 0xFF01 && c <= 0xFF5E) {
      out += static_cast<char>(c - 0xFF01 + 0x21);
    } else if (!(c >= 0x200B && c <= 0x200F) && c != 0x2060 && c != 0xFEFF && c != 0xAD) {
      append(out, c);
    }
  }
  const std::size_t start = out.find_first_not_of(' ');
  if (start == std::string::npos) return "";
  return out.substr(start, out.find_last_not_of(' ') + 1 - start);
}

bool take_end(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end) || text.size() == end.size()) return false;
  text.remove_suffix(end.size());
  return true;
}

bool take_start(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start) || text.size() == start.size()) return false;
  text.remove_prefix(start.size());
  return true;
}

/// Takes "(1)", "-1", " 1" and the like off the end of a small-lettered stem.
bool take_number(std::string_view& stem) {
  std::string_view rest = stem;
  const bool bracket = rest.ends_with(')');
  if (bracket) rest.remove_suffix(1);
  std::size_t digits = 0;
  while (digits < rest.size() && is_digit(rest[rest.size() - 1 - digits])) ++digits;
  if (digits == 0 || digits > 6 || digits >= rest.size()) return false;
  rest.remove_suffix(digits);
  if (!take_end(rest, bracket ? "(" : "-") && (bracket || !take_end(rest, " "))) return false;
  while (bracket && (take_end(rest, " ") || take_end(rest, "_") || take_end(rest, "-"))) {
  }
  stem = rest;
  return true;
}

/// As the systems of several countries call a copy.
bool take_copy(std::string_view& stem) {
  static constexpr std::array<std::string_view, 8> befores{"copy of ",  "kopie von ", "copie de ",
                                                           "copia de ", "copy_of_",   "kopie van ",
                                                           "kopia ",    "cópia de "};
  static constexpr std::array<std::string_view, 9> afters{" - copy",  " - kopie", " - copie",
                                                          " - copia", " - kopia", " copy",
                                                          " kopie",   " copie",   " copia"};
  return std::any_of(befores.begin(), befores.end(),
                     [&](std::string_view words) { return take_start(stem, words); }) ||
         std::any_of(afters.begin(), afters.end(),
                     [&](std::string_view words) { return take_end(stem, words); });
}

/// The stem in small letters without what systems and browsers add to it.
std::string_view without_copies(std::string_view stem) {
  while (take_number(stem) || take_copy(stem)) {
  }
  return stem;
}

/// Without separators.
std::string squashed(std::string_view stem) {
  std::string out;
  for (const char c : stem) {
    if (c != '_' && c != '-' && c != ' ') out += c;
  }
  return out;
}

/// Could a platform have put this before a name? It ends with a number: of a person, of
/// a submission, of the time; or with Moodle's word.
bool is_platform_prefix(std::string_view prefix) {
  if (prefix.ends_with("_assignsubmission_file")) return true;
  std::size_t digits = 0;
  while (digits < prefix.size() && is_digit(prefix[prefix.size() - 1 - digits])) ++digits;
  if (digits == 0) return false;
  if (digits == prefix.size()) return true;
  const char before = prefix[prefix.size() - 1 - digits];
  return before == '_' || before == '-' || before == ' ';
}

/// Takes the endings of a source off a tidied name; what is left is the stem.
bool take_source_end(std::string_view& name, std::string_view original) {
  static constexpr std::array<std::string_view, 5> ends{".cpp", ".cc", ".cxx", ".c++", ".cp"};
  if (take_end(name, ".txt") || take_end(name, ".download")) {
    original = original.substr(0, name.size());
  }
  bool any = original.ends_with(".C") && take_end(name, ".c");
  while (std::any_of(ends.begin(), ends.end(),
                     [&](std::string_view end) { return take_end(name, end); })) {
    any = true;
  }
  return any;
}

/// Is it the wanted stem (in small letters) with what platforms, browsers and systems add?
bool explains(std::string_view name, std::string_view wanted) {
  const std::string_view stem = without_copies(name);
  if (squashed(stem) == squashed(wanted)) return true;
  // What stands before the name must be a platform's; what stands before that is anybody's.
  for (std::size_t at = stem.find('_'); at != std::string_view::npos; at = stem.find('_', at + 1)) {
    if (is_platform_prefix(stem.substr(0, at)) &&
        squashed(without_copies(stem.substr(at + 1))) == squashed(wanted)) {
      return true;
    }
  }
  return false;
}

/// Is the mechanism's name in it, word for word? scaled_dot is in my-scaled_dot_final.
bool has_words(std::string stem, std::string_view mechanism) {
  for (char& c : stem) {
    if (c == '-' || c == ' ' || c == '(' || c == ')' || c == '.') c = '_';
  }
  return ('_' + stem + '_').find('_' + std::string(mechanism) + '_') != std::string::npos;
}

constexpr std::array<std::string_view, 10> archive_ends{
    ".zip", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tar.zst", ".tar", ".7z", ".rar"};

}  // namespace

std::string_view base_name(std::string_view path) {
  return path.substr(path.find_last_of("/\\") + 1);
}

Likeness name_likeness(std::string_view file, std::string_view mechanism) {
  if (file.size() > 400) return Likeness::unlike;
  if (file == std::string(mechanism) + ".cpp") return Likeness::exact;
  const std::string tidy = tidied(file);
  const std::string small = lower(tidy);
  std::string_view name = small;
  const bool source = take_source_end(name, tidy);
  if (!source) {  // something else of that name: a header, a text without an ending
    const std::size_t dot = name.rfind('.');
    const std::string_view end = dot == std::string_view::npos ? "" : name.substr(dot);
    static constexpr std::array<std::string_view, 6> others{"", ".hpp", ".h", ".c", ".hh", ".hxx"};
    if (std::find(others.begin(), others.end(), end) == others.end()) return Likeness::unlike;
    const std::string_view stem = without_copies(name.substr(0, dot));
    return squashed(stem) == squashed(mechanism) ? Likeness::near : Likeness::unlike;
  }
  if (explains(name, mechanism)) return Likeness::decorated;
  const std::string_view stem = without_copies(name);
  if (has_words(std::string(stem), mechanism)) return Likeness::near;
  // Before all pairs of letters are compared, which takes its time with thousands of files.
  const std::size_t longer = std::max(stem.size(), mechanism.size());
  const std::size_t by = longer - std::min(stem.size(), mechanism.size());
  const bool slip = by <= longer / 3 + 1 && !io::nearest(mechanism, {std::string(stem)}).empty();
  return slip ? Likeness::near : Likeness::unlike;
}

bool is_decorated(std::string_view file, std::string_view wanted) {
  if (file.size() > 400 || file == wanted) return false;
  const std::string small = lower(tidied(file)), plain = lower(wanted);
  std::string_view name = small;
  if (!take_end(name, ".txt")) take_end(name, ".download");
  const std::size_t dot = plain.rfind('.');
  const std::string_view end =
      dot == std::string::npos ? std::string_view() : std::string_view(plain).substr(dot);
  if (!take_end(name, end)) return false;
  return explains(name, std::string_view(plain).substr(0, dot));
}

bool is_archive_name(std::string_view file) {
  const std::string name = lower(file);
  return std::any_of(archive_ends.begin(), archive_ends.end(), [&](std::string_view end) {
    return name.ends_with(end) && name.size() > end.size();
  });
}

std::string without_archive_end(std::string_view file) {
  const std::string name = lower(file);
  for (const std::string_view end : archive_ends) {
    if (name.ends_with(end)) return std::string(file.substr(0, file.size() - end.size()));
  }
  return std::string(file);
}

std::optional<OfStudent> student_in(std::string_view file) {
  const auto found = [&](std::size_t end, std::size_t next) -> std::optional<OfStudent> {
    if (end == 0 || next >= file.size()) return std::nullopt;
    return OfStudent{std::string(file.substr(0, end)), std::string(file.substr(next))};
  };
  for (const std::string_view word : {"_assignsubmission_file_", "_assignsubmission_onlinetext_"}) {
    const std::size_t at = file.find(word);
    if (at != std::string_view::npos) return found(at, at + word.size());
  }
  if (const std::size_t at = file.find("_attempt_"); at != std::string_view::npos) {
    const std::size_t next = file.find('_', at + 9);
    // Before the student stands the name of the exercise.
    const std::size_t start = file.substr(0, at).rfind('_');
    if (next == std::string_view::npos || start == std::string_view::npos) return std::nullopt;
    std::optional<OfStudent> of = found(at, next + 1);
    if (of) of->student = of->student.substr(start + 1);
    return of;
  }
  // Canvas: the student, perhaps "late", the student's number, perhaps that of the submission.
  for (std::size_t at = file.find('_'); at != std::string_view::npos; at = file.find('_', at + 1)) {
    std::size_t next = at + 1;
    if (lower(file.substr(next, 5)) == "late_") next += 5;
    std::size_t end = next;
    while (end < file.size() && is_digit(file[end])) ++end;
    if (end - next < 2 || end >= file.size() || file[end] != '_') continue;
    std::size_t name = end + 1;
    std::size_t second = name;
    while (second < file.size() && is_digit(file[second])) ++second;
    if (second - name >= 2 && second < file.size() && file[second] == '_') name = second + 1;
    std::optional<OfStudent> of = found(at, name);
    if (of) of->student += '_' + std::string(file.substr(next, end - next));
    return of;
  }
  return std::nullopt;
}

std::string folded(std::string_view name) {
  // From U+00C0 to U+017F.
  static constexpr std::string_view bases =
      "aaaaaaaceeeeiiiidnooooo*ouuuuypsaaaaaaaceeeeiiiidnooooo*ouuuuypy"
      "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
      "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
  std::string out;
  for (char32_t c : code_points(lower(tidied(name)))) {
    if (c >= 0x300 && c <= 0x36F) continue;  // an accent that follows its letter
    if (c >= 0xC0 && c < 0xC0 + bases.size()) c = static_cast<unsigned char>(bases[c - 0xC0]);
    if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) c += 0x20;
    if (c >= 0x400 && c <= 0x40F) c += 0x50;
    append(out, c);
  }
  return out;
}

}  // namespace attn::grading
