#include "attn/grading/student_tree.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

#include "attn/grading/marks.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_source = std::uintmax_t{16} << 20;

/// Collects the files of a tree from a checkout.
class Collector {
 public:
  Collector(const std::string& root, const std::vector<ChapterName>& all,
            const std::vector<ChapterName>& chosen, const std::vector<Assignment>& assignments)
      : root_(root), all_(all), chosen_(chosen), assignments_(assignments) {}

  Tree collect() {
    expect_together();
    find_needed();
    for (const char* file : {"CMakeLists.txt", "CMakePresets.json", "LICENSE", ".gitignore",
                             ".clang-format", "tests/CMakeLists.txt", "docs/notation.md"}) {
      add(file);
    }
    add("attn");
    tree_.programs.emplace_back("attn");
    add_folder("cmake");
    add_folder("completions");
    for (const std::string& file : files_of("lib")) {
      if (!is_optional(file) || needed_.contains(file)) add(file);
    }
    add_support();
    for (const std::string& file : files_of("chapters")) {
      if (file.ends_with(".yaml") || (is_optional(file) && !needed_.contains(file))) continue;
      add(file);
    }
    blank_out();
    trim_registry();
    add_chapters();
    add_tests();
    return std::move(tree_);
  }

 private:
  /// A mechanism that one chapter leaves blank, though it is no exercise, may be what another
  /// needs.
  void expect_together() const {
    for (const Assignment& blanking : assignments_) {
      for (const std::string& mechanism : blanking.also_blank) {
        for (const Assignment& other : assignments_) {
          const std::vector<std::string> own = other.mechanisms();
          const auto names = [&](const std::vector<std::string>& list) {
            return std::find(list.begin(), list.end(), mechanism) != list.end();
          };
          if (names(own) || names(other.also_blank)) continue;
          const std::vector<ChapterName> alone{{other.chapter}};
          Collector collector(root_, all_, alone, assignments_);
          collector.find_needed();
          if (!collector.needed_.contains("lib/attn/mechanisms/" + mechanism + ".cpp")) continue;
          throw io::InputError(
              io::Place{.source = "handout"},
              fmt::format("{} and {} do not go into one folder: {} needs the mechanism {}, which "
                          "shows how steps of {} are written; hand them out one after the other",
                          blanking.chapter, other.chapter, other.chapter, mechanism,
                          blanking.chapter));
        }
      }
    }
  }

  std::string read(const std::string& file) const {
    return io::read_file(root_ + "/" + file, largest_source);
  }

  bool exists(const std::string& file) const {
    std::error_code error;
    return fs::is_regular_file(root_ + "/" + file, error);
  }

  void add(const std::string& file) { tree_.files[file] = read(file); }

  std::vector<std::string> files_of(const std::string& folder) const {
    std::vector<std::string> files;
    for (const fs::directory_entry& entry :
         fs::recursive_directory_iterator(root_ + "/" + folder)) {
      if (!entry.is_regular_file() || entry.path().extension() == ".pyc") continue;
      files.push_back(fs::relative(entry.path(), root_).generic_string());
    }
    std::sort(files.begin(), files.end());
    return files;
  }

  void add_folder(const std::string& folder) {
    for (const std::string& file : files_of(folder)) add(file);
  }

  /// Is this a file that only some chapters need? What all need is never left out.
  static bool is_optional(const std::string& file) {
    if (file.starts_with("lib/attn/mechanisms/") || file.starts_with("lib/attn/training/"))
      return true;
    if (file.starts_with("chapters/parts/")) return true;
    const bool top = file.starts_with("chapters/") && file.find('/', 9) == std::string::npos;
    return top && file.ends_with(".cpp") && file != "chapters/main.cpp" &&
           file != "chapters/registry.cpp";
  }

