/* A program that misbehaves as its first argument says. Compiled by tests/support/hostile.cpp. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static void say(const char* what, long result) {
  printf("%s: %s\n", what, result >= 0 ? "done" : strerror(errno));
  fflush(stdout);
}

static void flood(int file) {
  static char page[65536];
  memset(page, 'x', sizeof page);
  for (;;)
    if (write(file, page, sizeof page) < 0) _exit(1);
}

static void* nothing(void* argument) { return argument; }

/* How many of at most `most` processes could be started that do nothing. */
static int start_sleepers(int most) {
  int started = 0;
  for (; started < most; ++started) {
    const pid_t pid = fork();
    if (pid < 0) break;
    if (pid == 0)
      for (;;) pause();
  }
  return started;
}

static void spread(void) {
  for (;;) fork();
}

static void outlive(void) {
  if (fork() == 0) {
    setsid();
    if (fork() == 0) {
      signal(SIGHUP, SIG_IGN);
      signal(SIGTERM, SIG_IGN);
      for (;;) pause(); /* holds the outputs open */
    }
    _exit(0);
  }
  wait(NULL);
  puts("the parent is done");
}

static void use_memory(void) {
  size_t total = 0;
  for (;;) {
    char* block = malloc(1 << 24);
    if (block == NULL) break;
    memset(block, 1, 1 << 24);
    total += 1 << 24;
  }
  printf("%zu MiB\n", total >> 20);
}

static void read_it(const char* path) {
  char text[256] = "";
  const int file = open(path, O_RDONLY);
  const ssize_t got = file < 0 ? -1 : read(file, text, sizeof text - 1);
  say("read", got);
  if (got > 0) fwrite(text, 1, (size_t)got, stdout);
}

/* Fills a folder with files, until it may not. */
static void fill(const char* folder) {
  static char page[1 << 20];
  char path[4096];
  long pages = 0;
  signal(SIGXFSZ, SIG_IGN);
  for (int i = 0; i < 4096; ++i) {
    snprintf(path, sizeof path, "%s/fill%d", folder, i);
    const int file = open(path, O_WRONLY | O_CREAT, 0600);
    if (file < 0) break;
    long before = pages;
    while (write(file, page, sizeof page) == (ssize_t)sizeof page) ++pages;
    close(file);
    if (pages == before) break;
  }
  printf("filled %ld MiB\n", pages);
}

static void list_files(void) {
  for (int file = 0; file < 4096; ++file)
    if (fcntl(file, F_GETFD) >= 0) printf("%d\n", file);
}

static void reach_out(void) {
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(53)};
  inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
  const int tcp = socket(AF_INET, SOCK_STREAM, 0);
  say("socket", tcp);
  if (tcp >= 0) say("connect", connect(tcp, (struct sockaddr*)&there, sizeof there));
  say("local socket", socket(AF_UNIX, SOCK_STREAM, 0));
  say("netlink socket", socket(AF_NETLINK, SOCK_RAW, 0));
}

