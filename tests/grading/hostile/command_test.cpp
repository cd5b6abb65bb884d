/// Submissions in another language, which write their own trace.
#include "tests/grading/hostile/course.hpp"

using attn::test::Course;
using attn::test::each_sandbox;
using attn::test::Graded;
using attn::test::replaced;

namespace {

const std::vector<std::string> as_python{"--command", "python3 solve.py {config}"};

void need_python() {
  if (std::system("PATH=/usr/local/bin:/usr/bin:/bin python3 -c '' 2>/dev/null") != 0)
    SKIP("there is no python3 here");
}

std::string solution() {
  return attn::test::read_file(std::string(ATTN_SOURCE_DIR) + "/tests/grading/hostile/solve.py");
}

std::vector<std::string> arguments(const std::string& sandbox) {
  std::vector<std::string> all = as_python;
  all.insert(all.end(), {"--sandbox", sandbox, "--seconds", "3", "--memory", "512"});
  return all;
}

/// A solution that first runs `code`.
std::string after(const std::string& code) { return code + "\n" + solution(); }

}  // namespace

TEST_CASE("hostile: a program in another language is graded by its trace", "[grading][hostile]") {
  need_python();
  Course course;
  const std::string whole = solution();
  course.write("good", "solve.py", whole);
  course.write("parts/good", "solve.py", whole);  // a folder too many
  course.write("fewer", "solve.py",
               replaced(replaced(whole, "    show(\"d_keys\"", "    (lambda *_: 0)(\"d_keys\""),
                        "    show(\"d_weights\"", "    (lambda *_: 0)(\"d_weights\""));
  course.write("unscaled", "solve.py", replaced(whole, "times(scale, scores)", "scores"));
  course.write("stops", "solve.py",
               replaced(whole, "    d_weights = ", "    sys.exit(2)\n    d_weights = "));
  course.write("raises", "solve.py",
               replaced(whole, "    d_weights = ",
                        "    raise ValueError(\"so it ends\")\n    d_weights = "));
  course.write("none", "README", "solve.py is late");
  course.grade(arguments(each_sandbox()));
  CHECK(course.result("good").points == 20);
  CHECK(course.result("parts").points == 20);
  CHECK(course.result("raises").said.find("ValueError: so it ends") != std::string::npos);
  CHECK(course.result("none").said.find("solve.py") != std::string::npos);
  const Graded fewer = course.result("fewer"), unscaled = course.result("unscaled");
  CHECK(fewer.points == 16);
  CHECK(fewer.verdicts.at("scaled_dot.d_keys") == "not_written");
  CHECK(fewer.verdicts.at("scaled_dot.d_weights") == "not_written");
  CHECK(unscaled.points == 19);  // all after it is right for what it was given
  CHECK(unscaled.mistakes.at("scaled_dot.scaled") == "the scale forgotten");
  CHECK(course.result("stops").points == 0);
}

TEST_CASE("hostile: a program in another language is held as well", "[grading][hostile]") {
  need_python();
  Course course;
  const std::string here = course.path();
  course.write("good", "solve.py", solution());
  const std::map<std::string, std::string> first{
      {"looks", "import os, sys\nfor top in ['" + here + "', '" + ATTN_SOURCE_DIR +
                    "', '/root', '/home', '/etc', '/proc']:\n"
                    "    for folder, _, files in os.walk(top):\n"
                    "        for name in files[:50]:\n"
                    "            try:\n"
                    "                text = open(os.path.join(folder, name), 'rb').read(4096)\n"
                    "                sys.stderr.write(name + text.decode('latin1'))\n"
                    "            except OSError: pass\n"
                    "sys.stderr.write(str(os.environ))\nsys.exit(2)"},
      {"loops", "while True: pass"},
      {"forks", "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"},
      {"writes", "import os\nfor folder in ['/tmp', '/dev/shm', '/var/tmp', '/', '" + here +
                     "', '" + here + "/results', '" + here + "/cases', '.', '..', '" + here +
                     "/submissions/good']:\n"
                     "    try: open(folder + '/" +
                     course.word() +
                     "', 'w').write('x')\n"
                     "    except OSError: pass\n"
                     "try: open('" +
                     here +
                     "/submissions/good/solve.py', 'w').write('x')\n"
                     "except OSError: pass"},
      {"closes",
       "import os, tempfile\nos.makedirs(tempfile.gettempdir() + '/a/b')\n"
       "open(tempfile.gettempdir() + '/a/b/c', 'w')\nos.chmod(tempfile.gettempdir() + '/a', 0)"},
      {"kills",
       "import os, signal\nfor pid in [os.getppid(), -1, 0]:\n"
       "    try: os.kill(pid, signal.SIGKILL)\n    except OSError: pass"},
      {"talks",
       "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 22), 1)\n"
       "except OSError: pass"},
      {"remembers", "import os\nopen('seen', 'a').write('x')"},
  };
  for (const auto& [name, code] : first) course.write(name, "solve.py", after(code));
  course.grade(arguments(each_sandbox()));
  CHECK(course.result("good").points == 20);
  for (const char* name : {"looks", "loops", "forks", "remembers"}) {
    CHECK(course.result(name).points == 0);
  }
  for (const char* name : {"writes", "closes", "talks"}) CHECK(course.result(name).points == 20);
  CHECK(course.result("looks").said.find("canary") == std::string::npos);
}
