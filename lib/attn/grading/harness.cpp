#include "attn/grading/harness.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "attn/grading/hash.hpp"
#include "attn/grading/lock.hpp"
#include "attn/grading/parallel.hpp"
#include "attn/io/files.hpp"
#include "attn/io/json.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largest_listing = std::uintmax_t{64} << 20;

/// The words of a command line, as a shell reads them.
std::vector<std::string> words_of(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool any = false;
  char quote = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
      any = true;
    } else if (quote != 0) {
      if (c == quote)
        quote = 0;
      else
        word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      any = true;
    } else if (c == ' ') {
      if (any || !word.empty()) words.push_back(word);
      word.clear();
      any = false;
    } else {
      word += c;
    }
  }
  if (any || !word.empty()) words.push_back(word);
  return words;
}

/// The flags of the compiler for a mechanism: all between the compiler and the names of the files.
std::vector<std::string> flags_in(const std::string& commands, const std::string& file,
                                  const std::string& compiler) {
  const io::Json json = io::parse_json(io::read_file(commands, largest_listing), commands);
  for (const io::Json& entry : json.items) {
    const io::Json* name = entry.find("file");
    const io::Json* command = entry.find("command");
    if (name == nullptr || command == nullptr || !name->text.ends_with(file)) continue;
    const std::vector<std::string> words = words_of(command->text);
    std::vector<std::string> flags;
    auto word = std::find(words.begin(), words.end(), compiler);
    for (word += word == words.end() ? 0 : 1; word != words.end() && *word != "-o"; ++word) {
      if (!word->starts_with("-fdiagnostics-color") && *word != "-Werror") flags.push_back(*word);
    }
    return flags;
  }
  throw io::InputError(io::Place{.source = commands}, "does not have " + file);
}

/// Keeps PATH, so that the compiler finds its parts.
std::vector<std::pair<std::string, std::string>> environment() {
  return {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}};
}

constexpr const char* source_place = "lib/attn/mechanisms/";

}  // namespace

Harness::Harness(Checkout checkout, const std::vector<Assignment>& assignments)
    : checkout_(std::move(checkout)) {
  const ExerciseSources sources = exercise_sources(checkout_.source, assignments);
  blanks_ = sources.blanks;
  read_build();
  const Lock lock(checkout_.build + "/grading.lock");
  prepare(sources.keys);
}

void Harness::read_build() {
  const std::string path = checkout_.build + "/harness.txt";
  std::istringstream lines(io::read_file(path, largest_listing));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t space = line.find(' ');
    const std::string kind = line.substr(0, space);
    const std::string value = space == std::string::npos ? "" : line.substr(space + 1);
    if (kind == "compiler") compiler_ = value;
    if (kind == "archiver") archiver_ = value;
    if (kind == "library") libraries_.push_back(value);
    if (kind == "program") program_.push_back(value);
    if (kind != "object" || value.ends_with(".gch")) continue;  // CMake counts that as an object
    const std::size_t at = value.rfind("/mechanisms/");
    const bool mechanism = at != std::string::npos;
    const std::string stem = mechanism ? value.substr(at + 12, value.find('.', at) - at - 12) : "";
    if (!blanks_.contains(stem)) objects_.push_back(value);
  }
  flags_ = flags_in(checkout_.build + "/compile_commands.json",
                    std::string("/") + source_place + blanks_.begin()->first + ".cpp", compiler_);
  for (const fs::directory_entry& entry :
       fs::recursive_directory_iterator(checkout_.source + "/lib")) {
    if (entry.path().extension() == ".hpp") headers_.push_back(entry.path().string());
  }
  for (std::size_t n = 0; n + 1 < flags_.size(); ++n) {
    if (flags_[n] != "-include") continue;
    headers_.push_back(flags_[n + 1]);
    if (fs::exists(flags_[n + 1] + ".gch")) headers_.push_back(flags_[n + 1] + ".gch");
  }
}

std::string Harness::stamp(const Sources& keys) const {
  Hash hash;
  for (const std::string& flag : flags_) hash.add(flag);
  for (const auto& [mechanism, text] : blanks_) hash.add(mechanism).add(text);
  for (const auto& [mechanism, text] : keys) hash.add(mechanism).add(text);
  for (const std::vector<std::string>* files : {&program_, &objects_, &headers_}) {
    for (const std::string& file : *files) {
      std::error_code error;
      hash.add(file).add(
          std::to_string(fs::last_write_time(file, error).time_since_epoch().count()));
      hash.add(std::to_string(fs::file_size(file, error)));
      if (!error) continue;
      throw io::InputError(io::Place{.source = file},
                           "is not built; run `./attn build` in the checkout first");
    }
  }
  return hash.text();
}

std::vector<std::string> Harness::compile_command(const std::string& mechanism) const {
  std::vector<std::string> command{compiler_};
  command.insert(command.end(), flags_.begin(), flags_.end());
  for (const char* flag : {"-fdiagnostics-color=never", "-fmax-errors=5", "-pipe", "-w", "-o"}) {
    command.emplace_back(flag);
  }
  command.push_back(mechanism + ".o");
  command.emplace_back("-c");
  command.push_back(source_place + mechanism + ".cpp");
  return command;
}

