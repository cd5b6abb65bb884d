/// Running a program that nobody trusts: it sees little, reaches nobody, and leaves nothing behind.
#pragma once

#include <string>
#include <vector>

#include "attn/grading/process/process.hpp"

namespace attn::grading {

/// What holds the program.
enum class Guard {
  bubblewrap,  ///< bwrap: namespaces of its own, and a file system of what it was given
  kernel,      ///< without bwrap: Landlock where the kernel has it, seccomp, limits, another user
               ///< where we are root
};

/// A file or folder of ours, and where the program sees it. Under Guard::kernel it sees it where it
/// is, whatever `inside` says; so let both be equal where a program must run under either.
struct Bind {
  std::string host;
  std::string inside;
};

/// What the program may reach beside the system's own programs and libraries. As root, programs run
/// as another user: what is `writable` is given to that user while the program runs; of what is
/// `read_only`, that which lies in the system's temporary folder is made readable to it, and the
/// rest must be readable to everybody.
struct Sandbox {
  std::vector<Bind> read_only;
  std::vector<Bind> writable;
  bool processes = false;  ///< it may start processes and threads, as a compiler does, or Python
  bool scratch = false;    ///< it gets a small writable /tmp; under Guard::kernel a folder, $TMPDIR
};

/// Whether bwrap is installed and may do its work here. Tried once.
bool bubblewrap_works();

/// bubblewrap where it works.
Guard best_guard();

/// The prefix of the folders that stand for /tmp under Guard::kernel: remove_left_folders().
inline constexpr const char* scratch_folder = "attn-scratch";

/// As run(), in a sandbox. The command's folder is a path inside. Nothing is thrown: what cannot be
/// set up is Ended::How::not_started, with its reason.
///
/// What it leaves in a writable folder may be links or pipes: read it with read_left_file().
///
/// bwrap tells of a signal n as exit status 128 + n, as shells do; so a program of its own that
/// exits with 129 to 159 is taken for one that was killed.
Ended run_in(Guard guard, const Sandbox& sandbox, const Command& command, const Limits& limits);

/// What this guard holds on this machine, in a few sentences for people.
std::string what_holds(Guard guard);

}  // namespace attn::grading
