#include "attn/grading/harness.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "attn/grading/hash.hpp"
#include "attn/grading/lock.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/left_file.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/student_tree.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_object = std::uint64_t{64} << 20;
const Limits enough{.wall_seconds = 300, .cpu_seconds = 300, .memory_bytes = 0};

constexpr fs::perms readable =
    fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read | fs::perms::others_read;
constexpr fs::perms passed = fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec;

/// A folder that is closed to others before anything is in it.
void make_closed_folder(const fs::path& folder) {
  fs::create_directories(folder.parent_path());
  fs::create_directory(folder);
  fs::permissions(folder, fs::perms::owner_all);
}

/// Runs a command of our own, which is trusted.
void run_ours(const std::vector<std::string>& command, const std::string& folder,
              const std::string& what) {
  const Ended ended = run({command, folder, compiler_environment()}, enough);
  if (ended.ok()) return;
  constexpr std::size_t most = 4000;
  throw std::runtime_error(what + ": it " + ended.explain() + "\n" + ended.err.substr(0, most));
}

}  // namespace

std::string Built::all_said() const {
  std::string all;
  for (const auto& [mechanism, text] : said) all += text + (text.ends_with("\n") ? "" : "\n");
  return all;
}

Harness::Harness(Checkout checkout, const std::vector<Assignment>& assignments)
    : checkout_(std::move(checkout)),
      library_(checkout_.source, assignments),
      files_(read_build(checkout_)) {
  const ExerciseSources sources = exercise_sources(library_);
  blanks_ = sources.blanks;
  const Lock lock(checkout_.build + "/grading.lock");
  prepare(sources.keys);
}

std::string Harness::stamp(const Sources& keys) const {
  Hash hash;
  hash.add("2");  // what the folder has in it
  for (const std::string& flag : files_.flags) hash.add(flag);
  for (const std::string& flag : submission_flags()) hash.add(flag);
  for (const std::string& flag : key_flags()) hash.add(flag);
  for (const auto& [mechanism, text] : blanks_) hash.add(mechanism).add(text);
  for (const auto& [mechanism, text] : keys) hash.add(mechanism).add(text);
  for (const std::string& file : library_.code()) hash.add(file).add(library_.text(file));
  std::vector<std::string> built = files_.precompiled;
  for (const Object& object : files_.objects) built.push_back(object.path);
  for (const std::string& file : built) {
    std::error_code error;
    // In whole seconds: the layers of a container's image keep no more.
    const auto time = fs::last_write_time(file, error).time_since_epoch();
    hash.add(file).add(std::to_string(std::chrono::floor<std::chrono::seconds>(time).count()));
    hash.add(std::to_string(fs::file_size(file, error)));
    if (!error) continue;
    throw io::InputError(io::Place{.source = file},
                         "is not built; run `./attn build` in the checkout first");
  }
  return hash.text();
}

std::vector<std::string> Harness::compile_command(const std::string& mechanism,
                                                  bool submission) const {
  std::vector<std::string> command{files_.compiler};
  command.insert(command.end(), files_.flags.begin(), files_.flags.end());
  const auto include = std::find(command.begin(), command.end(), "-include");
  if (submission && !header_.empty()) *(include + 1) = header_;
  for (const std::string& flag : submission ? submission_flags() : key_flags())
    command.push_back(flag);
  for (const char* flag : {"-fdiagnostics-color=never", "-fmax-errors=5", "-pipe", "-w", "-o"}) {
    command.emplace_back(flag);
  }
  command.push_back(mechanism + ".o");
  command.emplace_back("-c");
  command.push_back(source_of(mechanism));
  return command;
}

/// The build's own precompiled header again, as submissions need it.
void Harness::precompile() const {
  fs::create_directories(fs::path(header_).parent_path());
  io::write_file(header_, io::read_file(files_.precompiled.front(), largest_object));
  std::vector<std::string> command{files_.compiler};
  for (std::size_t n = 0; n < files_.flags.size(); ++n) {
    if (files_.flags[n] == "-include") {
      ++n;
    } else {
      command.push_back(files_.flags[n]);
    }
  }
  for (const std::string& flag : submission_flags()) command.push_back(flag);
  for (const std::string& word :
       {std::string("-w"), std::string("-o"), header_ + ".gch", std::string("-x"),
        std::string("c++-header"), std::string("-c"), header_}) {
    command.push_back(word);
  }
  Limits limits = enough;
  limits.file_bytes = limits.disk_bytes = std::uint64_t{2} << 30;
  const Ended ended = run({command, folder_, compiler_environment()}, limits);
  if (!ended.ok()) {
    throw std::runtime_error("cannot precompile the headers for submissions: it " +
                             ended.explain() + "\n" + ended.err);
  }
  for (const std::string& file : {header_, header_ + ".gch"}) fs::permissions(file, readable);
}

