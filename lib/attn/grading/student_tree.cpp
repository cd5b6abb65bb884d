#include "attn/grading/student_tree.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <regex>
#include <sstream>

#include "attn/grading/solutions.hpp"
#include "attn/io/fault.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

bool is_chosen(const Choice& choice, const std::string& stem) {
  return std::any_of(choice.own.begin(), choice.own.end(), [&](const Assignment& assignment) {
    return stem_of(assignment.chapter) == stem;
  });
}

/// The registry names a chapter a line.
std::string trimmed_registry(const std::string& registry, const Choice& choice) {
  static const std::regex chapter(R"(\s*(?:extern const Chapter |&)(\w+)[;,])");
  std::string text;
  std::istringstream lines(registry);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, chapter) && !is_chosen(choice, match[1])) continue;
    text += line + "\n";
  }
  return text;
}

/// Collects the files of a tree beside its code.
class Collector {
 public:
  Collector(const Library& library, const Choice& choice, const std::vector<Assignment>& asked)
      : library_(library), choice_(choice), asked_(asked), solutions_(library, choice) {}

  Tree collect() {
    tree_.files = student_code(library_, choice_, notes_of(library_, choice_, asked_));
    for (const char* file : {"CMakeLists.txt", "CMakePresets.json", "LICENSE", ".gitignore",
                             ".clang-format", "tests/CMakeLists.txt", "docs/notation.md"}) {
      add(file);
    }
    add("attn");
    tree_.programs.emplace_back("attn");
    add_folder("cmake");
    add_folder("completions");
    add_support();
    add_chapters();
    add_tests();
    return std::move(tree_);
  }

 private:
  void add(const std::string& file) { tree_.files[file] = library_.text(file); }

  void add_folder(const std::string& folder) {
    for (const std::string& file : library_.files_of(folder)) add(file);
  }

  void add_chapters() {
    for (const Assignment& assignment : asked_) {
      const std::string& chapter = assignment.chapter;
      add("configs/" + chapter + ".yaml");
      add("configs/schema/" + chapter + ".json");
      add("docs/chapters/" + chapter + ".md");
      tree_.files["chapters/exercises/" + chapter + ".yaml"] = yaml_for_students(assignment);
    }
    for (const std::string& file : library_.files_of("configs/examples")) {
      const bool config = file.ends_with(".yaml");
      const bool wanted =
          !config || std::any_of(asked_.begin(), asked_.end(), [&](const Assignment& of) {
            return library_.text(file).find("chapter: " + of.chapter + "\n") != std::string::npos;
          });
      if (wanted) add(file);
    }
  }

