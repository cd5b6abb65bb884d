#include "attn/grading/inbox/unpack.hpp"

#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "attn/grading/inbox/plain_files.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/submission.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr const char* program = "/usr/bin/bsdtar";

/// Programs run as another user where we are root, and an archive may hold files and folders that
/// not even their owner may read.
void open_to_us(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    const fs::file_type type = at->symlink_status(ignored).type();
    if (type == fs::file_type::directory) {
      fs::permissions(at->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
      open_to_us(at->path());
    } else if (type == fs::file_type::regular) {
      fs::permissions(at->path(), fs::perms::owner_read, fs::perm_options::add, ignored);
    }
  }
}

}  // namespace

Unpacked unpack(const std::string& archive, const std::string& to, Guard guard) {
  if (::access(program, X_OK) != 0) {
    throw std::runtime_error(
        "there is no bsdtar to unpack it with; expected the package libarchive-tools");
  }
  std::string why;
  const std::optional<std::string> bytes = read_plain(archive, most_packed_bytes, why);
  if (!bytes) return {"it " + why, "", false};
  // Where it lies, another user may not be able to read it.
  const OwnFolder place(submission_folder);
  const std::string copy = place / "archive";
  io::write_file(copy, *bytes);
  Sandbox sandbox{};
  sandbox.read_only = {{copy, copy}};
  sandbox.writable = {{to, to}};
  sandbox.processes = true;
  Command command;
  command.argv = {program,
                  "-x",
                  "-f",
                  copy,
                  "-C",
                  to,
                  "-o",
                  "--no-acls",
                  "--no-fflags",
                  "--no-xattrs",
                  "--no-same-permissions"};
  command.environment = {{"LC_ALL", "C.UTF-8"}, {"PATH", "/usr/bin:/bin"}};
  command.folder = to;
  Limits limits;
  limits.wall_seconds = 60;
  limits.cpu_seconds = 30;
  limits.output_bytes = 1 << 20;
  limits.file_bytes = most_unpacked_bytes;
  limits.disk_bytes = most_unpacked_bytes;
  const Ended ended = run_in(guard, sandbox, command, limits);
  if (ended.how == Ended::How::not_started) throw std::runtime_error(ended.explain());
  open_to_us(to);
  Unpacked unpacked;
  std::error_code ignored;
  unpacked.some = !fs::is_empty(to, ignored);
  if (ended.ok()) return unpacked;
  if (ended.how != Ended::How::exited) unpacked.why = "unpacking it " + ended.explain();
  if (ended.how == Ended::How::exited) unpacked.why = "it is damaged, or is no archive";
  unpacked.said = ended.err;
  return unpacked;
}

}  // namespace attn::grading
