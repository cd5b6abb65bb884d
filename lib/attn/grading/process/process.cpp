#include "attn/grading/process/process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

#include "attn/grading/process/launch.hpp"
#include "attn/grading/process/lookup.hpp"

namespace attn::grading {
namespace {

std::string meaning(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "SIGSEGV, it used memory that is not its own";
    case SIGBUS:
      return "SIGBUS, it used memory that is not there";
    case SIGABRT:
      return "SIGABRT, it gave up by itself";
    case SIGFPE:
      return "SIGFPE, mostly a division of an integer by zero";
    case SIGILL:
      return "SIGILL, an instruction that the processor does not have";
    case SIGKILL:
      return "SIGKILL, which one of its own processes may have sent";
    case SIGSYS:
      return "SIGSYS, it asked the kernel for something forbidden";
    case SIGXFSZ:
      return "SIGXFSZ, it wrote more to a file than it may";
    case SIGPIPE:
      return "SIGPIPE, nobody read what it wrote";
    case SIGTERM:
      return "SIGTERM";
    case SIGINT:
      return "SIGINT";
    case SIGTRAP:
      return "SIGTRAP";
    default:
      return "";
  }
}

}  // namespace

std::string Ended::explain() const {
  switch (how) {
    case How::exited:
      return fmt::format("ended with exit status {}", status);
    case How::not_started:
      return reason.empty() ? "was not started" : reason;
    case How::killed_by_signal: {
      if (!reason.empty()) return reason;
      if (from_outside) return fmt::format("was killed from outside, by signal {}", status);
      const std::string words = meaning(status);
      return fmt::format("was ended by signal {}{}", status,
                         words.empty() ? "" : " (" + words + ")");
    }
    case How::out_of_time:
    case How::too_much_output:
    case How::too_many_processes:
      break;
  }
  return reason + " and was stopped";
}

Ended run(const Command& command, const Limits& limits) {
  Launch request;
  request.command = command;
  request.limits = limits;
  // The kernel counts all that we run; it does not hold root to it. The keeper counts exactly.
  if (::geteuid() != 0) request.process_limit = our_tasks() + limits.processes + 64;
  return launch(request);
}

}  // namespace attn::grading
