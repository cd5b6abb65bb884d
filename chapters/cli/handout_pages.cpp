#include <fmt/format.h>

#include <map>

#include "attn/grading/marks.hpp"
#include "attn/grading/report/marks.hpp"
#include "attn/io/files.hpp"
#include "chapters/cli/course.hpp"
#include "chapters/cli/handout.hpp"

namespace attn::cli {
namespace {

std::map<std::string, grading::FieldText> fields_of(const std::string& mechanism) {
  return grading::fields_of(io::read_file(
      checkout().source + "/lib/attn/mechanisms/" + mechanism + ".hpp", largest_source));
}

std::string shape_text(const std::string& axes) {
  if (axes.empty()) return "a number";
  std::string text = "(";
  for (const char c : axes) text += c == ',' ? ", " : std::string(1, c);
  return text + ")";
}

std::string hidden(const std::string& summary, const std::string& text) {
  return fmt::format("<details><summary>{}</summary>\n\n{}\n\n</details>\n", summary, text);
}

std::string step_section(std::size_t number, const grading::Step& step) {
  const std::map<std::string, grading::FieldText> fields = fields_of(step.mechanism());
  const auto field = fields.find(step.field());
  std::string text = fmt::format("### {}. `{}`\n\n", number, step.id);
  text += fmt::format("{} point{}, {}, about {}. In `lib/attn/mechanisms/{}.cpp`",
                      grading::points_text(step.points), step.points == 1.0 ? "" : "s",
                      step.difficulty, time_text(step.minutes), step.mechanism());
  if (field == fields.end())
    return text +
           fmt::format(". What it computes is said in `lib/attn/mechanisms/{}.hpp`.\n\n",
                       step.mechanism()) +
           hidden("Hint 1", step.hints[0]) + hidden("Hint 2", step.hints[1]);
  text += fmt::format(", shape {}", shape_text(field->second.axes));
  text += field->second.source.empty() ? ".\n\n" : ", " + field->second.source + ".\n\n";
  text += "    " + field->second.formula + "\n\n";
  return text + hidden("Hint 1", step.hints[0]) + hidden("Hint 2", step.hints[1]);
}

/// {0} points, {1} time, {2} the table of chapters, {3} the first chapter.
constexpr const char* introduction = R"(# Assignment

Attention, step by step: you write the steps, and the program shows what they compute. {0} points,
about {1}.

{2}
## How to work

```sh
./attn {3:<26}# what is computed so far, and which step comes next
./attn grade {3:<20}# your points, and what is wrong
./attn hint STEP                 # a hint; ask again for a second one
./attn watch {3:<20}# builds and grades whenever you save
```

The first command installs what the build needs (Debian 12 or 13, Ubuntu 24.04) and builds; that
takes a minute or two, once.

1. Open the file that a step names. A comment `// STEP …` says what to compute; write it below, and
   leave the line `exercise::done(…)` after it as it is.
2. Steps build on each other, in the order below. The next one begins where the last one was right.
3. A wrong step does not spoil those after it: each is judged by itself, and earns its points if it
   does the right thing with what it was given.
4. Only the files that the steps name are graded. The numbers in `tests/public` are there to try;
   the grade comes from others.

## Tools

Tensors are `Vec`, `Mat` and `Ten3` ([lib/attn/core/tensor.hpp](lib/attn/core/tensor.hpp)); `m(i, j)`
is an entry, `rows(m)` and `cols(m)` are its extents, `zeros(m, n)` makes one. Numbers times matrices,
and sums and products entry by entry, are written with `+`, `-`, `*` and `/`. Always name the type of
what you compute, never `auto`. Matrix products are in [matmul.hpp](lib/attn/core/matmul.hpp), the
softmax and its gradient in [softmax.hpp](lib/attn/core/softmax.hpp), the rest in
[ops.hpp](lib/attn/core/ops.hpp). You may use them, or write the loops yourself.

In a backward pass `d_x` is the gradient of the loss with respect to x, and has the shape of x. What
the letters mean: [docs/notation.md](docs/notation.md).
)";

}  // namespace