  /// What tests share, but for graders', and for what is about mechanisms that are not there.
  void add_support() {
    std::vector<std::string> files;
    for (const std::string& file : library_.files_of("tests/support")) {
      if (file.find("hostile") == std::string::npos) files.push_back(file);
    }
    for (std::size_t before = 0; before != files.size();) {  // until nothing is missed
      before = files.size();
      std::erase_if(files, [&](const std::string& file) {
        const std::vector<std::string> includes = includes_of(library_.text(file));
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
    std::vector<std::string> tests = library_.files_of("tests/mechanisms");
    for (const Assignment& assignment : asked_) {
      tests.push_back("tests/chapters/" + stem_of(assignment.chapter) + "_test.cpp");
    }
    for (const std::string& file : tests) {
      if (!file.ends_with("_test.cpp") || !library_.has(file)) continue;
      const std::string& text = library_.text(file);
      const std::vector<std::string> includes = includes_of(text);
      const bool complete =
          std::all_of(includes.begin(), includes.end(),
                      [&](const std::string& of) { return tree_.files.contains(of); });
      if (!complete || names_hollow(text) || !solutions_.in(text).empty()) continue;
      add(file);
      for (std::sregex_iterator at(text.begin(), text.end(), name), end; at != end; ++at) {
        const std::string fixture = "tests/fixtures/" + (*at)[1].str() + ".json";
        if (library_.has(fixture)) add(fixture);
      }
    }
  }

  /// Does a test use a mechanism of which not all that is blank is asked? It could never pass.
  bool names_hollow(const std::string& text) const {
    const auto names = [&](const std::string& mechanism) {
      return text.find("mechanisms/" + mechanism + ".hpp") != std::string::npos ||
             text.find(mechanism + "::") != std::string::npos;
    };
    for (const auto& [mechanism, chapter] : choice_.hollow) {
      if (names(mechanism)) return true;
    }
    return std::any_of(choice_.blank.begin(), choice_.blank.end(), [&](const auto& blank) {
      return names(blank.first) &&
             !std::all_of(blank.second.begin(), blank.second.end(), [&](const std::string& id) {
               return std::any_of(asked_.begin(), asked_.end(),
                                  [&](const Assignment& of) { return of.find(id) != nullptr; });
             });
    });
  }

  const Library& library_;
  const Choice& choice_;
  const std::vector<Assignment>& asked_;
  const Solutions solutions_;
  Tree tree_;
};

std::string plural(double points) {
  return fmt::format("{} point{}", points, points == 1.0 ? "" : "s");
}

/// What stands in a step's place in the student's source.
std::string note_of(const Step& step, const FieldText* field) {
  std::string note = fmt::format("STEP {} ({})", step.id, plural(step.points));
  if (field == nullptr) return note;
  if (!field->formula.empty()) note += ": " + field->formula;
  if (!field->source.empty()) note += ", " + field->source;
  if (field->axes.empty()) return note + ". A number.";
  std::string axes;
  for (const char c : field->axes) axes += c == ',' ? std::string(", ") : std::string(1, c);
  return note + ". Shape (" + axes + ").";
}

}  // namespace

Notes notes_of(const Library& library, const Choice& choice, const std::vector<Assignment>& asked) {
  Notes notes;
  for (const auto& [mechanism, ids] : choice.blank) {
    for (const std::string& id : ids) {
      notes[id] = id.substr(id.find('.') + 1) + ": no exercise here";
    }
  }
  for (const Assignment& assignment : asked) {
    for (const std::string& mechanism : assignment.mechanisms()) {
      const std::string source = source_of(mechanism);
      const std::map<std::string, FieldText> fields =
          fields_of(library.text(source.substr(0, source.size() - 4) + ".hpp"));
      for (const Step& step : assignment.steps) {
        if (step.mechanism() != mechanism) continue;
        const auto field = fields.find(step.field());
        notes[step.id] = note_of(step, field == fields.end() ? nullptr : &field->second);
      }
    }
  }
  return notes;
}

std::map<std::string, std::string> student_code(const Library& library, const Choice& choice,
                                                const Notes& notes) {
  std::set<std::string> needed;
  for (const Assignment& assignment : choice.own) {
    const std::set<std::string>& own = library.needed_by(assignment.chapter);
    needed.insert(own.begin(), own.end());
  }
  std::map<std::string, std::string> code;
  for (const std::string& file : library.code()) {
    if (file.ends_with(".yaml") || (is_optional(file) && !needed.contains(file))) continue;
    const std::string mechanism = mechanism_of(file);
    const auto blank = choice.blank.find(mechanism);
    const auto hollowed = choice.hollow.find(mechanism);
    if (file == "chapters/registry.hpp" || file == "chapters/registry.cpp") {
      code[file] = trimmed_registry(library.text(file), choice);
    } else if (hollowed != choice.hollow.end()) {
      code[file] = hollow(library.mechanisms().at(mechanism),
                          "Without its code, which shows how steps of " + hollowed->second +
                              " are written. No case needs it.");
    } else if (blank != choice.blank.end()) {
      code[file] = blanked(library.mechanisms().at(mechanism), blank->second, notes);
    } else {
      code[file] = library.text(file);
    }
  }
  return code;
}

Tree student_tree(const Library& library, const Choice& choice,
                  const std::vector<Assignment>& asked) {
  return Collector(library, choice, asked).collect();
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
    const std::string why = std::string("cannot be written: ") + failure.what();
    const bool ours = dynamic_cast<const io::InputError*>(&failure) == nullptr &&
                      dynamic_cast<const fs::filesystem_error*>(&failure) == nullptr;
    if (ours) throw std::runtime_error(folder + ": " + why);
    throw io::InputError(io::Place{.source = folder}, why);
  }
}

}  // namespace attn::grading
