#include "attn/grading/runner.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "attn/grading/examine.hpp"
#include "attn/io/files.hpp"
#include "attn/io/output.hpp"
#include "attn/io/trace_json.hpp"

namespace attn::grading {
namespace {

/// Can it be of what is in a file that the kernel does not take it? Else the machine is short of
/// something.
bool is_of_the_file(int error) {
  constexpr int of_the_machine[] = {0, ENOMEM, EAGAIN, EIO, ETXTBSY, EMFILE, ENFILE, EINTR};
  return std::find(std::begin(of_the_machine), std::end(of_the_machine), error) ==
         std::end(of_the_machine);
}

/// A source can have it that the program which is linked with it cannot be run: it names a loader
/// that is not there. That is no fault of the machine, but as if it had ended at once; with the
/// status that a shell has for it.
void blame_its_file(const std::string& program, Ended& ended) {
  constexpr int cannot_execute = 126;
  if (ended.how != Ended::How::not_started || !is_of_the_file(ended.not_executed)) return;
  if (::access(program.c_str(), X_OK) != 0) return;
  ended.how = Ended::How::exited;
  ended.status = cannot_execute;
}

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
  Ended ended = run_in(conduct_.guard, sandbox, command, limits(hurried));
  blame_its_file(command.argv.front(), ended);
  return started(std::move(ended));
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
