/// A course for the tests of the batch: hidden cases, a folder of submissions, secrets beside them.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "attn/grading/process/sandbox.hpp"
#include "tests/support/hostile.hpp"
#include "tests/support/program.hpp"

namespace attn::test {

namespace fs = std::filesystem;

inline std::string reference(const std::string& mechanism) {
  return read_file(fs::path(ATTN_SOURCE_DIR) / "lib/attn/mechanisms" / (mechanism + ".cpp"));
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// Everything beneath a folder, with sizes.
inline std::set<std::string> listing(const fs::path& folder) {
  std::set<std::string> all;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const bool plain = entry.symlink_status().type() == fs::file_type::regular;
    all.insert(entry.path().string() + (plain ? " " + std::to_string(entry.file_size()) : ""));
  }
  return all;
}

/// What a batch made of one submission.
struct Graded {
  double points = 0, possible = 0;
  std::string problem, said;                              ///< said: also in details
  std::map<std::string, std::string> verdicts, mistakes;  ///< by step
};

class Course {
 public:
  explicit Course(std::size_t cases = 3) {
    for (const char* folder : {"submissions", "tmp"}) fs::create_directory(path() / folder);
    std::ofstream(path() / "secret") << word() << "file\n";
    const Ran drawn = run_attn({"cases", "scaled-dot-product", "--seed", "2", "--count",
                                std::to_string(cases), "--out", (path() / "cases").string()});
    REQUIRE(drawn.status == 0);
    // Those that are drawn come first; boundaries and examples would only take longer here.
    std::vector<fs::path> all;
    for (const fs::directory_entry& entry : fs::directory_iterator(path() / "cases")) {
      all.push_back(entry.path());
    }
    std::sort(all.begin(), all.end());
    for (std::size_t n = cases; n < all.size(); ++n) fs::remove(all[n]);
    std::ofstream(path() / "cases/answers.txt") << word() << "answer\n";
  }

  const fs::path& path() const { return folder_.path(); }
  /// A word that the test's secrets begin with, and that is in no path.
  const std::string& word() const { return word_; }
  fs::path submissions() const { return path() / "submissions"; }
  fs::path results() const { return path() / "results"; }

  void write(const std::string& submission, const std::string& file,
             const std::string& text) const {
    const fs::path to = submissions() / submission / file;
    fs::create_directories(to.parent_path());
    std::ofstream(to, std::ios::binary) << text;
  }

  void add(const std::string& name, const std::string& scale, const std::string& scaled_dot) const {
    write(name, "lib/attn/mechanisms/scale.cpp", scale);
    write(name, "lib/attn/mechanisms/scaled_dot.cpp", scaled_dot);
  }

  /// Right; right but for one step; nothing.
  void add_honest() const {
    add("good", reference("scale"), reference("scaled_dot"));
    add("half", reference("scale"),
        replaced(reference("scaled_dot"), "f.scaled = scale * f.scores;", "f.scaled = f.scores;"));
    fs::create_directories(submissions() / "blank");
  }

  /// A submission that runs `code` before anything else, and whose scale is right. It is written
  /// for the least of the mechanisms, so that it compiles fast.
  void add_hostile(const std::string& name, const std::string& code) const {
    write(name, "scale.cpp",
          "#include <cstdio>\n#include <cstdlib>\n#include <cstring>\n#include <string>\n"
          "#include <dirent.h>\n#include <fcntl.h>\n#include <signal.h>\n#include <unistd.h>\n"
          "#include <sys/stat.h>\n#include <sys/syscall.h>\n#include <cmath>\n"
          "#include <sys/mman.h>\n#include <sys/socket.h>\n#include <sys/ptrace.h>\n"
          "#include \"attn/mechanisms/scale.hpp\"\n" +
              code +
              "\nnamespace attn::scale { double sqrt_dk(std::size_t dk) { return 1.0 / "
              "std::sqrt(static_cast<double>(dk)); } }\n");
  }