/* Calls that no program of a student needs. */
static void try_calls(void) {
  say("ptrace", ptrace(PTRACE_TRACEME, 0, 0, 0));
  say("unshare", syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */));
  say("mount", syscall(SYS_mount, "none", "/tmp", "tmpfs", 0, 0));
  say("bpf", syscall(SYS_bpf, 0, 0, 0));
  say("io_uring", syscall(SYS_io_uring_setup, 1, 0));
  say("keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
  say("perf", syscall(SYS_perf_event_open, 0, 0, 0, 0, 0));
  say("vm", syscall(SYS_process_vm_readv, getppid(), 0, 0, 0, 0, 0));
  say("memfd", syscall(SYS_memfd_create, "x", 0));
  say("add_key", syscall(SYS_add_key, "user", "x", "y", 1, -3));
  say("userfaultfd", syscall(SYS_userfaultfd, 1));
  say("setns", syscall(SYS_setns, 0, 0));
  say("chroot", chroot("/"));
  say("handle", syscall(SYS_open_by_handle_at, 0, 0, 0));
  say("pidfd", syscall(SYS_pidfd_open, getppid(), 0));
  say("shm", syscall(SYS_shmget, 0, 4096, 0600));
  say("queue", syscall(SYS_mq_open, "x", 0, 0, 0));
  say("splice", syscall(SYS_splice, 0, 0, 1, 0, 1, 0));
  say("seccomp", syscall(SYS_seccomp, 0, 0, 0));
  say("tracer", prctl(0x59616d61 /* PR_SET_PTRACER */, -1, 0, 0, 0));
  say("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  say("namespace", syscall(SYS_clone, 0x10000000 | SIGCHLD, 0, 0, 0, 0));
  say("terminal", ioctl(0, TIOCSTI, "x"));
  say("terminal, long", syscall(SYS_ioctl, 0, TIOCSTI | 1L << 32, "x"));
  say("owner", fcntl(1, F_SETOWN, getppid()));
  say("signal of a file", fcntl(1, F_SETSIG, SIGKILL));
  say("timer", syscall(SYS_timer_create, 0, 0, 0));
  struct rlimit little = {1, 1};
  say("processor", setrlimit(RLIMIT_CPU, &little));
  say("processor, long", syscall(SYS_setrlimit, RLIMIT_CPU | 1L << 32, &little));
  say("processor, longer", syscall(SYS_prlimit64, 0, RLIMIT_CPU | 1L << 32, &little, 0));
  say("processor of a parent", syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, &little, 0));
}

/* Calls that libraries make. */
static void try_harmless_calls(void) {
  struct rlimit limit = {16, 256};
  struct winsize size;
  say("limit", setrlimit(RLIMIT_NOFILE, &limit));
  say("processor", getrlimit(RLIMIT_CPU, &limit));
  say("name", prctl(PR_SET_NAME, "name", 0, 0, 0));
  say("terminal", ioctl(0, TIOCGWINSZ, &size));
  say("a call of next year", syscall(511));
}

/* Says by which signal it is told that its time is over. */
static void be_told(int signal) {
  printf("told by %d\n", signal);
  fflush(stdout);
  _exit(5);
}

/* Uses so many milliseconds of the processor. */
static void work(int milliseconds) {
  while (clock() < CLOCKS_PER_SEC / 1000 * (clock_t)milliseconds) {
  }
}

#ifdef __x86_64__
/* The same calls by other doors. */
static void knock(const char* door) {
  long result = 20; /* getpid() there */
  if (*door == 'i') __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
  if (*door == 'x') result = syscall(0x40000000 | SYS_getpid);
  say("other door", result);
}
#else
static void knock(const char* door) { (void)door, raise(SIGSYS); }
#endif

