/// Submissions that build, and then do what they should not.
#include "tests/grading/hostile/course.hpp"

using attn::test::Course;
using attn::test::each_sandbox;
using attn::test::Graded;

namespace {

struct Hostile {
  std::string name, statements;
  double most = 1;  ///< their scale is right: that is a point for those who run to their end
};

std::string literal(const std::string& text) { return "R\"~~~(" + text + ")~~~\""; }

std::string prints(const std::string& text) {
  return "const char* text = " + literal(text) + "; (void)!write(1, text, strlen(text)); _exit(0);";
}

/// A trace of one tensor.
std::string trace_with(const std::string& name, const std::string& shape,
                       const std::string& values) {
  return R"({"format": "attn-trace", "version": 1, "chapter": "scaled-dot-product", "steps": [
    {"id": "scores", "tensors": [{"name": ")" +
         name + R"(", "axes": ["Tq", "Tk"], "shape": )" + shape + R"(, "values": )" + values +
         "}]}]}";
}

/// `send(text)`: to the descriptor to which the program tells its results.
const std::string to_grader =
    "const auto send = [](const std::string& text) {"
    "  static int file = [] {"
    "    char words[4096] = {}; const int own = open(\"/proc/self/cmdline\", O_RDONLY);"
    "    const long size = read(own, words, sizeof words - 1);"
    "    for (long n = 0; n < size; n += long(strlen(words + n)) + 1)"
    "      if (!strcmp(words + n, \"--results\")) return atoi(words + n + 10);"
    "    return -1; }();"
    "  (void)!write(file, text.data(), text.size()); };";

/// All must be held: what is graded in another way than these is so much the worse for them.
void expect_held(const Course& course, const std::vector<Hostile>& all) {
  for (const Hostile& hostile : all) {
    const Graded graded = course.result(hostile.name);
    CAPTURE(hostile.name, graded.problem);
    CHECK(graded.possible == 20);
    CHECK(graded.points <= hostile.most);
  }
  course.check_honest();
}

void run_all(const std::string& sandbox, const std::vector<Hostile>& all, Course& course,
             const std::vector<std::string>& more = {}) {
  course.add_honest();
  for (const Hostile& hostile : all) course.add_constructor(hostile.name, hostile.statements);
  std::vector<std::string> arguments{"--sandbox", sandbox, "--seconds", "2"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  course.grade(arguments);
  expect_held(course, all);
}

}  // namespace

TEST_CASE("hostile: whoever lies about the results gains nothing", "[grading][hostile]") {
  const std::string sandbox = each_sandbox();
  Course course;
  const std::string other = attn::test::run_attn({"scaled-dot-product", "--format", "json"}).out;
  std::string deep(100000, '[');
  run_all(sandbox,
          {{"exit", "exit(0);", 0},
           {"exit-at-once", "_exit(0);", 0},
           {"abort", "abort();", 0},
           {"forged-trace", prints(other), 0},
           {"forged-result",
            prints(R"({"format": "attn-result", "version": 1, "name": "forged", "problem": "",
              "seconds": 0, "key": "", "steps": [{"step": "scaled_dot.scores", "verdict": "done",
              "carried": false, "points": 100, "possible": 2, "mistake": "", "message": "",
              "detail": ""}]})"),
            0},
           {"forged-report",
            "const char* text = \"{\\\"score\\\": 100}\\n100 of 100 points\\n\";"
            "(void)!write(2, text, strlen(text)); (void)!write(1, text, strlen(text)); _exit(2);",
            0},
           {"not-json", prints("100 of 100 points"), 0},
           {"huge", prints(trace_with("scores", "[100000, 10000]", "[[1]]")), 0},
           {"overflow", prints(trace_with("scores", "[4294967296, 4294967296]", "[]")), 0},
           {"infinite", prints(trace_with("scores", "[1, 2]", R"(["inf", "nan"])")), 0},
           {"long-number",
            prints(trace_with("scores", "[1, 1]", "[[1e" + std::string(9999, '9') + "]]")), 0},
           {"deep", prints(deep), 0},
           {"deep-values", prints(trace_with("scores", "[1, 1]", deep)), 0},
           {"other-names", prints(trace_with("points", "[1, 1]", "[[100]]")), 0},
           {"twice",
            prints(trace_with("scores", "[1, 1]",
                              "[[1]]},{\"name\": \"scores\", \"axes\": "
                              "[\"a\"], \"shape\": [1], \"values\": "
                              "[1]")),
            0},
           {"not-utf8", "(void)!write(1, \"{\\\"\\xff\\xfe\\0\\\"\", 6); _exit(0);", 0},
           {"escapes",
            "const char* text = \"\\033]0;owned\\007\\033[2J\\033[31m19 of 19\\r\\n\";"
            "(void)!write(1, text, strlen(text)); (void)!write(2, text, strlen(text)); _exit(3);",
            0},
           {"talks-nonsense", to_grader + "send(\"100 of 100 points\\n\"); _exit(0);", 0},
           {"talks-of-much",
            to_grader + "send(std::string(\"r\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x7f\", 9));",
            sandbox == "kernel" ? 1.0 : 0.0},  // there it cannot read which descriptor it is
           {"talks-without-end", to_grader + "for (;;) send(std::string(1 << 20, 'r'));", 0},
           {"claims-its-end",
            to_grader + "std::string trace = \"{}\"; std::string head = \"t\";"
                        "head += char(2); head += std::string(7, 0); send(head + trace); _exit(0);",
            0},
           // What they do to their outputs is nobody's business.
           {"closed-output", "close(1); close(2);"},
           {"atexit", "atexit([] { puts(\"{}\"); });"},
           {"before", "puts(\"good morning\");"}},
          course);
  CHECK(course.result("escapes").said.find("[31m19 of 19") != std::string::npos);
  for (const char* fine : {"closed-output", "atexit", "before"}) {
    CHECK(course.result(fine).points == 1);
  }
}

TEST_CASE("hostile: whoever uses too much is stopped", "[grading][hostile]") {
  const std::string sandbox = each_sandbox();
  Course course;
  const std::string fill =
      "static char page[1 << 20]; signal(SIGXFSZ, SIG_IGN);"
      "for (const char* folder : {\".\", \"/tmp\", \"/dev/shm\", \"/var/tmp\"}) {"
      "  const std::string path = std::string(folder) + \"/" +
      course.word() +
      "\";"
      "  const int file = open(path.c_str(), O_CREAT | O_WRONLY, 0600);"
      "  for (int n = 0; file >= 0 && n < 64 && write(file, page, sizeof page) > 0; ++n) {}"
      "}";
  run_all(
      sandbox,
      {{"loop", "for (volatile int n = 0;; n = n + 1) {}", 0},
       {"sleep", "for (;;) pause();", 0},
       {"stop", "raise(SIGSTOP); for (;;) pause();", 0},
       {"stubborn", "for (int n = 1; n < 32; ++n) signal(n, SIG_IGN); for (;;) pause();", 0},
       {"output", "for (;;) (void)!write(1, \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\", 40);",
        0},
       {"errors", "for (;;) (void)!write(2, \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\", 40);",
        0},
       {"memory",
        "for (;;) { void* p = malloc(1 << 24); if (p == nullptr) abort(); memset(p, 1, 1 << 24); }",
        0},
       {"forks", "for (;;) { fork(); }", 0},
       {"children", "for (int n = 0; n < 100; ++n) if (fork() == 0) for (;;) pause();"},
       {"disk", fill}},
      course, {"--memory", "512"});
}

TEST_CASE("hostile: whoever uses the processor without end is told how much was too much",
          "[grading][hostile]") {
  // Alone: beside programs that take the processor away it would not get so much in its time.
  const std::string sandbox = each_sandbox();
  Course course;
  run_all(sandbox, {{"loop", "for (volatile int n = 0;; n = n + 1) {}", 0}}, course);
  CHECK(course.result("loop").said.find("used more than 2 s of the processor") !=
        std::string::npos);
}

TEST_CASE("hostile: whoever reaches out finds nothing and harms nobody", "[grading][hostile]") {
  const std::string sandbox = each_sandbox();
  Course course;
  const std::string here = course.path();
  const std::string source = ATTN_SOURCE_DIR;
  const std::string build = std::filesystem::path(ATTN_PROGRAM).parent_path();
  // What it finds it tells on standard error, from where it may come into reports.
  const std::string tell =
      "const auto tell = [](const std::string& path) {"
      "  char text[4096]; const int file = open(path.c_str(), O_RDONLY);"
      "  const long got = file < 0 ? -1 : read(file, text, sizeof text);"
      "  if (got > 0) { fprintf(stderr, \"OPEN %s: \", path.c_str());"
      "    for (long n = 0; n < got; ++n) if (text[n] != 0) fputc(text[n], stderr); } };"
      "const auto enter = [](const std::string& path) {"
      "  if (DIR* d = opendir(path.c_str())) fprintf(stderr, \"ENTERED %s\\n\", path.c_str()); };";
  std::string look = tell;
  for (const std::string& file :
       {here + "/secret", here + "/cases/answers.txt", here + "/cases/scaled-dot-product-01.yaml",
        here + "/submissions/good/lib/attn/mechanisms/scale.cpp",
        source + "/lib/attn/mechanisms/scaled_dot.cpp", source + "/CMakeLists.txt",
        std::string(ATTN_PROGRAM), build + "/libattn.a", build + "/grading.lock",
        std::string("/etc/passwd"), std::string("/root/.bashrc")}) {
    look += "tell(\"" + file + "\");";
  }
  // Under bubblewrap the folders that lead to what it was given are there, and empty.
  for (const std::string& folder :
       {here + "/submissions", here + "/cases", here + "/results", build + "/grading", source}) {
    look += "enter(\"" + folder + "\");";
  }
  look += "fprintf(stderr, \"that was all\\n\"); exit(2);";
  const std::string environments =
      tell +
      "tell(\"/proc/self/environ\"); tell(\"/proc/\" + std::to_string(getppid()) + \"/environ\");"
      "for (int pid = getpid(); pid > getpid() - 200; --pid) {"
      "  const std::string process = \"/proc/\" + std::to_string(pid);"
      "  if (pid != getpid()) { tell(process + \"/mem\"); tell(process + \"/environ\"); } }"
      "for (char** e = environ; *e; ++e) fprintf(stderr, \"%s\\n\", *e);"
      "fprintf(stderr, \"that was all\\n\"); exit(2);";
  std::string write;
  for (const std::string& place :
       {here + "/results/records/good.json", here + "/submissions/good/scale.cpp",
        here + "/results/" + course.word(), here + "/tmp/" + course.word(), here + "/cases/99.yaml",
        build + "/" + course.word(), source + "/" + course.word()}) {
    write += "{ const int f = open(\"" + place +
             "\", O_CREAT | O_WRONLY | O_TRUNC, 0666); if (f >= 0) { (void)!::write(f, \"x\", 1); "
             "fprintf(stderr, \"WROTE\\n\"); } unlink(\"" +
             place + "\"); }";
  }
  const std::string kills =
      "for (int n = 0; n < 3; ++n) kill(getppid(), SIGKILL); kill(-1, SIGKILL); kill(0, SIGKILL);"
      "for (int pid = getpid() - 100; pid < getpid() + 100; ++pid)"
      "  if (pid != getpid()) { kill(pid, SIGKILL); syscall(SYS_tkill, pid, SIGSTOP); }";
  run_all(
      sandbox,
      {{"looks", look, 0},
       {"environments", environments, 0},
       {"writes", write},
       {"kills", kills},
       {"traces",
        "for (int pid = getpid() - 100; pid < getpid() + 100; ++pid)"
        "  if (pid != getpid() && ptrace(PTRACE_ATTACH, pid, 0, 0) == 0) _exit(1);"},
       {"network",
        "for (int family : {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK})"
        "  if (socket(family, SOCK_STREAM, 0) >= 0) { fprintf(stderr, \"SOCKET\\n\");"
        "    exit(2); }"},
       {"deletes-itself",
        "char path[4096] = {}; (void)!readlink(\"/proc/self/exe\", path, 4095);"
        "unlink(path); truncate(path, 0); rename(path, \"x\"); chmod(path, 0);"},
       {"runs-the-key",
        "execl(\"" + std::string(ATTN_PROGRAM) +
            "\", \"attn\", \"scaled-dot-product\", \"--format\", \"json\", "
            "(char*)nullptr); _exit(1);",
        0},
       {"preloads", "if (getenv(\"LD_PRELOAD\") == nullptr) { setenv(\"LD_PRELOAD\", \"" + here +
                        "/x.so\", 1); setenv(\"LD_LIBRARY_PATH\", \"" + here + "\", 1); }"}},
      course);
  CHECK(course.result("looks").said.find("that was all") != std::string::npos);
  for (const char* name : {"looks", "environments", "writes", "network"}) {
    const std::string said = course.result(name).said;
    CAPTURE(name, said);
    for (const char* sign : {"OPEN /home", "ENTERED", "WROTE", "SOCKET", "root:"}) {
      CHECK(said.find(sign) == std::string::npos);
    }
  }
  CHECK(course.result("looks").said.find("OPEN") == std::string::npos);
}

TEST_CASE("hostile: nobody makes his own end look like a fault of the machine",
          "[grading][hostile]") {
  const std::string sandbox = each_sandbox();
  Course course;
  course.add_honest();
  // Of a number of 64 bits the kernel may look at the lower half alone.
  course.add_constructor("kills-itself",
                         "syscall(SYS_kill, getpid(), SIGKILL | 1L << 32);"
                         "syscall(SYS_tgkill, getpid(), getpid(), SIGKILL | 1L << 32);");
  course.add_constructor("lowers-its-time",
                         "const unsigned long none[2] = {0, 0};"
                         "syscall(SYS_setrlimit, 1L << 32, none);"
                         "syscall(SYS_prlimit64, 0, 1L << 32, none, 0);"
                         "for (volatile int n = 0; n < 10000000; n = n + 1) {}");
  course.add_hostile(
      "has-no-loader",
      "__attribute__((section(\".interp\"), used)) const char loader[] = \"/none\";");
  course.grade({"--sandbox", sandbox, "--seconds", "2"});  // all of them are graded
  for (const char* name : {"kills-itself", "lowers-its-time"}) {
    CHECK(course.result(name).points == 1);
  }
  CHECK(course.result("has-no-loader").points == 0);
  course.check_honest();
}
