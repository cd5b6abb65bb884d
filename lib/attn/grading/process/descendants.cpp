#include "attn/grading/process/descendants.hpp"

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

/// 0 if `text` does not begin with a number that ends at a space, or with itself.
long number_in(const char* text) {
  long number = 0;
  for (; *text >= '0' && *text <= '9' && number < 1L << 55; ++text) {
    number = number * 10 + (*text - '0');
  }
  return *text == '\0' || *text == ' ' ? number : 0;
}

/// /proc/PID/stat; its parent is 0 if the process is gone. `proc` is the open folder /proc.
Relative read_process(int proc, const char* pid) {
  Relative process{static_cast<pid_t>(number_in(pid)), 0, false, 0, 0};
  char path[32] = {};
  std::size_t length = 0;
  for (; length < 16 && pid[length] != '\0'; ++length) path[length] = pid[length];
  for (const char c : {'/', 's', 't', 'a', 't'}) path[length++] = c;
  const int file = ::openat(proc, path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return process;
  char text[1024];
  const ssize_t got = ::read(file, text, sizeof text - 1);
  ::close(file);
  if (got <= 0) return process;
  text[got] = '\0';
  // The name of the program, field 2, stands in brackets and may hold some: "123 (a) b) S 1 ...".
  const char* at = std::strrchr(text, ')');
  for (int field = 3; at != nullptr && field <= 24; ++field) {
    at = std::strchr(at + 1, ' ');
    if (at != nullptr && field == 4) process.parent = static_cast<pid_t>(number_in(at + 1));
    if (at != nullptr && field >= 14 && field <= 17) process.ticks += number_in(at + 1);
    if (at != nullptr && field == 24) process.pages = number_in(at + 1);
  }
  return process;
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
      if (number_in(name) <= 0 || tree.size == tree.capacity) continue;
      const Relative process = read_process(proc, name);
      if (process.parent > 0) tree.entries[tree.size++] = process;
    }
  }
  ::close(proc);
}

}  // namespace

Family find_descendants(pid_t ancestor, FamilyTree& tree) {
  read_processes(tree);
  Relative* const end = tree.entries + tree.size;
  const auto by_pid = [](const Relative& a, const Relative& b) { return a.pid < b.pid; };
  std::sort(tree.entries, end, by_pid);
  const auto belongs = [&](pid_t parent) {
    if (parent == ancestor) return true;
    const Relative* at =
        std::lower_bound(tree.entries, end, Relative{parent, 0, false, 0, 0}, by_pid);
    return at != end && at->pid == parent && at->found;
  };
  Family family;
  // Children mostly have greater numbers than their parents: the second round finds few, if any.
  for (bool more = true; more;) {
    more = false;
    for (Relative* at = tree.entries; at != end; ++at) {
      if (at->found || at->pid == ancestor || !belongs(at->parent)) continue;
      at->found = more = true;
      ++family.count;
      family.pages += at->pages;
      family.ticks += at->ticks;
    }
  }
  return family;
}

double waited_for_processor(const FamilyTree& tree) {
  const int proc = ::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  double seconds = 0;
  for (const Relative* at = tree.entries; at != tree.entries + tree.size; ++at) {
    if (!at->found) continue;
    char digits[16], path[40];
    std::size_t count = 0, length = 0;
    for (pid_t rest = at->pid; rest > 0; rest /= 10) {
      digits[count++] = static_cast<char>('0' + rest % 10);
    }
    while (count > 0) path[length++] = digits[--count];
    std::memcpy(path + length, "/schedstat", sizeof "/schedstat");
    // Nanoseconds on a processor, nanoseconds in the queue for one, and how often.
    char text[128];
    const int file = ::openat(proc, path, O_RDONLY | O_CLOEXEC);
    const ssize_t got = file < 0 ? 0 : ::read(file, text, sizeof text - 1);
    if (file >= 0) ::close(file);
    if (got <= 0) continue;
    text[got] = '\0';
    const char* const queue = std::strchr(text, ' ');
    if (queue != nullptr) seconds += 1e-9 * static_cast<double>(number_in(queue + 1));
  }
  ::close(proc);
  return seconds;
}

}  // namespace attn::grading
