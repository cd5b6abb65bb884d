#include "tests/support/program.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace attn::test {
namespace {

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

void collect(const nlohmann::json& values, std::vector<double>& into) {
  if (values.is_array()) {
    for (const nlohmann::json& value : values) collect(value, into);
  } else if (values.is_string()) {
    const std::string text = values;
    constexpr double inf = std::numeric_limits<double>::infinity();
    into.push_back(text == "inf"    ? inf
                   : text == "-inf" ? -inf
                                    : std::numeric_limits<double>::quiet_NaN());
  } else {
    into.push_back(values);
  }
}

}  // namespace

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Ran shell(const std::string& command, const std::filesystem::path& folder) {
  const Folder output;
  const std::string out = output.path() / "out";
  const std::string err = output.path() / "err";
  const std::string script = "cd " + quoted(folder) +
                             " && unset NO_COLOR COLUMNS && ATTN_PROGRAM=" + quoted(ATTN_PROGRAM) +
                             " && attn() { \"$ATTN_PROGRAM\" \"$@\"; }\n{ " + command +
                             "\n} </dev/null >" + quoted(out) + " 2>" + quoted(err);
  const int status = std::system(script.c_str());
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = read_file(out),
          .err = read_file(err)};
}

Ran run_attn(const std::vector<std::string>& args, const std::filesystem::path& folder) {
  std::string command = "attn";
  for (const std::string& arg : args) command += " " + quoted(arg);
  return shell(command, folder);
}

nlohmann::json trace_of(std::vector<std::string> args) {
  args.insert(args.end(), {"--format", "json"});
  const Ran ran = run_attn(args);
  if (ran.status != 0) {
    throw std::runtime_error("status " + std::to_string(ran.status) + ": " + ran.err);
  }
  return nlohmann::json::parse(ran.out);
}

std::vector<double> values_of(const nlohmann::json& trace, const std::string& tensor) {
  for (const nlohmann::json& step : trace.at("steps")) {
    for (const nlohmann::json& candidate : step.at("tensors")) {
      if (candidate.at("name") != tensor) continue;
      std::vector<double> values;
      collect(candidate.at("values"), values);
      return values;
    }
  }
  throw std::runtime_error("the trace has no tensor " + tensor);
}

Folder::Folder() {
  std::string name = std::filesystem::temp_directory_path() / "attn-test-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  path_ = name;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string Folder::file(const std::string& name, const std::string& text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return path_ / name;
}

}  // namespace attn::test