  static std::vector<std::string> includes_of(const std::string& text) {
    static const std::regex include(R"re(#include "([^"]+)")re");
    std::vector<std::string> files;
    for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) {
      const std::string path = (*at)[1];
      files.push_back(path.starts_with("attn/") ? "lib/" + path : path);
    }
    return files;
  }

  /// What the chosen chapters include, and what stands behind each header.
  void find_needed() {
    std::deque<std::string> open;
    const auto reach = [&](const std::string& file) {
      if (exists(file) && needed_.insert(file).second) open.push_back(file);
    };
    for (const ChapterName& chapter : chosen_) {
      reach("chapters/" + chapter.stem() + ".cpp");
      for (const std::string& part : files_of("chapters/parts")) {
        if (part.starts_with("chapters/parts/" + chapter.stem() + "_")) reach(part);
      }
    }
    while (!open.empty()) {
      const std::string file = open.front();
      open.pop_front();
      for (const std::string& include : includes_of(read(file))) reach(include);
      if (!file.ends_with(".hpp")) continue;
      const std::string source = file.substr(0, file.size() - 4) + ".cpp";
      // The registry names every chapter; the chosen ones are there already.
      if (is_optional(source)) reach(source);
      if (file.starts_with("chapters/parts/")) reach_further_sources(file, reach);
    }
  }

  /// A header's code may stand in two sources: recurrent_cell.cpp and recurrent_cell_words.cpp.
  template <class Reach>
  void reach_further_sources(const std::string& header, Reach&& reach) const {
    const std::string stem = header.substr(0, header.size() - 4);
    for (const std::string& part : files_of("chapters/parts")) {
      if (part.starts_with(stem + "_") && part.ends_with(".cpp")) reach(part);
    }
  }

  void blank_out() {
    for (const std::string& mechanism : also_blank()) {
      const std::string file = "lib/attn/mechanisms/" + mechanism + ".cpp";
      if (!tree_.files.contains(file)) continue;
      const Marked marked = take_apart(mechanism, read(file));
      std::map<std::string, std::string> notes;
      for (const MarkedStep& step : marked.steps)
        notes[step.id] = step.field + ": no exercise here";
      tree_.files[file] = blanked(marked, notes);
    }
    const Sources blanks = exercise_sources(root_, assignments_).blanks;
    for (const auto& [mechanism, text] : blanks) {
      const std::string file = "lib/attn/mechanisms/" + mechanism + ".cpp";
      if (tree_.files.contains(file)) tree_.files[file] = text;
    }
  }

  std::set<std::string> also_blank() const {
    std::set<std::string> mechanisms;
    for (const Assignment& assignment : assignments_) {
      mechanisms.insert(assignment.also_blank.begin(), assignment.also_blank.end());
    }
    return mechanisms;
  }

  bool is_chosen(const ChapterName& chapter) const {
    return std::any_of(chosen_.begin(), chosen_.end(),
                       [&](const ChapterName& other) { return other.name == chapter.name; });
  }

  void trim_registry() {
    for (const char* file : {"chapters/registry.hpp", "chapters/registry.cpp"}) {
      std::string text;
      std::istringstream lines(tree_.files.at(file));
      for (std::string line; std::getline(lines, line);) {
        const bool left_out =
            std::any_of(all_.begin(), all_.end(), [&](const ChapterName& chapter) {
              return !is_chosen(chapter) && (line.ends_with(" " + chapter.stem() + ";") ||
                                             line.ends_with("&" + chapter.stem() + ","));
            });
        if (!left_out) text += line + "\n";
      }
      tree_.files[file] = text;
    }
  }

  void add_chapters() {
    for (const ChapterName& chapter : chosen_) {
      add("configs/" + chapter.name + ".yaml");
      add("configs/schema/" + chapter.name + ".json");
      add("docs/chapters/" + chapter.name + ".md");
    }
    for (const std::string& file : files_of("configs/examples")) {
      const bool config = file.ends_with(".yaml");
      const std::string text = config ? read(file) : "";
      const bool wanted =
          !config || std::any_of(chosen_.begin(), chosen_.end(), [&](const auto& c) {
            return text.find("chapter: " + c.name + "\n") != std::string::npos;
          });
      if (wanted) add(file);
    }
    for (const Assignment& assignment : assignments_) {
      const bool chosen = is_chosen({assignment.chapter});
      if (!chosen) continue;
      tree_.files["chapters/exercises/" + assignment.chapter + ".yaml"] =
          yaml_for_students(assignment);
    }
  }

  /// What tests share, but for graders', and for what is about mechanisms that are not there.
  void add_support() {
    std::vector<std::string> files;
    for (const std::string& file : files_of("tests/support")) {
      if (file.find("hostile") == std::string::npos) files.push_back(file);
    }
    for (std::size_t before = 0; before != files.size();) {  // until nothing is missed
      before = files.size();
      std::erase_if(files, [&](const std::string& file) {
        const std::vector<std::string> includes = includes_of(read(file));
        return !std::all_of(includes.begin(), includes.end(), [&](const std::string& of) {
          return tree_.files.contains(of) ||
                 std::find(files.begin(), files.end(), of) != files.end();
        });
      });
    }
    for (const std::string& file : files) add(file);
  }

  /// Tests of what is there, which need nothing that is not, and the fixtures that they name.
  void add_tests() {
    static const std::regex name(R"re("(\w+)")re");
    std::vector<std::string> tests = files_of("tests/mechanisms");
    for (const ChapterName& chapter : chosen_) {
      tests.push_back("tests/chapters/" + chapter.stem() + "_test.cpp");
    }
    for (const std::string& file : tests) {
      if (!file.ends_with("_test.cpp") || !exists(file)) continue;
      const std::string text = read(file);
      const std::vector<std::string> includes = includes_of(text);
      const bool complete =
          std::all_of(includes.begin(), includes.end(),
                      [&](const std::string& of) { return tree_.files.contains(of); });
      if (!complete || !solutions_in(text, root_, assignments_).empty()) continue;
      if (names_blank(text)) continue;  // it could never pass
      add(file);
      for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) {
        const std::string fixture = "tests/fixtures/" + (*at)[1].str() + ".json";
        if (exists(fixture)) add(fixture);
      }
    }
  }

