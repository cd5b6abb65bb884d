/// Running a program with limits, and what became of it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace attn::grading {

/// What a program may use. The first that it exceeds ends it.
struct Limits {
  /// In which it runs or sleeps. While it waits for a processor that others use, this clock stands
  /// still, up to ten times as long. Then it is told (SIGTERM), and has a moment to say so.
  double wall_seconds = 10;
  double cpu_seconds = 10;  ///< of each process, and twice that of all together; then SIGXCPU
  std::uint64_t memory_bytes = std::uint64_t{2} << 30;   ///< addresses of each process, and twice
                                                         ///< that used by all together; 0: no limit
  std::uint64_t output_bytes = std::uint64_t{64} << 20;  ///< of each of its two outputs
  std::uint64_t error_bytes = std::uint64_t{64}
                              << 10;                   ///< kept of standard error; the rest is read
  std::uint64_t file_bytes = std::uint64_t{64} << 20;  ///< of each file that it writes
  std::uint64_t disk_bytes = std::uint64_t{256}
                             << 20;  ///< run_in: written to its folders, together
  std::uint64_t processes = 64;      ///< at a time, itself included
};

struct Command {
  std::vector<std::string>
      argv;            ///< argv[0] without a slash is looked up in the environment's PATH
  std::string folder;  ///< where it runs; "" is where the caller is
  std::vector<std::pair<std::string, std::string>> environment;  ///< the whole of it
  std::vector<int> passed{};  ///< descriptors of ours, 10 or above, that it keeps
};

/// How a program ended, and what it wrote.
struct Ended {
  enum class How {
    exited,
    killed_by_signal,    ///< also by us, when its processes use too much memory together
    out_of_time,         ///< by the clock on the wall or by the processor's
    too_much_output,     ///< on an output, or to files
    too_many_processes,  ///< where the kernel does not simply refuse to start more
    not_started,
  };
  How how = How::not_started;
  int status = 0;  ///< the exit status or the signal
  std::string out, err;
  std::uint64_t err_dropped = 0;  ///< bytes of standard error that were read but not kept
  double seconds = 0;             ///< on the wall
  double cpu_seconds = 0;         ///< of the processor, all its processes together, where known
  std::uint64_t peak_bytes = 0;   ///< of memory used, by the largest of its processes, where known
  bool from_outside = false;      ///< killed, and neither by itself nor for a limit of ours
  int not_executed = 0;           ///< not started: errno, where the kernel did not take its file
  std::string reason;             ///< not exited: in words, "ran longer than 10 seconds"

  /// It ended by itself, with exit status 0.
  bool ok() const { return how == How::exited && status == 0; }

  /// A clause for people: "ran longer than 10 seconds and was stopped".
  std::string explain() const;
};

/// Runs a program and waits for its end. Standard input is empty, no file of the caller is open in
/// it, it has a session of its own and leaves no core dump. When this returns, every process that
/// it started has been killed, also those that moved to another session, and nobody waits for an
/// output that one of them kept open. Several threads may call it at once.
///
/// It runs as who we are: a program that means harm could kill us. For those there is run_in().
Ended run(const Command& command, const Limits& limits);

}  // namespace attn::grading