  /// As above, but runs the statements before main.
  void add_constructor(const std::string& name, const std::string& statements) const {
    add_hostile(name, "struct Early { Early() {\n" + statements + "\n} } early;\n");
  }

  std::string command(const std::vector<std::string>& more) const {
    std::string line =
        "ATTN_TEST_SECRET=" + word() + "env TMPDIR='" + (path() / "tmp").string() +
        "' attn grade --submissions submissions --cases cases --out results --jobs 2";
    for (const std::string& argument : more) line += " '" + argument + "'";
    return line;
  }

  /// Grades, and checks what must hold whatever the submissions do.
  void grade(const std::vector<std::string>& more) {
    const auto before = listings();
    ran = shell(command(more), path());
    CAPTURE(ran.out, ran.err);
    REQUIRE(ran.status == 0);
    CHECK(listings() == before);
    CHECK(fs::is_empty(path() / "tmp"));
    CHECK(processes_named((path() / "tmp").string()) == 0);
    for (const char* folder : {"/tmp", "/dev/shm", "/var/tmp", "/"}) {
      CHECK_FALSE(fs::exists(fs::path(folder) / word()));
    }
    check_secrets();
  }

  /// What the batch wrote of that submission.
  Graded result(const std::string& name) const {
    CAPTURE(name);
    const fs::path record = results() / "records" / (name + ".json");
    REQUIRE(fs::exists(record));
    const nlohmann::json json = nlohmann::json::parse(read_file(record));
    Graded graded;
    graded.problem = graded.said = json.at("problem");
    for (const nlohmann::json& said : json.at("said")) {
      graded.said += "\n" + said.at("text").get<std::string>();
    }
    graded.said += "\n" + json.at("detail").get<std::string>();
    for (const nlohmann::json& said : json.at("said")) {
      graded.said += "\n" + said.at("text").get<std::string>();
    }
    for (const nlohmann::json& step : json.at("steps")) {
      const std::string id = step.at("step");
      graded.points += step.at("points").get<double>();
      graded.possible += step.at("possible").get<double>();
      graded.verdicts[id] = step.at("verdict");
      graded.mistakes[id] = step.at("mistake");
      graded.said += "\n" + step.at("detail").get<std::string>();
    }
    CHECK(fs::exists(results() / "gradescope" / (name + ".json")));
    CHECK(fs::exists(results() / "github" / (name + ".json")));
    return graded;
  }

  /// Nobody else's submission has suffered.
  void check_honest() const {
    const Graded good = result("good"), half = result("half"), blank = result("blank");
    CAPTURE(good.problem, half.problem);
    CHECK(good.points == good.possible);
    CHECK(good.possible == 20);
    CHECK(half.points == half.possible - 1);
    CHECK(half.mistakes.at("scaled_dot.scaled") == "the scale forgotten");
    CHECK(blank.points == 0);
    CHECK(good.problem.empty());
  }

  Ran ran;

 private:
  std::vector<std::set<std::string>> listings() const {
    return {listing(submissions()), listing(path() / "cases")};
  }

  /// The secrets are in nothing that the batch wrote.
  void check_secrets() const {
    CHECK(ran.out.find(word()) == std::string::npos);
    CHECK(ran.err.find(word()) == std::string::npos);
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(results())) {
      if (!entry.is_regular_file()) continue;
      const std::string text = read_file(entry.path());
      CAPTURE(entry.path());
      CHECK(text.find(word()) == std::string::npos);
      CHECK(text.find('\033') == std::string::npos);
    }
  }

  Folder folder_;
  std::string word_ = "canary" + std::to_string(::getpid()) + "x";
};

/// Runs the test for each guard that works here.
inline std::string each_sandbox() {
  const std::string sandbox = GENERATE("bubblewrap", "kernel");
  if (sandbox == "bubblewrap" && !grading::bubblewrap_works())
    SKIP("bubblewrap does not work here");
  CAPTURE(sandbox);
  return sandbox;
}

}  // namespace attn::test
