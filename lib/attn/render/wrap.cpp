#include <algorithm>

#include "attn/render/display_width.hpp"
#include "attn/render/page.hpp"

namespace attn::render {
namespace {

/// Punctuation that must not begin a line: it belongs to the character before it.
bool closes(std::string_view glyph) {
  constexpr std::string_view closing[] = {"、", "。", "，", "．", "！", "？", "；",
                                          "：", "）", "」", "』", "》", "】", "”"};
  return std::find(std::begin(closing), std::end(closing), glyph) != std::end(closing);
}

/// Fills lines with words; a word is whatever must stay together.
class Filler {
 public:
  explicit Filler(std::size_t columns) : columns_(std::max<std::size_t>(columns, 2)) {}

  void word(std::string_view word, bool after_space) {
    const std::size_t space = after_space && !line_.empty() ? 1 : 0;
    const std::size_t width = display_width(word);
    if (!line_.empty() && used_ + space + width > columns_) {
      end_line();
    } else if (space > 0) {
      line_ += ' ';
      ++used_;
    }
    while (!word.empty()) {
      const Glyph glyph = next_glyph(word);
      if (used_ + glyph.width > columns_) end_line();  // a word longer than a line is cut
      line_ += glyph.bytes;
      used_ += glyph.width;
    }
  }

  void end_line() {
    lines_.push_back(std::move(line_));
    line_.clear();
    used_ = 0;
  }

  std::vector<std::string> take() {
    if (!line_.empty()) end_line();
    return std::move(lines_);
  }

  bool at_start() const { return line_.empty(); }

 private:
  std::size_t columns_;
  std::string line_;
  std::size_t used_ = 0;
  std::vector<std::string> lines_;
};

void fill(Filler& filler, std::string_view paragraph) {
  std::string word;
  bool space = false;       // before the word
  bool after_wide = false;  // the word so far ends with a wide character
  const auto flush = [&](bool next_space) {
    if (!word.empty()) filler.word(word, space);
    if (!word.empty() || next_space) space = next_space;
    word.clear();
    after_wide = false;
  };
  while (!paragraph.empty()) {
    const char c = paragraph.front();
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      paragraph.remove_prefix(1);
      flush(true);
      continue;
    }
    const Glyph glyph = next_glyph(paragraph);
    const bool wide = glyph.width == 2;
    if ((wide || after_wide) && !closes(glyph.bytes)) flush(space && word.empty());
    word += printable(glyph.bytes);
    after_wide = wide;
  }
  flush(false);
}

}  // namespace

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
  Filler filler(columns);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find("\n\n"), text.size());
    if (const std::string_view paragraph = text.substr(0, end); !paragraph.empty()) {
      fill(filler, paragraph);
      if (!filler.at_start()) filler.end_line();
    }
    text.remove_prefix(std::min(end + 2, text.size()));
    if (!text.empty()) filler.end_line();  // the empty line between paragraphs
  }
  std::vector<std::string> lines = filler.take();
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

}  // namespace attn::render