std::string assignment_page(const std::vector<const chapters::Chapter*>& chapters) {
  const Load load = load_of(chapters);
  std::string table = "| chapter | steps | points | time |\n|---|--:|--:|--:|\n";
  std::string sections;
  for (const chapters::Chapter* chapter : chapters) {
    const grading::Assignment assignment = assignment_of(*chapter);
    table +=
        fmt::format("| [{0}](#{0}) | {1} | {2} | {3} |\n", chapter->name, assignment.steps.size(),
                    grading::points_text(assignment.points()), time_text(assignment.minutes()));
    sections += fmt::format(
        "\n## {}\n\n{}. {}.\n\nThe chapter's page: [docs/chapters/{}.md](docs/chapters/{}.md).\n\n",
        chapter->name, chapter->title, chapter->source, chapter->name, chapter->name);
    std::size_t number = 0;
    for (const grading::Step& step : assignment.steps) {
      sections += step_section(++number, step) + "\n";
    }
  }
  return fmt::format(introduction, grading::points_text(load.points), time_text(load.minutes),
                     table, chapters.front()->name) +
         sections;
}

std::string student_readme(const std::vector<const chapters::Chapter*>& chapters) {
  const std::string first(chapters.front()->name);
  return fmt::format(
      "# attn: an assignment\n\n"
      "What to do is in [ASSIGNMENT.md](ASSIGNMENT.md). Begin with:\n\n"
      "```sh\n./attn {0}\n./attn grade {0}\n```\n\n"
      "`./attn test` runs the tests of what is here; they fail until the steps are written. "
      "`./attn --help` lists the commands. The licence is [MIT](LICENSE).\n",
      first);
}

std::string github_workflow(const std::vector<const chapters::Chapter*>& chapters) {
  std::string steps, results, runners;
  for (const chapters::Chapter* chapter : chapters) {
    std::string upper(chapter->name);
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    steps += fmt::format(
        "      - name: Grade {0}\n        id: {0}\n        run: |\n"
        "          ./attn grade {0} --github result.json || true\n"
        "          echo \"result=$(base64 -w0 result.json)\" >> \"$GITHUB_OUTPUT\"\n",
        chapter->name);
    results += fmt::format("          {}_RESULTS: \"${{{{steps.{}.outputs.result}}}}\"\n", upper,
                           chapter->name);
    runners += (runners.empty() ? "" : ",") + std::string(chapter->name);
  }
  return "# Grades every push with the public cases. It is feedback: a student can change this "
         "file.\n"
         "name: attn\non: [push, workflow_dispatch]\n"
         "permissions: {checks: write, actions: read, contents: read}\n"
         "jobs:\n  grade:\n    runs-on: ubuntu-24.04\n    steps:\n"
         "      - uses: actions/checkout@v4\n"
         "      - name: Build\n        run: ./attn build\n" +
         steps +
         "      - name: Report\n        uses: classroom-resources/autograding-grading-reporter@v1\n"
         "        env:\n" +
         results + "        with:\n          runners: " + runners + "\n";
}

std::string gradescope_setup() {
  return R"(#!/usr/bin/env bash
# Runs once, when the autograder's image is made: installs packages, builds, makes the answer key.
set -e
cd /autograder/source
apt-get -q update
apt-get -qy install bubblewrap || true  # works in few containers; docs/grading.md says what else holds
attn/attn build
mkdir -p empty
attn/attn grade --submission empty --cases cases >/dev/null
# What knows the answers is for the grader alone, which is root: submissions run as another user.
chmod -R go-rwx cases attn/chapters attn/build/release/attn attn/build/release/libattn.a \
  attn/build/release/CMakeFiles/attn_lib.dir/lib/attn/mechanisms attn/build/release/grading/*/key
find attn/lib -name '*.cpp' -exec chmod go-rwx {} +
)";
}

std::string gradescope_run() {
  return "#!/usr/bin/env bash\n"
         "# Runs for every submission.\n"
         "/autograder/source/attn/attn grade --submission /autograder/submission \\\n"
         "  --cases /autograder/source/cases --gradescope /autograder/results/results.json\n"
         "exit 0  # the grade is in the results; a status would hide them\n";
}

}  // namespace attn::cli
