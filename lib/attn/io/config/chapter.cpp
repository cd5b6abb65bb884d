#include "attn/io/config/loader.hpp"
#include "attn/io/config/words.hpp"

namespace attn::io {

Fault not_a_config(const Source& source, const Node& root) {
  const std::string expected = ", expected a config that begins with `chapter: NAME`";
  if (!root.is_null()) return {root.place(), "found " + describe(root) + expected};
  const bool blank = source.text.find_first_not_of(" \t\r\n") == std::string::npos;
  const bool comment = source.text.find('#') != std::string::npos;
  const char* what = blank     ? "the file is empty"
                     : comment ? "found only comments"
                               : "found nothing";
  return {{source.name, 1, 1}, what + expected};
}

ChapterName chapter_of(const Source& source) {
  const Document document = parse_yaml(source);
  const Node& root = document.root;
  if (!root.is_map()) throw InputError({not_a_config(source, root)});
  const Node* chapter = root.find("chapter");
  if (chapter == nullptr) {
    throw InputError({source.name, 1, 1}, "chapter is missing, expected a line `chapter: NAME`");
  }
  if (!chapter->is_scalar()) {
    throw InputError(chapter->place(),
                     "chapter: found " + describe(*chapter) + ", expected the name of a chapter");
  }
  return {chapter->text, chapter->place()};
}

}  // namespace attn::io
