#include "attn/grading/runner.hpp"

#include <algorithm>

#include "attn/grading/examine.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"

namespace attn::grading {
namespace {

Ended started(Ended ended) {
  expect_no_machine_fault(ended);
  return ended;
}

}  // namespace

std::string Runner::config(const Case& of) const {
  io::write_file(config_, io::read_file(of.config, largest_config));
  return config_;
}

Limits Runner::limits(bool hurried) const {
  Limits limits = conduct_.running;
  if (hurried) {
    limits.cpu_seconds = std::min(1.0, limits.cpu_seconds);
    limits.wall_seconds = std::min(5.0, limits.wall_seconds);
  }
  return limits;
}

Ended Runner::run(const Command& command, bool hurried) const {
  Sandbox sandbox{};
  sandbox.read_only = {{config_, config_}, {command.argv.front(), command.argv.front()}};
  return started(run_in(conduct_.guard, sandbox, command, limits(hurried)));
}

Ended Runner::run_command(const std::string& folder, const Case& of, bool hurried) const {
  Sandbox sandbox{};
  sandbox.processes = true;
  sandbox.scratch = true;
  sandbox.read_only = {{config_, config_}, {folder, folder}};
  Command command;
  command.environment = {{"LC_ALL", "C.UTF-8"}, {"PATH", "/usr/local/bin:/usr/bin:/bin"}};
  command.folder = folder;
  for (const std::string& word : conduct_.command) {
    command.argv.push_back(word);
    const std::size_t at = word.find("{config}");
    if (at != std::string::npos) command.argv.back().replace(at, 8, config_);
  }
  Limits of_run = limits(hurried);
  // Nobody needs many times the output of the reference, and we have to read all of it.
  constexpr std::uint64_t always = 1 << 20;
  of_run.output_bytes = std::min(of_run.output_bytes, always + 8 * io::to_json(of.key).size());
  return started(run_in(conduct_.guard, sandbox, command, of_run));
}

}  // namespace attn::grading
