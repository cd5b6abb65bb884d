#include "attn/grading/process/seccomp.hpp"

#include <linux/audit.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <cerrno>
#include <cstdint>

namespace attn::grading {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t architecture = 0;
#endif

/// Stands for the number of the process itself until that is known; no process has it.
constexpr std::uint32_t own_process = 0x7fffa77e;

constexpr std::uint32_t allow = SECCOMP_RET_ALLOW;
constexpr std::uint32_t kill = SECCOMP_RET_KILL_PROCESS;
constexpr std::uint32_t refuse = SECCOMP_RET_ERRNO | EPERM;
constexpr std::uint32_t unknown = SECCOMP_RET_ERRNO | ENOSYS;

constexpr std::uint16_t load = BPF_LD | BPF_W | BPF_ABS;
constexpr std::uint16_t if_equal = BPF_JMP | BPF_JEQ | BPF_K;
constexpr std::uint16_t if_at_least = BPF_JMP | BPF_JGE | BPF_K;
constexpr std::uint16_t if_any_bit = BPF_JMP | BPF_JSET | BPF_K;
constexpr std::uint16_t give = BPF_RET | BPF_K;

constexpr std::uint32_t number_at = 0, architecture_at = 4;
/// The lower half of an argument; both processors are little-endian.
constexpr std::uint32_t argument_at(unsigned i) { return 16 + 8 * i; }

// Calls that are newer than some headers; their numbers are the same on every processor.
constexpr long call_process_madvise = 440, call_mount_setattr = 442, call_memfd_secret = 447;

/// What no program of a student needs: looking into other processes, building namespaces, reaching
/// the net, changing the machine, and keeping memory outside of what is counted.
constexpr long forbidden[] = {
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    call_process_madvise,
    SYS_pidfd_getfd,
    SYS_kcmp,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_move_mount,
    SYS_open_tree,
    SYS_fsopen,
    SYS_fsconfig,
    SYS_fsmount,
    SYS_fspick,
    call_mount_setattr,
    SYS_unshare,
    SYS_setns,
    SYS_swapon,
    SYS_swapoff,
    SYS_reboot,
    SYS_kexec_load,
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_io_uring_setup,
    SYS_io_uring_enter,
    SYS_io_uring_register,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_userfaultfd,
    SYS_open_by_handle_at,
    SYS_name_to_handle_at,
    SYS_fanotify_init,
    SYS_acct,
    SYS_quotactl,
    SYS_syslog,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_adjtimex,
    SYS_clock_adjtime,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_vhangup,
    SYS_socket,
    SYS_shmget,
    SYS_msgget,
    SYS_semget,
    SYS_mq_open,
    SYS_memfd_create,
    call_memfd_secret,
    SYS_setpriority,
    SYS_sched_setscheduler,
    SYS_sched_setparam,
    SYS_sched_setattr,
    SYS_ioprio_set,
    SYS_migrate_pages,
    SYS_move_pages,
#ifdef SYS_iopl
    SYS_iopl,
    SYS_ioperm,
    SYS_modify_ldt,
#endif
};

constexpr long starting[] = {
    SYS_clone,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
};

/// Calls whose first argument is a process. 0 is oneself.
constexpr long on_a_process[] = {SYS_prlimit64, SYS_sched_setaffinity};
constexpr long signal_to_a_process[] = {SYS_kill, SYS_tgkill, SYS_rt_sigqueueinfo,
                                        SYS_rt_tgsigqueueinfo};
constexpr long signal_by_other_means[] = {SYS_tkill, SYS_pidfd_send_signal};

constexpr std::uint32_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;

class Filter {
 public:
  void add(std::uint16_t code, std::uint32_t value, std::uint8_t yes = 0, std::uint8_t no = 0) {
    code_.push_back({code, yes, no, value});
  }
  /// If the call is `number`: `verdict`.
  void on(long number, std::uint32_t verdict) {
    add(if_equal, static_cast<std::uint32_t>(number), 0, 1);
    add(give, verdict);
  }
  template <std::size_t count>
  void on(const long (&numbers)[count], std::uint32_t verdict) {
    for (const long number : numbers) on(number, verdict);
  }
  /// If the call is `number`: only upon oneself.
  void on_oneself(long number, bool zero_is_oneself) {
    add(if_equal, static_cast<std::uint32_t>(number), 0, zero_is_oneself ? 5 : 4);
    add(load, argument_at(0));
    if (zero_is_oneself) add(if_equal, 0, 1, 0);
    add(if_equal, own_process, 0, 1);
    add(give, allow);
    add(give, refuse);
  }
  std::vector<sock_filter> take() { return std::move(code_); }

 private:
  std::vector<sock_filter> code_;
};

}  // namespace

std::vector<sock_filter> call_filter(const Calls& calls) {
  Filter filter;
  if (architecture == 0) {  // a processor that we do not know
    filter.add(give, allow);
    return filter.take();
  }
  filter.add(load, architecture_at);
  filter.add(if_equal, architecture, 1, 0);
  filter.add(give, kill);
  filter.add(load, number_at);
#ifdef __x86_64__
  filter.add(if_at_least, 0x40000000, 0, 1);  // the same calls under other numbers (x32)
  filter.add(give, kill);
#endif
  filter.on(forbidden, refuse);
  if (calls.processes) {
    filter.on(SYS_clone3, unknown);  // its flags cannot be seen from here; the library uses clone
    filter.add(if_equal, static_cast<std::uint32_t>(SYS_clone), 0, 4);
    filter.add(load, argument_at(0));
    filter.add(if_any_bit, namespaces, 0, 1);
    filter.add(give, refuse);
    filter.add(give, allow);
  } else {
    filter.on(starting, refuse);
    filter.on(SYS_clone3, refuse);
  }
  if (!calls.signals) {
    filter.on(signal_by_other_means, refuse);
    for (const long number : signal_to_a_process) filter.on_oneself(number, false);
    for (const long number : on_a_process) filter.on_oneself(number, true);
  }
  filter.add(give, allow);
  return filter.take();
}

void set_own_process(sock_filter* filter, std::size_t size, pid_t pid) {
  for (std::size_t i = 0; i < size; ++i) {
    if (filter[i].code == if_equal && filter[i].k == own_process) {
      filter[i].k = static_cast<std::uint32_t>(pid);
    }
  }
}

}  // namespace attn::grading
