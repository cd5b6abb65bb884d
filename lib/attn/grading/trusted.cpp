#include "attn/grading/trusted.hpp"

#include <stdexcept>

#include "attn/grading/build_files.hpp"
#include "attn/grading/process/process.hpp"

namespace attn::grading {
namespace {

Ended run_it(const std::vector<std::string>& command, const std::string& folder,
             std::uint64_t file_bytes) {
  Limits enough{.wall_seconds = 300, .cpu_seconds = 300, .memory_bytes = 0};
  enough.file_bytes = enough.disk_bytes = file_bytes;
  return run({command, folder, compiler_environment()}, enough);
}

}  // namespace

void run_trusted(const std::vector<std::string>& command, const std::string& folder,
                 const std::string& what, std::uint64_t file_bytes) {
  const Ended ended = run_it(command, folder, file_bytes);
  if (ended.ok()) return;
  constexpr std::size_t most = 4000;
  throw std::runtime_error(what + ": it " + ended.explain() + "\n" + ended.err.substr(0, most));
}

bool try_trusted(const std::vector<std::string>& command, const std::string& folder) {
  return run_it(command, folder, std::uint64_t{2} << 30).ok();
}

}  // namespace attn::grading
