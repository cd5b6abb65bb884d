/// A batch that was interrupted, and submissions that change between batches.
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "tests/grading/hostile/course.hpp"

using attn::test::Course;
using attn::test::reference;
using attn::test::shell;

namespace fs = std::filesystem;

namespace {

std::map<std::string, fs::file_time_type> records_of(const Course& course) {
  std::map<std::string, fs::file_time_type> times;
  std::error_code none;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(course.results() / "records", none)) {
    if (entry.path().extension() == ".json") {
      times[entry.path().stem()] = entry.last_write_time();
    }
  }
  return times;
}

}  // namespace

TEST_CASE("hostile: a batch that was interrupted goes on where it was", "[grading][hostile]") {
  const int signal = GENERATE(SIGINT, SIGKILL);
  CAPTURE(signal);
  Course course;
  course.add_honest();
  for (int n = 0; n < 4; ++n) {
    course.write("more-" + std::to_string(n), "scale.cpp",
                 reference("scale") + "// " + std::to_string(n) + "\n");
  }
  // Interrupted when the first results are there.
  const pid_t batch = ::fork();
  if (batch == 0) {
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (int file = 0; file < 3; ++file) ::dup2(nowhere, file);
    ::setenv("TMPDIR", (course.path() / "tmp").c_str(), 1);
    if (::chdir(course.path().c_str()) != 0) ::_exit(1);
    ::execl(ATTN_PROGRAM, "attn", "grade", "--submissions", "submissions", "--cases", "cases",
            "--out", "results", "--jobs", "1", nullptr);
    ::_exit(1);
  }
  for (int n = 0; n < 600 && records_of(course).size() < 2; ++n) ::usleep(100000);
  ::kill(batch, signal);
  int status = 0;
  ::waitpid(batch, &status, 0);
  CHECK(WIFSIGNALED(status));
  const auto before = records_of(course);
  REQUIRE(before.size() >= 2);
  REQUIRE(before.size() < 7);
  CHECK_FALSE(fs::exists(course.results() / "results.csv"));
  for (int n = 0; n < 50 && attn::test::processes_named(course.path() / "tmp") > 0; ++n) {
    ::usleep(100000);
  }
  CHECK(attn::test::processes_named(course.path() / "tmp") == 0);
  ::sleep(3);  // what it left is old enough to be seen as left
  course.write("good", "lib/attn/mechanisms/scale.cpp", "changed");
  course.grade({});
  const auto after = records_of(course);
  CHECK(after.size() == 7);
  for (const auto& [name, time] : before) {
    CAPTURE(name);
    CHECK((after.at(name) == time) == (name != "good"));
  }
  CHECK(course.result("good").problem.starts_with("does not compile"));
  CHECK(course.result("half").points == 19);
  const std::size_t known = before.size() - before.count("good");
  CHECK(course.ran.err.find(std::to_string(known) + " of 7 were graded before") !=
        std::string::npos);
}

TEST_CASE("hostile: a record is taken only for what it was made from", "[grading][hostile]") {
  Course course;
  course.add_honest();
  course.grade({});
  // Records in a submission are nobody's business, and damaged ones are made anew.
  for (const char* place : {"blank/records/blank.json", "blank/blank.json", "records/good.json"}) {
    course.write(fs::path(place).parent_path(), fs::path(place).filename(),
                 attn::test::read_file(course.results() / "records/good.json"));
  }
  fs::resize_file(course.results() / "records/half.json", 100);
  fs::copy_file(course.results() / "records/good.json", course.results() / "records/blank.json",
                fs::copy_options::overwrite_existing);
  course.write("blank", "scale.cpp", "");
  const fs::path source = course.submissions() / "good/lib/attn/mechanisms/scale.cpp";
  const auto time = fs::last_write_time(source);
  std::string text = attn::test::read_file(source);
  text[text.find("1.0 /") + 0] = '2';  // as long as before, and as old
  course.write("good", "lib/attn/mechanisms/scale.cpp", text);
  fs::last_write_time(source, time);
  course.grade({});
  CHECK(course.result("good").points == 19);
  CHECK(course.result("half").points == 19);
  CHECK(course.result("blank").points == 0);
  CHECK(course.result("records").points == 0);
  course.grade({});
  CHECK(course.ran.err.find("4 of 4 were graded before") != std::string::npos);
  course.grade({"--seconds", "9"});  // more time may make a difference
  CHECK(course.ran.err.find("graded before") == std::string::npos);
}

TEST_CASE("hostile: a case that has its answers is not handed to submissions",
          "[grading][hostile]") {
  Course course;
  course.add_honest();
  const fs::path config = course.path() / "cases/scaled-dot-product-01.yaml";
  std::ofstream(config, std::ios::app) << "expect:\n  scale: 12.5\n";
  const attn::test::Ran ran = shell(course.command({}), course.path());
  CHECK(ran.status == 2);
  CHECK(ran.err.find("found `expect:` in a case") != std::string::npos);
}

TEST_CASE("hostile: what is to be hidden may not lie where programs can read",
          "[grading][hostile]") {
  const attn::test::Ran ran =
      attn::test::run_attn({"grade", "--submissions", ATTN_SOURCE_DIR "/tests", "--cases",
                            "/usr/share", "--out", "/tmp/none"});
  CHECK(ran.status == 2);
  CHECK(ran.err.find("/usr/share: is in /usr, which submissions can read") != std::string::npos);
}
