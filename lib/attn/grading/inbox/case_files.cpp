#include "attn/grading/inbox/case_files.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

#include "attn/grading/report/words.hpp"
#include "attn/io/source.hpp"
#include "attn/io/yaml.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

/// Submissions are given the config, and must not be given the answers with it.
void expect_no_answers(const std::string& path) {
  const io::Document document = io::parse_yaml(io::read_source(path));
  if (!document.root.is_map()) return;  // whoever reads the config says what is the matter
  const auto& entries = document.root.entries;
  const auto found = std::find_if(entries.begin(), entries.end(), [](const io::Entry& entry) {
    return entry.key.text == "expect";
  });
  if (found == entries.end()) return;
  throw io::InputError(found->key.place(),
                       "found `expect:` in a case; submissions can read it, so take the answers "
                       "out");
}

}  // namespace

CaseFiles case_files_in(const std::string& folder) {
  CaseFiles all;
  std::error_code error;
  const auto tell = [&](const std::string& name, const char* what) {
    all.told.push_back(file_text(name) + ' ' + what);
  };
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    const std::string name = at->path().filename().string(), ending = at->path().extension();
    if (name.starts_with(".")) {
      tell(name, "is hidden, and not used as a case");
    } else if (!at->is_regular_file(ignored)) {
      tell(name, "is no file, and not used as a case");
    } else if (ending != ".yaml" && ending != ".yml") {
      tell(name, "is not used: a case is called NAME.yaml");
    } else {
      all.files.push_back({at->path().stem().string(), at->path().string()});
    }
  }
  if (error) throw io::InputError({.source = folder}, "cannot be read: " + error.message());
  if (all.files.empty()) {
    throw io::InputError(
        {.source = folder},
        "has no cases, expected configs NAME.yaml; `attn cases CHAPTER --seed S --out DIR` makes "
        "some" +
            (all.told.empty() ? "" : "; " + all.told.front()));
  }
  std::sort(all.told.begin(), all.told.end());
  std::sort(all.files.begin(), all.files.end(),
            [](const CaseFile& a, const CaseFile& b) { return a.path < b.path; });
  std::set<std::string> names;
  for (CaseFile& file : all.files) {
    if (!names.insert(file.name).second) file.name = fs::path(file.path).filename().string();
    expect_no_answers(file.path);
  }
  return all;
}

}  // namespace attn::grading
