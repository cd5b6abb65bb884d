#include "attn/grading/inbox/plain_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "attn/grading/process/descriptor.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

bool is_tool_folder(const std::string& name) {
  static constexpr std::array<std::string_view, 5> names{"__MACOSX", ".git", ".svn", ".hg",
                                                         ".Trashes"};
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// What systems put beside the files of people.
bool is_system_file(const std::string& name) {
  return name.starts_with("._") || name == ".DS_Store" || name == "Thumbs.db" ||
         name == "desktop.ini";
}

void look_into(const fs::path& folder, const std::string& inside, std::size_t depth,
               std::size_t& seen, FilesBelow& below) {
  constexpr std::size_t deepest = 16;
  std::error_code error;
  fs::directory_iterator at(folder, error);
  if (error) {
    below.closed.push_back((inside.empty() ? "" : inside + ": ") + error.message());
    return;
  }
  for (const fs::directory_iterator end; !error && at != end; at.increment(error)) {
    if (seen++ >= most_submitted_files) {
      below.all = false;
      return;
    }
    std::error_code ignored;
    const std::string name = at->path().filename().string();
    const std::string path = inside.empty() ? name : inside + '/' + name;
    const fs::file_type type = at->symlink_status(ignored).type();
    if (type == fs::file_type::regular) {
      if (!is_system_file(name)) below.files.push_back(path);
    } else if (type == fs::file_type::directory) {
      if (is_tool_folder(name)) {
        below.left_out.push_back(path);
      } else if (depth < deepest) {
        look_into(at->path(), path, depth + 1, seen, below);
      } else {
        below.all = false;
      }
    }
  }
  if (error) below.closed.push_back((inside.empty() ? "" : inside + ": ") + error.message());
}

/// A plain file, or why there is none.
class PlainFile {
 public:
  // Without O_NONBLOCK a pipe would keep us waiting for somebody to write into it.
  explicit PlainFile(const std::string& path)
      : file_(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {
    if (!file_.valid()) {
      if (errno == EACCES || errno == EPERM || errno == EIO) refuse();
      why_ = errno == ELOOP ? "is a symbolic link" : "cannot be read";
    } else if (::fstat(file_.get(), &status_) != 0 || !S_ISREG(status_.st_mode)) {
      why_ = "is not a plain file";
    }
  }

  const std::string& why() const { return why_; }
  std::uint64_t size() const { return static_cast<std::uint64_t>(status_.st_size); }
  bool runs() const { return (status_.st_mode & S_IXUSR) != 0; }

  /// Calls `use` with one piece of it after another, as far as it went when it was opened.
  template <class Use>
  void each_piece(Use&& use) const {
    std::vector<char> buffer(std::size_t{1} << 16);
    for (std::uint64_t left = size(); left > 0;) {
      const ssize_t got =
          ::read(file_.get(), buffer.data(), std::min<std::uint64_t>(left, buffer.size()));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) refuse();
      if (got == 0) return;
      use(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
      left -= static_cast<std::uint64_t>(got);
    }
  }

 private:
  [[noreturn]] static void refuse() {
    throw Unreadable(fmt::format("cannot be read: {}", std::strerror(errno)));
  }

  Descriptor file_;
  struct stat status_ {};
  std::string why_;
};

}  // namespace

std::optional<std::string> read_plain(const std::string& path, std::uint64_t most,
                                      std::string& why) {
  const PlainFile file(path);
  why = file.why();
  if (why.empty() && file.size() > most) why = fmt::format("has more than {} bytes", most);
  if (!why.empty()) return std::nullopt;
  std::string text;
  text.reserve(file.size());
  file.each_piece([&](std::string_view piece) { text += piece; });
  return text;
}

bool copy_plain(const std::string& from, const std::string& to, std::string& why) {
  const PlainFile file(from);
  why = file.why();
  if (!why.empty()) return false;
  fs::create_directories(fs::path(to).parent_path());
  const auto fail = [&] { throw std::system_error(errno, std::generic_category(), to); };
  const Descriptor copy(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                               file.runs() ? 0755 : 0644));
  if (!copy.valid()) fail();
  file.each_piece([&](std::string_view piece) {
    while (!piece.empty()) {
      const ssize_t put = ::write(copy.get(), piece.data(), piece.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) fail();
      piece.remove_prefix(static_cast<std::size_t>(put));
    }
  });
  return true;
}

bool add_plain(const std::string& path, Hash& hash, std::string& why) {
  const PlainFile file(path);
  why = file.why();
  if (!why.empty()) return false;
  hash.add(fmt::format("{} {}", file.size(), file.runs()));
  file.each_piece([&](std::string_view piece) { hash.add(piece); });
  return true;
}

FilesBelow files_below(const std::string& folder) {
  FilesBelow below;
  std::size_t seen = 0;
  look_into(folder, "", 0, seen, below);
  std::sort(below.files.begin(), below.files.end());
  std::sort(below.left_out.begin(), below.left_out.end());
  return below;
}

bool goes_through_a_link(const std::string& folder, const std::string& file) {
  fs::path path = folder;
  for (const fs::path& part : fs::path(file).parent_path()) {
    path /= part;
    std::error_code ignored;
    if (fs::is_symlink(path, ignored)) return true;
  }
  return false;
}

}  // namespace attn::grading
