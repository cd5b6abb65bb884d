#include "attn/grading/harness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include "attn/grading/access.hpp"
#include "attn/grading/lock.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/grading/process/left_file.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/trusted.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_object = std::uint64_t{64} << 20;

/// A folder that is closed to others before anything is in it.
void make_closed_folder(const fs::path& folder) {
  fs::create_directories(folder.parent_path());
  fs::create_directory(folder);
  fs::permissions(folder, access::closed);
}

/// Tells a file that a build made from what it makes next.
std::string file_stamp(const std::string& file) {
  std::error_code error;
  // In whole seconds: the layers of a container's image keep no more.
  const auto time = fs::last_write_time(file, error).time_since_epoch();
  const std::uintmax_t size = fs::file_size(file, error);
  if (!error)
    return fmt::format("{} {}", std::chrono::floor<std::chrono::seconds>(time).count(), size);
  throw io::InputError(io::Place{.source = file},
                       "is not built; run `./attn build` in the checkout first");
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

Hash Harness::compiler_stamp(const std::vector<std::string>& flags) const {
  Hash hash;
  for (const std::string& flag : files_.flags) hash.add(flag);
  for (const std::string& flag : flags) hash.add(flag);
  hash.add(files_.compiler).add(file_stamp(files_.compiler));
  for (const std::string& file : files_.precompiled) hash.add(file).add(file_stamp(file));
  return hash;
}

std::string Harness::stamp(const Sources& keys) const {
  Hash hash;
  hash.add("3");  // what the folder has in it
  hash.add(compiler_stamp(key_flags()).text()).add(compiler_stamp(submission_flags()).text());
  for (const auto& [mechanism, text] : blanks_) hash.add(mechanism).add(text);
  for (const auto& [mechanism, text] : keys) hash.add(mechanism).add(text);
  for (const std::string& file : library_.code()) hash.add(file).add(library_.text(file));
  for (const Object& object : files_.objects) hash.add(object.path).add(file_stamp(object.path));
  return hash.text();
}

/// All of the project that a text includes, and what the build knows of the rest: it makes the
/// mechanism's own object anew when a header of the system has changed.
std::string Harness::context_of_source(const std::string& mechanism, const std::string& text,
                                       bool submission) const {
  Hash hash = compiler_stamp(submission ? submission_flags() : key_flags());
  std::set<std::string> found;
  std::vector<std::string> open = includes_of(text);
  while (!open.empty()) {
    const std::string file = open.back();
    open.pop_back();
    if (!library_.has(file) || !found.insert(file).second) continue;
    const std::vector<std::string> more = includes_of(library_.text(file));
    open.insert(open.end(), more.begin(), more.end());
  }
  for (const std::string& file : found) hash.add(file).add(library_.text(file));
  for (const Object& object : files_.objects) {
    if (object.source == source_of(mechanism)) hash.add(file_stamp(object.path));
  }
  return "// with headers " + hash.text() + "\n";
}

std::string Harness::object_of(const ObjectCache& cache, const std::string& mechanism,
                               const std::string& text, bool submission,
                               const std::string& what) const {
  const std::string known_as = context_of_source(mechanism, text, submission) + text;
  if (const std::optional<Compiled> known = cache.find(mechanism, known_as)) return known->object;
  const OwnFolder folder("attn");
  fs::create_directories(folder.path() + "/lib/attn/mechanisms");
  io::write_file(folder / source_of(mechanism), text);
  run_trusted(compile_command(mechanism, submission), folder.path(), what + " does not compile");
  return cache
      .add(mechanism, known_as, read_left_file(folder.path(), mechanism + ".o", largest_object), "")
      .object;
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
  const fs::path place = fs::path(header_).parent_path();
  const fs::path made = place.parent_path() / ".header";  // and renamed when it is whole
  std::error_code ignored;
  fs::remove_all(made, ignored);
  fs::create_directory(made);
  const std::string header = made / fs::path(header_).filename();
  io::write_file(header, io::read_file(files_.precompiled.front(), largest_object));
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
       {std::string("-w"), std::string("-o"), header + ".gch", std::string("-x"),
        std::string("c++-header"), std::string("-c"), header}) {
    command.push_back(word);
  }
  run_trusted(command, made, "cannot precompile the headers for submissions");
  for (const std::string& file : {header, header + ".gch"}) fs::permissions(file, access::readable);
  fs::permissions(made, access::passed);
  fs::rename(made, place);
}

