#include "attn/grading/build_files.hpp"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "attn/io/files.hpp"
#include "attn/io/json.hpp"

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

/// The flags of the compiler for a file: all between the compiler and the names of the files.
std::vector<std::string> flags_in(const io::Json& commands, const std::string& listing,
                                  const std::string& file, const std::string& compiler) {
  for (const io::Json& entry : commands.items) {
    const io::Json* name = entry.find("file");
    const io::Json* command = entry.find("command");
    if (name == nullptr || command == nullptr || !name->text.ends_with(file)) continue;
    const std::vector<std::string> words = words_of(command->text);
    std::vector<std::string> flags;
    auto word = std::find(words.begin(), words.end(), compiler);
    for (word += word == words.end() ? 0 : 1; word != words.end() && *word != "-o"; ++word) {
      // Of what we compile, warnings are not read.
      if (!word->starts_with("-fdiagnostics-color") && !word->starts_with("-W")) {
        flags.push_back(*word);
      }
    }
    return flags;
  }
  throw io::InputError(io::Place{.source = listing}, "does not have " + file);
}

/// "…/attn_lib.dir/./lib/attn/core/ops.cpp.o" is of lib/attn/core/ops.cpp.
std::string source_of_object(const std::string& object) {
  const std::size_t at = object.rfind(".dir/");
  if (at == std::string::npos || !object.ends_with(".o")) return "";
  std::string source = object.substr(at + 5, object.size() - at - 7);
  if (source.starts_with("./")) source.erase(0, 2);
  return source.starts_with("lib/") || source.starts_with("chapters/") ? source : "";
}

}  // namespace

BuildFiles read_build(const Checkout& checkout) {
  BuildFiles files;
  std::istringstream lines(io::read_file(checkout.build + "/harness.txt", largest_listing));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t space = line.find(' ');
    const std::string kind = line.substr(0, space);
    const std::string value = space == std::string::npos ? "" : line.substr(space + 1);
    if (kind == "compiler") files.compiler = value;
    if (kind == "library") files.libraries.push_back(value);
    if (kind != "program" && kind != "object") continue;
    if (value.ends_with(".gch")) continue;  // CMake counts that as an object
    files.objects.push_back({value, source_of_object(value)});
  }
  const std::string listing = checkout.build + "/compile_commands.json";
  const io::Json commands = io::parse_json(io::read_file(listing, largest_listing), listing);
  files.flags = flags_in(commands, listing, "/lib/attn/mechanisms/scale.cpp", files.compiler);
  files.registry_flags = flags_in(commands, listing, "/chapters/registry.cpp", files.compiler);
  for (std::size_t n = 0; n + 1 < files.flags.size(); ++n) {
    if (files.flags[n] != "-include") continue;
    files.precompiled.push_back(files.flags[n + 1]);
    if (fs::exists(files.flags[n + 1] + ".gch")) {
      files.precompiled.push_back(files.flags[n + 1] + ".gch");
    }
  }
  return files;
}

std::vector<std::pair<std::string, std::string>> compiler_environment() {
  return {{"PATH", "/usr/local/bin:/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}};
}

std::vector<std::string> submission_flags() { return {"-O1", "-DATTN_CHECK_BOUNDS"}; }

std::vector<std::string> key_flags() { return {"-O1"}; }

}  // namespace attn::grading
