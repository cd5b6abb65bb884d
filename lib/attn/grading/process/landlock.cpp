#include "attn/grading/process/landlock.hpp"

#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstddef>
#include <cstdint>

namespace attn::grading {
namespace {

/// What the newest kernel takes; an older one is given less of it. Headers may be older than that.
struct Ruleset {
  std::uint64_t files, net, scoped;
};

constexpr std::uint64_t right(int bit) { return std::uint64_t{1} << bit; }
constexpr std::uint64_t execute = right(0), write_file = right(1), read_file = right(2),
                        read_folder = right(3), make_device = right(6) | right(11),
                        make_socket = right(9), truncate = right(14);

/// All that this version of Landlock knows of.
std::uint64_t all_rights(int version) {
  const int count = version >= 5 ? 16 : version >= 3 ? 15 : version >= 2 ? 14 : 13;
  return right(count) - 1;
}

void allow(const Descriptor& rules, const std::string& path, std::uint64_t rights) {
  const Descriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!place.valid()) return;
  struct stat what {};
  if (::fstat(place.get(), &what) != 0) return;
  if (!S_ISDIR(what.st_mode)) rights &= execute | write_file | read_file | truncate | right(15);
  landlock_path_beneath_attr rule{};
  rule.allowed_access = rights;
  rule.parent_fd = place.get();
  if (::syscall(SYS_landlock_add_rule, rules.get(), LANDLOCK_RULE_PATH_BENEATH, &rule, 0U) != 0) {
    throw std::system_error(errno, std::generic_category(), "Landlock for " + path);
  }
}

}  // namespace

int landlock_version() {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, std::size_t{0},
                                 LANDLOCK_CREATE_RULESET_VERSION);
  return version > 0 ? static_cast<int>(version) : 0;
}

Descriptor landlock_rules(const Reach& reach) {
  const int version = landlock_version();
  if (version == 0) return {};
  const std::uint64_t all = all_rights(version);
  const Ruleset wanted{.files = all,
                       .net = right(0) | right(1),      // bind and connect of TCP
                       .scoped = right(0) | right(1)};  // abstract sockets and signals
  const std::size_t size = version >= 6   ? sizeof(Ruleset)
                           : version >= 4 ? offsetof(Ruleset, scoped)
                                          : offsetof(Ruleset, net);
  Descriptor rules = out_of_the_way(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &wanted, size, 0U)), "Landlock");
  for (const std::string& path : reach.readable) {
    allow(rules, path, execute | read_file | read_folder);
  }
  for (const std::string& path : reach.writable) {
    allow(rules, path, all & ~(make_device | make_socket));
  }
  for (const std::string& path : reach.devices) {
    allow(rules, path, (read_file | write_file | truncate) & all);
  }
  return rules;
}

}  // namespace attn::grading
