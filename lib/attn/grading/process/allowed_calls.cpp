#include "attn/grading/process/allowed_calls.hpp"

namespace attn::grading {

// What is not here, is not for a reason: sockets; looking into other processes (ptrace, kcmp,
// process_vm_*, pidfd_*); namespaces and mounts; other users; memory that is in no folder and not
// counted (memfd_*, shmget, splice); what has often been a way into the kernel (bpf, io_uring_*,
// keyctl, userfaultfd, perf_event_open); timers that send a signal of one's choice; other
// priorities; the machine itself (reboot, settimeofday, init_module).
//
// Names that a processor does not have, as open on ARM, are passed over.

const std::vector<std::string_view>& calls_of_everybody() {
  static const std::vector<std::string_view> names{
      // memory
      "brk", "madvise", "mincore", "mlock", "mlock2", "mlockall", "mmap", "mprotect", "mremap",
      "msync", "munlock", "munlockall", "munmap", "map_shadow_stack", "membarrier",
      // files
      "access", "chdir", "close", "close_range", "copy_file_range", "creat", "dup", "dup2", "dup3",
      "faccessat", "faccessat2", "fadvise64", "fallocate", "fchdir", "fdatasync", "fgetxattr",
      "flistxattr", "flock", "fstat", "fstatfs", "fsync", "ftruncate", "getcwd", "getdents",
      "getdents64", "getxattr", "lgetxattr", "link", "linkat", "listxattr", "llistxattr", "lseek",
      "lstat", "mkdir", "mkdirat", "newfstatat", "open", "openat", "openat2", "pipe", "pipe2",
      "pread64", "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read", "readahead",
      "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2", "rmdir", "sendfile",
      "stat", "statfs", "statx", "symlink", "symlinkat", "sync_file_range", "umask", "unlink",
      "unlinkat", "write", "writev",
      // waiting
      "clock_nanosleep", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait",
      "epoll_pwait2", "epoll_wait", "eventfd", "eventfd2", "futex", "futex_waitv", "nanosleep",
      "pause", "poll", "ppoll", "pselect6", "restart_syscall", "sched_yield", "select",
      "timerfd_create", "timerfd_gettime", "timerfd_settime",
      // time
      "alarm", "clock_getres", "clock_gettime", "getitimer", "gettimeofday", "setitimer", "time",
      "times",
      // its own signals
      "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigsuspend",
      "rt_sigtimedwait", "sigaltstack", "signalfd", "signalfd4",
      // itself
      "arch_prctl", "capget", "execve", "execveat", "exit", "exit_group", "get_robust_list",
      "getcpu", "getegid", "geteuid", "getgid", "getgroups", "getpgid", "getpgrp", "getpid",
      "getppid", "getpriority", "getrandom", "getresgid", "getresuid", "getrlimit", "getrusage",
      "getsid", "gettid", "getuid", "riscv_flush_icache", "riscv_hwprobe", "rseq",
      "sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity", "sched_getattr",
      "sched_getparam", "sched_getscheduler", "sched_rr_get_interval", "set_robust_list",
      "set_tid_address", "setpgid", "setsid", "sysinfo", "uname", "wait4", "waitid"};
  return names;
}

const std::vector<std::string_view>& calls_on_attributes() {
  static const std::vector<std::string_view> names{"chmod",     "fchmod",    "fchmodat",
                                                   "fchmodat2", "futimesat", "truncate",
                                                   "utime",     "utimensat", "utimes"};
  return names;
}

const std::vector<std::string_view>& calls_with_processes() {
  static const std::vector<std::string_view> names{
      "fork",    "getpeername", "getsockname", "getsockopt", "recvfrom",
      "recvmsg", "sendmsg",     "sendto",      "shutdown",   "vfork"};
  return names;
}

}  // namespace attn::grading
