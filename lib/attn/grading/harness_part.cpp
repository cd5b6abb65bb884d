/// What submissions of some chapters are built with.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "attn/grading/access.hpp"
#include "attn/grading/harness.hpp"
#include "attn/grading/hash.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/student_tree.hpp"
#include "attn/grading/trusted.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {

namespace fs = std::filesystem;

const Harness::Part& Harness::part(const std::vector<std::string>& chapters) const {
  std::string names;
  for (const Assignment& table : library_.tables()) {
    const bool chosen =
        std::find(chapters.begin(), chapters.end(), table.chapter) != chapters.end();
    if (chosen) names += table.chapter + " ";
  }
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Part>& known = parts_[names];
  if (!known) known = std::make_unique<Part>(make_part(chapters));
  return *known;
}

Harness::Part Harness::make_part(const std::vector<std::string>& chapters) const {
  Part part;
  const Choice choice = choose(library_, chapters);
  const auto always = [](const std::string&, const std::string&) { return true; };
  part.code = student_code(library_, choice, notes_of(library_, choice, asked(choice, always)));
  part.headers = files_.precompiled;
  if (!header_.empty()) part.headers = {header_, header_ + ".gch"};
  for (const auto& [file, text] : part.code) {
    if (file.starts_with("lib/") && file.ends_with(".hpp"))
      part.headers.push_back(checkout_.source + "/" + file);
    const std::string mechanism = mechanism_of(file);
    if (choice.blank.contains(mechanism)) part.blanks[mechanism] = text;
  }
  part.context = context_of_part(part);
  std::vector<std::string> mechanisms;
  for (const auto& [mechanism, text] : part.blanks) mechanisms.push_back(mechanism);
  std::vector<std::string> objects(mechanisms.size());
  in_parallel(2, mechanisms.size(), [&](std::size_t n) {
    objects[n] = blank_object(mechanisms[n], part.blanks.at(mechanisms[n]));
  });
  for (std::size_t n = 0; n < objects.size(); ++n) part.objects[mechanisms[n]] = objects[n];

  Hash hash;
  for (const auto& [file, text] : part.code) hash.add(file).add(text);
  part.rest = folder_ + "/rest-" + hash.text() + ".o";
  if (!fs::exists(part.rest)) link_rest(part, choice, part.rest);
  return part;
}

/// All of the program but the blanks, as one object: of the checkout's files those that are the
/// same in the student's tree.
void Harness::link_rest(const Part& part, const Choice& choice, const std::string& file) const {
  const OwnFolder folder("attn");
  std::vector<std::string> objects;
  for (const Object& object : files_.objects) {
    const bool same = !is_optional(object.source) ||
                      (part.code.contains(object.source) &&
                       part.code.at(object.source) == library_.text(object.source));
    if (same && object.source != "chapters/registry.cpp") objects.push_back(object.path);
  }
  for (const auto& [mechanism, chapter] : choice.hollow) {
    const auto text = part.code.find(source_of(mechanism));
    if (text != part.code.end()) objects.push_back(blank_object(mechanism, text->second));
  }
  objects.push_back(registry_object(folder.path(), part.code.at("chapters/registry.cpp")));
  const std::string made = fmt::format("{}/.rest-{}.o", folder_, getpid());
  std::vector<std::string> command{files_.compiler, "-r", "-o", made};
  command.insert(command.end(), objects.begin(), objects.end());
  run_trusted(command, folder.path(), "cannot link what submissions are built with");
  fs::permissions(made, access::readable);
  fs::rename(made, file);
}

std::string Harness::registry_object(const std::string& folder, const std::string& text) const {
  io::write_file(folder + "/registry.cpp", text);
  std::vector<std::string> command{files_.compiler};
  command.insert(command.end(), files_.registry_flags.begin(), files_.registry_flags.end());
  for (const char* word : {"-w", "-o", "registry.o", "-c", "registry.cpp"}) {
    command.emplace_back(word);
  }
  run_trusted(command, folder, "the registry of chapters does not compile");
  return folder + "/registry.o";
}

/// The headers that are allowed, with what is in them.
std::string Harness::context_of_part(const Part& part) const {
  Hash hash = compiler_stamp(submission_flags());
  for (const auto& [file, text] : part.code) {
    if (file.starts_with("lib/") && file.ends_with(".hpp")) hash.add(file).add(text);
  }
  return "// with headers " + hash.text() + "\n";
}

std::string Harness::blank_object(const std::string& mechanism, const std::string& text) const {
  return object_of(*cache_, mechanism, text, true, "the blank " + mechanism);
}

}  // namespace attn::grading