  /// Does a test use a mechanism that is blank and no exercise?
  bool names_blank(const std::string& text) const {
    const std::set<std::string> blank = also_blank();
    return std::any_of(blank.begin(), blank.end(), [&](const std::string& mechanism) {
      const bool exercise =
          std::any_of(assignments_.begin(), assignments_.end(), [&](const Assignment& of) {
            const std::vector<std::string> all = of.mechanisms();
            return std::find(all.begin(), all.end(), mechanism) != all.end();
          });
      return !exercise && (text.find("mechanisms/" + mechanism + ".hpp") != std::string::npos ||
                           text.find(mechanism + "::") != std::string::npos);
    });
  }

  const std::string& root_;
  const std::vector<ChapterName>&all_, &chosen_;
  const std::vector<Assignment>& assignments_;
  std::set<std::string> needed_;
  Tree tree_;
};

/// Without comments and white space.
std::string bare(const std::string& code) {
  std::string text;
  std::istringstream lines(code);
  for (std::string line; std::getline(lines, line);) {
    line = line.substr(0, line.find("//"));
    for (const char c : line) {
      if (c != ' ' && c != '\t') text += c;
    }
  }
  return text;
}

}  // namespace

std::string ChapterName::stem() const {
  std::string stem = name;
  std::replace(stem.begin(), stem.end(), '-', '_');
  return stem;
}

Tree student_tree(const std::string& source_folder, const std::vector<ChapterName>& all,
                  const std::vector<ChapterName>& chosen,
                  const std::vector<Assignment>& assignments) {
  return Collector(source_folder, all, chosen, assignments).collect();
}

std::vector<std::string> solutions_in(const std::string& text, const std::string& source_folder,
                                      const std::vector<Assignment>& assignments) {
  const std::string searched = bare(text);
  std::vector<std::string> found;
  const auto add = [&](const std::string& id) {
    if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
  };
  for (const Assignment& assignment : assignments) {
    for (const std::string& mechanism : assignment.mechanisms()) {
      const Marked marked = take_apart(
          mechanism, io::read_file(source_folder + "/lib/attn/mechanisms/" + mechanism + ".cpp",
                                   largest_source));
      for (const MarkedStep& step : marked.steps) {
        if (assignment.find(step.id) == nullptr) continue;
        if (searched.find(bare(step.code)) != std::string::npos) add(step.id);
      }
      for (const Helper& helper : marked.helpers) {
        std::string code;
        for (std::size_t n = helper.first; n <= helper.last; ++n) code += marked.lines[n] + "\n";
        if (searched.find(bare(code)) == std::string::npos) continue;
        for (const std::string& id : helper.steps) {
          if (assignment.find(id) != nullptr) add(id);
        }
      }
    }
  }
  return found;
}

namespace {

/// The folder without a slash at its end.
fs::path plain_path(const std::string& folder) {
  const fs::path path = fs::absolute(folder).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

}  // namespace

void expect_new_folder(const std::string& folder) {
  std::error_code error;
  if (fs::exists(folder, error) &&
      !(fs::is_directory(folder, error) && fs::is_empty(folder, error))) {
    throw io::InputError(io::Place{.source = folder}, "is there already, expected a new folder");
  }
  const fs::path parent = plain_path(folder).parent_path();
  if (!fs::is_directory(parent, error)) {
    throw io::InputError(io::Place{.source = folder},
                         "cannot be made: there is no folder " + parent.string());
  }
}

void write_tree(const Tree& tree, const std::string& folder) {
  expect_new_folder(folder);
  std::error_code error;
  // Elsewhere first, so that a failure leaves nothing that looks like a tree.
  const fs::path whole = plain_path(folder);
  const fs::path part = whole.parent_path() / (".attn-" + std::to_string(getpid()) + ".part");
  try {
    for (const auto& [file, text] : tree.files) {
      const fs::path path = part / file;
      fs::create_directories(path.parent_path());
      io::write_file(path.string(), text);
    }
    for (const std::string& file : tree.programs) fs::permissions(part / file, fs::perms(0755));
    fs::remove(whole);
    fs::rename(part, whole);
  } catch (const std::exception& failure) {
    fs::remove_all(part, error);
    throw io::InputError(io::Place{.source = folder},
                         std::string("cannot be written: ") + failure.what());
  }
}

}  // namespace attn::grading