std::vector<std::string> Harness::link_command(const std::vector<std::string>& objects) const {
  std::vector<std::string> command{compiler_, "-o", "attn"};
  command.insert(command.end(), program_.begin(), program_.end());
  command.insert(command.end(), objects.begin(), objects.end());
  command.push_back(archive_);
  command.insert(command.end(), libraries_.begin(), libraries_.end());
  return command;
}

/// Our own source, which is trusted.
Built Harness::compile(const std::string& folder, const std::string& mechanism) const {
  const Ended ended = run({compile_command(mechanism), folder, environment()},
                          {.wall_seconds = 300, .cpu_seconds = 300, .memory_bytes = 0});
  if (ended.ok()) return {folder + "/" + mechanism + ".o", ""};
  return {"", ended.err.empty() ? ended.explain() : ended.err};
}

void Harness::prepare(const Sources& keys) {
  const std::string all = checkout_.build + "/grading";
  folder_ = all + "/" + stamp(keys);
  archive_ = folder_ + "/libharness.a";
  key_ = folder_ + "/key/attn";
  if (fs::exists(folder_ + "/ready")) return;
  std::error_code ignored;
  fs::remove_all(all, ignored);
  for (const char* part : {"/blank/", "/key/"}) {
    fs::create_directories(folder_ + part + source_place);
  }
  std::vector<std::pair<std::string, std::string>> work;  // folder and mechanism
  for (const auto& [mechanism, text] : blanks_) {
    io::write_file(folder_ + "/blank/" + source_place + mechanism + ".cpp", text);
    io::write_file(folder_ + "/key/" + source_place + mechanism + ".cpp", keys.at(mechanism));
    work.emplace_back(folder_ + "/blank", mechanism);
    work.emplace_back(folder_ + "/key", mechanism);
  }
  std::vector<Built> built(work.size());
  in_parallel(2, work.size(),
              [&](std::size_t n) { built[n] = compile(work[n].first, work[n].second); });
  for (std::size_t n = 0; n < work.size(); ++n) {
    if (!built[n].program.empty()) continue;
    throw std::runtime_error("the exercises of " + work[n].second + " do not compile:\n" +
                             built[n].said);
  }
  std::vector<std::string> archive{archiver_, "rcs", archive_};
  archive.insert(archive.end(), objects_.begin(), objects_.end());
  std::vector<std::string> objects;
  for (const auto& [mechanism, text] : blanks_) objects.push_back(mechanism + ".o");
  const Limits enough{.wall_seconds = 300, .cpu_seconds = 300, .memory_bytes = 0};
  for (const std::vector<std::string>& command : {archive, link_command(objects)}) {
    const Ended ended = run({command, folder_ + "/key", environment()}, enough);
    if (!ended.ok())
      throw std::runtime_error("cannot link the answer key: it " + ended.explain() + "\n" +
                               ended.err);
  }
  io::write_file(folder_ + "/ready", "");
}

Built Harness::build(const Sources& sources, const std::vector<std::string>& asked,
                     const std::string& folder, Guard guard, const Limits& limits) const {
  fs::create_directories(folder + "/" + source_place);
  Sandbox sandbox;
  sandbox.processes = true;
  sandbox.scratch = true;
  sandbox.writable = {{folder, folder}};
  for (const std::string& header : headers_) sandbox.read_only.push_back({header, header});
  std::vector<std::string> objects;
  std::string said;
  for (const auto& [mechanism, blank] : blanks_) {
    const auto source = sources.find(mechanism);
    if (source == sources.end() || source->second == blank) {
      const bool is_asked = std::find(asked.begin(), asked.end(), mechanism) != asked.end();
      objects.push_back(folder_ + (is_asked ? "/blank/" : "/key/") + mechanism + ".o");
      continue;
    }
    io::write_file(folder + "/" + source_place + mechanism + ".cpp", source->second);
    const Ended ended =
        run_in(guard, sandbox, {compile_command(mechanism), folder, environment()}, limits);
    if (ended.how == Ended::How::not_started) throw std::runtime_error(ended.explain());
    if (ended.how != Ended::How::exited) {  // one that never ends is waited for once
      return {"", "the compiler " + ended.explain() + "\n" + ended.err};
    }
    if (!ended.ok()) said += ended.err;
    objects.push_back(ended.ok() ? mechanism + ".o" : folder_ + "/blank/" + mechanism + ".o");
  }
  sandbox.read_only.push_back({archive_, archive_});
  for (const std::string& object : program_) sandbox.read_only.push_back({object, object});
  for (const std::string& object : objects) {
    if (object.starts_with("/")) sandbox.read_only.push_back({object, object});
  }
  const Ended ended =
      run_in(guard, sandbox, {link_command(objects), folder, environment()}, limits);
  if (ended.how == Ended::How::not_started) throw std::runtime_error(ended.explain());
  if (!ended.ok()) return {"", "the linker: " + (ended.err.empty() ? ended.explain() : ended.err)};
  return {folder + "/attn", said};
}

}  // namespace attn::grading