std::vector<std::string> Harness::link_command(const std::vector<std::string>& objects) const {
  std::vector<std::string> command{files_.compiler, "-o", "attn", "-s"};
  command.insert(command.end(), linker_.begin(), linker_.end());
  command.insert(command.end(), objects.begin(), objects.end());
  command.insert(command.end(), files_.libraries.begin(), files_.libraries.end());
  return command;
}

void Harness::prepare(const Sources& keys) {
  const std::string all = checkout_.build + "/grading";
  folder_ = all + "/" + stamp(keys);
  key_ = folder_ + "/key/attn";
  const bool precompiled = files_.precompiled.size() == 2;  // the header, and what was made of it
  if (precompiled) {
    header_ = folder_ + "/header/" + fs::path(files_.precompiled.front()).filename().string();
  }
  const std::string ready = folder_ + "/ready";
  if (!fs::exists(ready)) {
    std::error_code ignored;
    fs::remove_all(all, ignored);
    make_closed_folder(folder_ + "/key");
    fs::permissions(all, passed);
    fs::permissions(folder_, passed);
    fs::create_directories(folder_ + "/key/lib/attn/mechanisms");
    std::vector<std::string> mechanisms, objects;
    for (const auto& [mechanism, text] : keys) {
      io::write_file(folder_ + "/key/" + source_of(mechanism), text);
      mechanisms.push_back(mechanism);
    }
    in_parallel(2, mechanisms.size(), [&](std::size_t n) {
      run_ours(compile_command(mechanisms[n], false), folder_ + "/key",
               "the exercises of " + mechanisms[n] + " do not compile");
    });
    for (const Object& object : files_.objects) {
      if (!keys.contains(mechanism_of(object.source))) objects.push_back(object.path);
    }
    for (const std::string& mechanism : mechanisms) objects.push_back(mechanism + ".o");
    if (precompiled) precompile();
    std::string chosen = "-fuse-ld=gold";  // takes half the time
    linker_ = {chosen};
    if (!run({link_command(objects), folder_ + "/key", compiler_environment()}, enough).ok()) {
      chosen.clear();
      linker_.clear();
      run_ours(link_command(objects), folder_ + "/key", "cannot link the answer key");
    }
    io::write_file(ready, chosen);
  }
  const std::string chosen = io::read_file(ready, largest_object);
  linker_.clear();
  if (!chosen.empty()) linker_.push_back(chosen);
  cache_ = std::make_unique<ObjectCache>(folder_ + "/objects");
}

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
  Hash headers;
  for (const std::string& header : part.headers) headers.add(header);
  part.context = "// with headers " + headers.text() + "\n";
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
  run_ours(command, folder.path(), "cannot link what submissions are built with");
  fs::permissions(made, readable);
  fs::rename(made, file);
}

std::string Harness::registry_object(const std::string& folder, const std::string& text) const {
  io::write_file(folder + "/registry.cpp", text);
  std::vector<std::string> command{files_.compiler};
  command.insert(command.end(), files_.registry_flags.begin(), files_.registry_flags.end());
  for (const char* word : {"-w", "-o", "registry.o", "-c", "registry.cpp"}) {
    command.emplace_back(word);
  }
  run_ours(command, folder, "the registry of chapters does not compile");
  return folder + "/registry.o";
}

/// Our own source, which is trusted.
std::string Harness::blank_object(const std::string& mechanism, const std::string& text) const {
  if (const std::optional<Compiled> known = cache_->find(mechanism, text)) return known->object;
  const OwnFolder folder("attn");
  fs::create_directories(folder.path() + "/lib/attn/mechanisms");
  io::write_file(folder / source_of(mechanism), text);
  run_ours(compile_command(mechanism, true), folder.path(),
           "the blank " + mechanism + " does not compile");
  return cache_
      ->add(mechanism, text, read_left_file(folder.path(), mechanism + ".o", largest_object), "")
      .object;
}

}  // namespace attn::grading
