#include "attn/grading/library.hpp"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <string_view>

#include "attn/io/files.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_text = std::uintmax_t{16} << 20;
constexpr std::string_view mechanisms_folder = "lib/attn/mechanisms/";

}  // namespace

std::string stem_of(const std::string& chapter) {
  std::string stem = chapter;
  std::replace(stem.begin(), stem.end(), '-', '_');
  return stem;
}

std::string source_of(const std::string& mechanism) {
  return std::string(mechanisms_folder) + mechanism + ".cpp";
}

std::string mechanism_of(const std::string& file) {
  if (!file.starts_with(mechanisms_folder) || !file.ends_with(".cpp")) return "";
  return file.substr(mechanisms_folder.size(), file.size() - mechanisms_folder.size() - 4);
}

bool is_optional(const std::string& file) {
  if (file.starts_with(mechanisms_folder) || file.starts_with("lib/attn/training/")) return true;
  if (file.starts_with("chapters/parts/")) return true;
  const bool top = file.starts_with("chapters/") && file.find('/', 9) == std::string::npos;
  return top && file.ends_with(".cpp") && file != "chapters/main.cpp" &&
         file != "chapters/registry.cpp";
}

std::vector<std::string> includes_of(const std::string& text) {
  constexpr std::string_view word = "#include \"";
  std::vector<std::string> files;
  for (std::size_t at = text.find(word); at < text.size(); at = text.find(word, at)) {
    at += word.size();
    const std::size_t end = text.find_first_of("\"\n", at);
    if (end == std::string::npos || text[end] == '\n') continue;
    const std::string path = text.substr(at, end - at);
    files.push_back(path.starts_with("attn/") ? "lib/" + path : path);
  }
  return files;
}

Library::Library(std::string root, std::vector<Assignment> tables)
    : root_(std::move(root)), tables_(std::move(tables)) {
  for (const char* folder : {"lib", "chapters"}) {
    const std::vector<std::string> files = files_of(folder);
    code_.insert(code_.end(), files.begin(), files.end());
  }
  read_mechanisms();
  for (const Assignment& table : tables_) needed_[table.chapter] = find_needed(table.chapter);
}

void Library::read_mechanisms() {
  for (const std::string& file : code_) {
    const std::string mechanism = mechanism_of(file);
    if (!mechanism.empty()) mechanisms_[mechanism] = take_apart(mechanism, text(file));
  }
}

const Assignment& Library::table(const std::string& chapter) const {
  for (const Assignment& table : tables_) {
    if (table.chapter == chapter) return table;
  }
  throw io::InputError(io::Place{.source = chapter}, "has no exercises");
}

const Step* Library::find(const std::string& id) const {
  for (const Assignment& table : tables_) {
    if (const Step* step = table.find(id)) return step;
  }
  return nullptr;
}

bool Library::has(const std::string& file) const {
  {
    const std::lock_guard lock(mutex_);
    if (texts_.contains(file)) return true;
  }
  std::error_code error;
  return fs::is_regular_file(root_ + "/" + file, error);
}

const std::string& Library::text(const std::string& file) const {
  const std::lock_guard lock(mutex_);
  const auto known = texts_.find(file);
  if (known != texts_.end()) return known->second;
  return texts_[file] = io::read_file(root_ + "/" + file, largest_text);
}

std::vector<std::string> Library::files_of(const std::string& folder) const {
  std::vector<std::string> files;
  std::error_code error;
  const fs::recursive_directory_iterator all(root_ + "/" + folder, error);
  if (error) {
    throw io::InputError(io::Place{.source = root_ + "/" + folder},
                         "cannot be read: " + error.message());
  }
  for (const fs::directory_entry& entry : all) {
    if (!entry.is_regular_file() || entry.path().extension() == ".pyc") continue;
    files.push_back(entry.path().generic_string().substr(root_.size() + 1));
  }
  std::sort(files.begin(), files.end());
  return files;
}

const std::set<std::string>& Library::needed_by(const std::string& chapter) const {
  table(chapter);
  return needed_.at(chapter);
}

std::set<std::string> Library::find_needed(const std::string& chapter) const {
  std::set<std::string> needed;
  std::deque<std::string> open;
  const auto reach = [&](const std::string& file) {
    if (has(file) && needed.insert(file).second) open.push_back(file);
  };
  // The code of a chapter, or of a header, may stand in several sources: recurrent_cell.cpp and
  // recurrent_cell_words.cpp.
  const auto reach_parts = [&](const std::string& stem) {
    for (const std::string& file : code_) {
      if (file.starts_with(stem + "_")) reach(file);
    }
  };
  reach("chapters/" + stem_of(chapter) + ".cpp");
  reach_parts("chapters/parts/" + stem_of(chapter));
  while (!open.empty()) {
    const std::string file = open.front();
    open.pop_front();
    for (const std::string& include : includes_of(text(file))) reach(include);
    if (!file.ends_with(".hpp")) continue;
    const std::string stem = file.substr(0, file.size() - 4);
    // The registry names every chapter; the chosen ones are there already.
    if (is_optional(stem + ".cpp")) reach(stem + ".cpp");
    if (!file.starts_with("chapters/parts/")) continue;
    for (const std::string& part : code_) {
      if (part.starts_with(stem + "_") && part.ends_with(".cpp")) reach(part);
    }
  }
  return needed;
}

}  // namespace attn::grading
