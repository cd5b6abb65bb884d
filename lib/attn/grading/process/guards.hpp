/// The two guards of run_in(), and what they share.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "attn/grading/process/launch.hpp"
#include "attn/grading/process/sandbox.hpp"

namespace attn::grading {

/// How bwrap works here.
enum class Bubblewrap {
  not_at_all,
  as_root,      ///< root makes the namespaces, and the program becomes another user
  as_any_user,  ///< in a user namespace
};

/// Tried once.
Bubblewrap how_bubblewrap_works();

Ended run_in_bubblewrap(Bubblewrap how, const Sandbox& sandbox, const Command& command,
                        const Limits& limits);
Ended run_in_kernel_guard(const Sandbox& sandbox, const Command& command, const Limits& limits);

/// What is there of the system's programs and libraries, and what linking and compiling need of
/// /etc.
std::vector<std::string> system_files();

/// What is there of /dev/null and the like.
std::vector<std::string> harmless_devices();

/// For Launch::watch: notices when more than `most` bytes are written beneath these folders, or
/// when the disk gets full.
std::function<std::string()> watch_folders(std::vector<std::string> folders, std::uint64_t most);

}  // namespace attn::grading