std::vector<std::string> Harness::link_command(const std::vector<std::string>& objects) const {
  std::vector<std::string> command{files_.compiler, "-o", "attn", "-s"};
  command.insert(command.end(), linker_.begin(), linker_.end());
  command.insert(command.end(), objects.begin(), objects.end());
  command.insert(command.end(), files_.libraries.begin(), files_.libraries.end());
  return command;
}

void Harness::prepare(const Sources& keys) {
  const fs::path all = checkout_.build + "/grading";
  folder_ = all / stamp(keys);
  key_ = folder_ + "/key/attn";
  const bool precompiled = files_.precompiled.size() == 2;  // the header, and what was made of it
  if (precompiled) {
    const std::string made_for = "header-" + compiler_stamp(submission_flags()).text();
    header_ = all / made_for / fs::path(files_.precompiled.front()).filename();
  }
  const std::string ready = folder_ + "/ready";
  if (!fs::exists(ready)) {
    make_closed_folder(all / "keys");
    fs::permissions(all, access::passed);
    clear(all);
    if (precompiled && !fs::exists(header_)) precompile();
    make_key(keys);
  }
  const std::string chosen = io::read_file(ready, largest_object);
  linker_.clear();
  if (!chosen.empty()) linker_.push_back(chosen);
  cache_ = std::make_unique<ObjectCache>(all / "objects");
}

/// Takes away what was made of other sources, but not what was compiled: who goes on writing will
/// have most of it again.
void Harness::clear(const fs::path& all) const {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(all)) {
    const std::string name = entry.path().filename();
    if (name != "keys" && name != "objects" && !header_.starts_with(entry.path().string() + "/"))
      fs::remove_all(entry.path(), ignored);
  }
  ObjectCache(all / "keys/objects").forget(std::chrono::days(2));
  ObjectCache(all / "objects").forget(std::chrono::days(30));
}

void Harness::make_key(const Sources& keys) {
  const fs::path key = folder_ + "/key";
  make_closed_folder(key);
  fs::permissions(folder_, access::passed);
  fs::create_directories(key / "lib/attn/mechanisms");
  const ObjectCache cache(fs::path(folder_).parent_path() / "keys/objects");
  std::vector<std::string> mechanisms;
  for (const auto& [mechanism, text] : keys) mechanisms.push_back(mechanism);
  in_parallel(2, mechanisms.size(), [&](std::size_t n) {
    const std::string& mechanism = mechanisms[n];
    const std::string& text = keys.at(mechanism);
    io::write_file(key / source_of(mechanism), text);
    const std::string object =
        object_of(cache, mechanism, text, false, "the answer key of " + mechanism);
    fs::copy_file(object, key / (mechanism + ".o"));
  });
  std::vector<std::string> objects;
  for (const Object& object : files_.objects) {
    if (!keys.contains(mechanism_of(object.source))) objects.push_back(object.path);
  }
  for (const std::string& mechanism : mechanisms) objects.push_back(mechanism + ".o");
  std::string chosen = "-fuse-ld=gold";  // takes half the time
  linker_ = {chosen};
  if (!try_trusted(link_command(objects), key)) {
    chosen.clear();
    linker_.clear();
    run_trusted(link_command(objects), key, "cannot link the answer key");
  }
  io::write_file(folder_ + "/ready", chosen);
}

}  // namespace attn::grading