int main(int count, char** arguments) {
  const char* what = count > 1 ? arguments[1] : "";
  const char* with = count > 2 ? arguments[2] : "";
  const int number = atoi(with);
#define IS(word) else if (strcmp(what, word) == 0)
  if (*what == '\0') return 99;
  IS("exit") return number;
  IS("signal") {
    signal(number, SIG_DFL);
    raise(number);
  }
  IS("crash") return *(volatile int*)8;
  IS("abort") abort();
  IS("loop") for (volatile int i = 0;; i = i + 1) {
  }
  IS("sleep") for (;;) pause();
  IS("stubborn") {
    for (int i = 1; i < 32; ++i) signal(i, SIG_IGN);
    for (;;) pause();
  }
  IS("stop") {
    raise(SIGSTOP);
    puts("went on");
  }
  IS("flood") flood(number);
  IS("memory") use_memory();
  IS("crowd") {
    /* each uses less than it may */
    for (int i = 0; i < 8; ++i)
      if (fork() == 0) {
        volatile char* block = malloc(100 << 20);
        for (long at = 0; at < 100 << 20; at += 4096) block[at] = 1;
        for (;;) pause();
      }
    for (;;) pause();
  }
  IS("spread") spread();
  IS("sleepers") {
    printf("started %d\n", start_sleepers(number));
    fflush(stdout);
    if (count > 3) sleep(60);
  }
  IS("fork") {
    const pid_t pid = fork();
    if (pid == 0) _exit(0);
    say("fork", pid);
  }
  IS("thread") {
    pthread_t thread;
    errno = pthread_create(&thread, NULL, nothing, NULL);
    say("thread", errno == 0 ? pthread_join(thread, NULL) : -1);
  }
  IS("outlive") outlive();
  IS("close") {
    close(1);
    close(2);
    for (;;) pause();
  }
  IS("bytes") fwrite("a\0b\033[31m\xff\r\n\0tail", 1, 16, stdout);
  IS("both") {
    fputs("to out", stdout);
    fputs("to err", stderr);
  }
  IS("read") read_it(with);
  IS("write") say("write", open(with, O_WRONLY | O_CREAT, 0600));
  IS("append") {
    const int file = open(with, O_WRONLY | O_APPEND);
    say("append", file < 0 ? -1 : write(file, "x", 1));
  }
  IS("truncate") say("truncate", truncate(with, 0));
  IS("chmod") say("chmod", chmod(with, 0777));
  IS("list") say("list", opendir(with) ? 0 : -1);
  IS("delete") say("delete", unlink(with));
  IS("fill") fill(with);
  IS("environment") for (char** entry = environ; *entry; ++entry) puts(*entry);
  IS("files") list_files();
  IS("input") {
    char byte;
    printf("%zd\n", read(0, &byte, 1));
  }
  IS("where") puts(getcwd((char[4096]){0}, 4096));
  IS("who") printf("%d %d\n", (int)getuid(), (int)getgid());
  IS("session") printf("%d\n", getsid(0) == getpid() || getpid() < 10);
  IS("kill") {
    say("kill", kill(number, SIGKILL));
    say("kill 0", kill(number, 0));
    say("tkill", syscall(SYS_tkill, number, SIGKILL));
    say("tgkill", syscall(SYS_tgkill, number, number, SIGKILL));
    say("pidfd", syscall(SYS_pidfd_open, number, 0));
  }
  IS("kill-parent") {
    say("kill", kill(getppid(), SIGKILL));
    usleep(200000);
  }
  IS("kill-everybody") say("kill", kill(-1, SIGKILL));
  IS("network") reach_out();
  IS("calls") try_calls();
  IS("harmless") try_harmless_calls();
  IS("door") knock(with);
  IS("work") {
    work(number);
    puts("worked");
  }
  IS("told") {
    signal(SIGXCPU, be_told);
    signal(SIGTERM, be_told);
    if (*with == 'l') work(1 << 30);
    for (;;) pause();
  }
  IS("end-oneself") {
    /* the kernel looks at the lower half of a signal's number alone */
    const long both[] = {SIGKILL, SIGKILL | 1L << 32};
    for (int i = 0; i < 2; ++i) {
      say("kill", syscall(SYS_kill, getpid(), both[i]));
      say("tgkill", syscall(SYS_tgkill, getpid(), getpid(), both[i]));
    }
  }
  IS("signal-oneself") {
    /* those that can be caught and may be sent */
    int sent = 0;
    for (int number = 1; number <= 64; ++number)
      if (signal(number, SIG_IGN) != SIG_ERR && kill(getpid(), number) == 0) ++sent;
    say("nothing", kill(getpid(), 0));
    printf("%d signals\n", sent);
  }
  IS("end-by-child") {
    if (fork() == 0) kill(getppid(), SIGKILL);
    usleep(2000000);
  }
  IS("share") {
    /* each uses less of the processor than it may */
    for (int i = 0; i < 6; ++i)
      if (fork() == 0) {
        work(900);
        _exit(0);
      }
    for (;;) wait(NULL);
  }
  else return 98;
  return 0;
}
