#include "attn/grading/descendants.hpp"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace attn::grading {
namespace {

/// As the kernel writes it; readdir() may not be called after fork().
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short length;
  unsigned char type;
  char name[1];
};

/// 0 if `text` is no number.
pid_t number_in(const char* text) {
  pid_t number = 0;
  for (; *text >= '0' && *text <= '9' && number < 100000000; ++text) {
    number = number * 10 + (*text - '0');
  }
  return *text == '\0' || *text == ' ' ? number : 0;
}

/// Field 4 of /proc/PID/stat; 0 if the process is gone. `proc` is the open folder /proc.
pid_t parent_of(int proc, const char* pid) {
  char path[32] = {};
  std::size_t length = std::min<std::size_t>(std::strlen(pid), 16);
  std::memcpy(path, pid, length);
  std::memcpy(path + length, "/stat", 6);
  const int file = ::openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[512];
  const ssize_t got = ::read(file, text, sizeof text - 1);
  ::close(file);
  if (got <= 0) return 0;
  text[got] = '\0';
  // The name of the program stands in brackets, and may hold some itself: "123 (a) b) S 1 ...".
  const char* end = std::strrchr(text, ')');
  return end == nullptr || std::strlen(end) < 5 ? 0 : number_in(end + 4);
}

void read_processes(FamilyTree& tree) {
  tree.size = 0;
  const int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0) return;
  alignas(DirectoryEntry) char buffer[8192];
  long got = 0;
  while ((got = ::syscall(SYS_getdents64, proc, buffer, sizeof buffer)) > 0) {
    for (long at = 0; at < got;) {
      DirectoryEntry entry;
      std::memcpy(&entry, buffer + at, offsetof(DirectoryEntry, name));
      const char* name = buffer + at + offsetof(DirectoryEntry, name);
      at += entry.length;
      const pid_t pid = number_in(name);
      if (pid <= 0 || tree.size == tree.capacity) continue;
      const pid_t parent = parent_of(proc, name);
      if (parent > 0) tree.entries[tree.size++] = {pid, parent, false};
    }
  }
  ::close(proc);
}

}  // namespace

std::size_t find_descendants(pid_t ancestor, FamilyTree& tree) {
  read_processes(tree);
  Relative* const end = tree.entries + tree.size;
  const auto by_pid = [](const Relative& a, const Relative& b) { return a.pid < b.pid; };
  std::sort(tree.entries, end, by_pid);
  const auto belongs = [&](pid_t parent) {
    if (parent == ancestor) return true;
    const Relative* at = std::lower_bound(tree.entries, end, Relative{parent, 0, false}, by_pid);
    return at != end && at->pid == parent && at->found;
  };
  std::size_t count = 0;
  // Children mostly have greater numbers than their parents: the second round finds few, if any.
  for (bool more = true; more;) {
    more = false;
    for (Relative* at = tree.entries; at != end; ++at) {
      if (at->found || at->pid == ancestor || !belongs(at->parent)) continue;
      at->found = more = true;
      ++count;
    }
  }
  return count;
}

}  // namespace attn::grading
