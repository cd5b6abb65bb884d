#include "attn/grading/process/seccomp.hpp"

#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>

#include "attn/grading/process/allowed_calls.hpp"
#include "attn/grading/process/descriptor.hpp"

namespace attn::grading {
namespace {

constexpr std::uint32_t refuse = SCMP_ACT_ERRNO(EPERM), unknown = SCMP_ACT_ERRNO(ENOSYS);

/// Of an argument only the lower half is looked at by the kernel, where it takes an int.
constexpr std::uint64_t as_int = 0xffffffff;

scmp_arg_cmp is(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, as_int, value};
}
scmp_arg_cmp is_null(unsigned argument) { return {argument, SCMP_CMP_EQ, 0, 0}; }
scmp_arg_cmp has_none_of(unsigned argument, std::uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}

/// From `first` to `last`, and the upper half 0, which is what a library passes: of a number that
/// is forbidden the kernel takes the lower half, whatever stands above it. Each is a block of the
/// range, for an argument can be compared once in a rule.
std::vector<scmp_arg_cmp> is_from(unsigned argument, std::uint64_t first, std::uint64_t last) {
  std::vector<scmp_arg_cmp> blocks;
  for (std::uint64_t size = 0; first <= last; first += size) {
    for (size = 1; first % (2 * size) == 0 && first + 2 * size - 1 <= last;) size *= 2;
    blocks.push_back({argument, SCMP_CMP_MASKED_EQ, ~(size - 1), first});
  }
  return blocks;
}

/// The rules in the making.
class Rules {
 public:
  Rules() : context_(::seccomp_init(refuse)) {
    expect(context_ ? 0 : -ENOMEM, "the filter of calls");
    expect(::seccomp_attr_set(context_.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS),
           "calls of other processors");
    // A search in a tree instead of a list; older libraries cannot.
    ::seccomp_attr_set(context_.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  }

  /// A call that this processor does not have, or the library does not know, is passed over.
  void allow(std::string_view name, std::initializer_list<scmp_arg_cmp> if_all = {}) {
    add(SCMP_ACT_ALLOW, ::seccomp_syscall_resolve_name(std::string(name).c_str()), if_all);
  }

  /// What has no rule is refused; what is newer than the library's names is unknown, as it is to an
  /// older kernel, so that libraries take the older way.
  void make_the_new_unknown() {
    constexpr int first_common_to_all = 424, beyond_all = 512;
    for (int number = first_common_to_all; number < beyond_all; ++number) {
      const std::unique_ptr<char, decltype(&std::free)> name(
          ::seccomp_syscall_resolve_num_arch(::seccomp_arch_native(), number), &std::free);
      if (!name) add(unknown, number, {});
    }
  }

  void make_unknown(const char* name) { add(unknown, ::seccomp_syscall_resolve_name(name), {}); }

  std::vector<sock_filter> take() const {
    const Descriptor file(::memfd_create("filter", MFD_CLOEXEC));
    expect(file.valid() ? 0 : -errno, "a file for the filter of calls");
    expect(::seccomp_export_bpf(context_.get(), file.get()), "the filter of calls");
    const off_t size = ::lseek(file.get(), 0, SEEK_END);
    std::vector<sock_filter> filter(static_cast<std::size_t>(size) / sizeof(sock_filter));
    const ssize_t got = ::pread(file.get(), filter.data(), static_cast<std::size_t>(size), 0);
    expect(got == size ? 0 : -EIO, "the filter of calls");
    return filter;
  }

 private:
  static void expect(int error, const char* what) {
    if (error < 0) throw std::system_error(-error, std::generic_category(), what);
  }

  void add(std::uint32_t verdict, int number, std::initializer_list<scmp_arg_cmp> if_all) {
    if (number < 0) return;
    expect(::seccomp_rule_add_array(context_.get(), verdict, number,
                                    static_cast<unsigned>(if_all.size()), if_all.begin()),
           "a rule for calls");
  }

  struct Release {
    void operator()(void* context) const { ::seccomp_release(context); }
  };
  std::unique_ptr<void, Release> context_;
};

/// Of what is done to a descriptor: nothing that has somebody signalled.
void allow_on_descriptors(Rules& rules) {
  for (const int command :
       {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW,
        F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_GETPIPE_SZ, F_SETPIPE_SZ, F_GET_SEALS}) {
    rules.allow("fcntl", {is(1, static_cast<std::uint64_t>(command))});
  }
  for (const std::uint64_t request :
       {std::uint64_t{TCGETS}, std::uint64_t{TIOCGWINSZ}, std::uint64_t{TIOCGPGRP},
        std::uint64_t{FIONREAD}, std::uint64_t{FIONBIO}, std::uint64_t{FIOCLEX},
        std::uint64_t{FIONCLEX}, std::uint64_t{TCGETS2}}) {
    rules.allow("ioctl", {is(1, request)});
  }
}

void allow_on_itself(Rules& rules) {
  constexpr int name_memory = 0x53564d41;  // PR_SET_VMA, newer than some headers
  for (const int option :
       {PR_SET_NAME, PR_GET_NAME, PR_SET_PDEATHSIG, PR_GET_PDEATHSIG, PR_GET_DUMPABLE,
        PR_GET_NO_NEW_PRIVS, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_READ, PR_GET_SECCOMP,
        PR_GET_TIMERSLACK, PR_GET_THP_DISABLE, PR_GET_TID_ADDRESS, name_memory}) {
    rules.allow("prctl", {is(0, static_cast<std::uint64_t>(option))});
  }
  // Who lowers his own time on the processor looks as if somebody had killed him.
  static_assert(RLIMIT_CPU == 0);
  for (const scmp_arg_cmp& other : is_from(0, 1, 15)) rules.allow("setrlimit", {other});
  for (const std::uint64_t oneself : {std::uint64_t{0}, std::uint64_t{own_process}}) {
    rules.allow("prlimit64", {is(0, oneself), is_null(2)});
    for (const scmp_arg_cmp& other : is_from(1, 1, 15)) {
      rules.allow("prlimit64", {is(0, oneself), other});
    }
  }
}

void allow_signals(Rules& rules, const Calls& calls) {
  if (calls.signals) {
    for (const char* name :
         {"kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "sched_setaffinity"}) {
      rules.allow(name);
    }
    return;
  }
  for (const std::uint64_t oneself : {std::uint64_t{0}, std::uint64_t{own_process}}) {
    rules.allow("sched_setaffinity", {is(0, oneself)});
  }
  const auto to_oneself = [&](const char* name, unsigned signal) {
    if (calls.processes) return rules.allow(name, {is(0, own_process)});
    for (const scmp_arg_cmp& other : is_from(signal, 0, SIGKILL - 1)) {
      rules.allow(name, {is(0, own_process), other});
    }
    for (const scmp_arg_cmp& other : is_from(signal, SIGKILL + 1, 64)) {
      rules.allow(name, {is(0, own_process), other});
    }
  };
  to_oneself("kill", 1);
  to_oneself("tgkill", 2);
  to_oneself("rt_sigqueueinfo", 1);
  to_oneself("rt_tgsigqueueinfo", 2);
}

void allow_processes(Rules& rules) {
  constexpr std::uint64_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                       CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
  rules.allow("clone", {has_none_of(0, namespaces)});
  rules.make_unknown("clone3");  // its flags cannot be seen from here; the library uses clone
  for (const std::string_view name : calls_with_processes()) rules.allow(name);
  rules.allow("socketpair", {is(0, AF_UNIX)});
}

/// On which the arguments stand where they are looked for here. All have 64 bits.
void expect_known_processor() {
  const std::uint32_t native = ::seccomp_arch_native();
  for (const std::uint32_t known : {SCMP_ARCH_X86_64, SCMP_ARCH_AARCH64, SCMP_ARCH_RISCV64}) {
    if (native == known) return;
  }
  throw std::runtime_error(
      "programs cannot be kept from forbidden calls on this processor, expected x86-64, 64-bit ARM "
      "or 64-bit RISC-V");
}

std::vector<sock_filter> make_filter(const Calls& calls) {
  expect_known_processor();
  Rules rules;
  for (const std::string_view name : calls_of_everybody()) rules.allow(name);
  if (calls.attributes) {
    for (const std::string_view name : calls_on_attributes()) rules.allow(name);
  }
  allow_on_descriptors(rules);
  allow_on_itself(rules);
  allow_signals(rules, calls);
  if (calls.processes) allow_processes(rules);
  rules.make_the_new_unknown();
  return rules.take();
}

}  // namespace

std::vector<sock_filter> call_filter(const Calls& calls) {
  // To make one takes longer than to start a program.
  static std::mutex mutex;
  static std::map<std::tuple<bool, bool, bool>, std::vector<sock_filter>> made;
  const std::lock_guard lock(mutex);
  std::vector<sock_filter>& filter = made[{calls.processes, calls.signals, calls.attributes}];
  if (filter.empty()) filter = make_filter(calls);
  return filter;
}

}  // namespace attn::grading
