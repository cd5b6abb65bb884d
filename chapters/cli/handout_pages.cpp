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

1. Open the file that a step names. A comment `// STEP …` says what to compute; write it between the
   braces below it, and leave the lines with `exercise::` as they are.
2. Steps build on each other, in the order below. The next one begins where the last one was right.
3. A wrong step, or one that crashes, does not spoil those after it: each is judged by itself, from
   right numbers.
4. Only the files that the steps name are graded. The numbers in `tests/public` are there to try;
   the grade comes from others.

## Tools

Tensors are `Vec`, `Mat` and `Ten3` ([lib/attn/core/tensor.hpp](lib/attn/core/tensor.hpp)); `m(i, j)`
is an entry, `rows(m)` and `cols(m)` are its extents, `zeros(m, n)` makes one. A tensor that has no
shape yet has no entries; and an index beyond an axis stops the program, which says which. Numbers
times matrices, and sums and products entry by entry, are written with `+`, `-`, `*` and `/`. Always name the type of
what you compute, never `auto`. Matrix products are in [matmul.hpp](lib/attn/core/matmul.hpp), the
softmax and its gradient in [softmax.hpp](lib/attn/core/softmax.hpp), the rest in
[ops.hpp](lib/attn/core/ops.hpp). You may use them, or write the loops yourself.

In a backward pass `d_x` is the gradient of the loss with respect to x, and has the shape of x. What
the letters mean: [docs/notation.md](docs/notation.md).
)";

constexpr const char* shared_words =
    "Some of these steps stand in mechanisms that the chapter only uses. They are asked here "
    "because "
    "they are written\nas steps of other chapters of this assignment are.\n\n";

/// A step of the workflow. {0} chapter, {1} its points. What does not build is reported as well: a
/// reporter that is given nothing says nothing of use.
constexpr const char* grade_step = R"YAML(      - name: Grade {0}
        id: {0}
        run: |
          rm -f result.json
          ./attn grade {0} --github result.json || true
          [ -s result.json ] || cat >result.json <<'END'
          {{"version": 1, "status": "error", "max_score": {1}, "tests": [
            {{"name": "{0}", "status": "error", "score": 0, "test_code": "", "filename": "", "line_no": 0,
             "message": "It does not build, or could not be graded: the step Build says why."}}]}}
          END
          echo "result=$(base64 -w0 result.json)" >> "$GITHUB_OUTPUT"
)YAML";

}  // namespace

std::string assignment_page(const std::vector<const chapters::Chapter*>& chapters,
                            const std::vector<grading::Assignment>& asked) {
  const Load load = load_of(asked);
  std::string table = "| chapter | steps | points | time |\n|---|--:|--:|--:|\n";
  std::string sections;
  for (std::size_t n = 0; n < chapters.size(); ++n) {
    const chapters::Chapter* chapter = chapters[n];
    const grading::Assignment& assignment = asked.at(n);
    table +=
        fmt::format("| [{0}](#{0}) | {1} | {2} | {3} |\n", chapter->name, assignment.steps.size(),
                    grading::points_text(assignment.points()), time_text(assignment.minutes()));
    sections += fmt::format(
        "\n## {}\n\n{}. {}.\n\nThe chapter's page: [docs/chapters/{}.md](docs/chapters/{}.md).\n\n",
        chapter->name, chapter->title, chapter->source, chapter->name, chapter->name);
    const grading::Assignment own = assignment_of(*chapter);
    if (own.steps.size() < assignment.steps.size()) sections += shared_words;
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

std::string github_workflow(const std::vector<const chapters::Chapter*>& chapters,
                            const std::vector<grading::Assignment>& asked) {
  std::string steps, results, runners;
  for (std::size_t n = 0; n < chapters.size(); ++n) {
    const std::string name(chapters[n]->name);
    std::string upper = name;
    for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
    steps += fmt::format(grade_step, name, grading::points_text(asked.at(n).points()));
    results +=
        fmt::format("          {}_RESULTS: \"${{{{steps.{}.outputs.result}}}}\"\n", upper, name);
    runners += (runners.empty() ? "" : ",") + name;
  }
  return "# Grades every push with the public cases. It is feedback: a student can change this "
         "file.\n"
         "name: attn\non: [push, workflow_dispatch]\n"
         "permissions: {checks: write, actions: read, contents: read}\n"
         "jobs:\n  grade:\n    runs-on: ubuntu-24.04\n    steps:\n"
         "      - uses: actions/checkout@v4\n"
         "      - name: Build\n        continue-on-error: true  # the report is red then\n"
         "        run: ./attn build\n" +
         steps +
         "      - name: Report\n        uses: classroom-resources/autograding-grading-reporter@v1\n"
         "        env:\n" +
         results + "        with:\n          runners: " + runners + "\n";
}

std::string gradescope_setup() {
  return R"(#!/usr/bin/env bash
# Runs once, when the autograder's image is made: installs packages, builds, makes the answer key,
# and sees whether the reference gets all points. If not, making the image fails.
set -eu
umask 022
cd "${ATTN_AUTOGRADER:-/autograder}/source"
# A zip keeps the rights that its files had. Compilers run as another user, and must read headers;
# what has answers in it, the grader closes by itself.
find attn -path attn/build -prune -o -exec chmod a+rX {} +
chmod -R go-rwx cases

attn/attn setup
apt-get -qy --no-install-recommends install bubblewrap ||
  true  # works in few containers; docs/grading.md says what else holds
# Not by the launcher, which builds for the processor that it finds: the image is made on one machine
# and used on others. Two jobs, for a compiler needs up to a gigabyte.
cmake --preset release -S attn -B attn/build/release -DATTN_NATIVE=OFF
ninja -C attn/build/release -j 2 attn_cli

mkdir -p empty
attn/build/release/attn grade --submission empty --cases cases
echo 'The autograder is ready: the reference gets all points.'
)";
}

std::string gradescope_run() {
  return R"(#!/usr/bin/env bash
# Runs for every submission. What it prints is for the staff; students see what results.json says.
#
# Where the machine did not let us grade, there is no results.json. Gradescope then says that the
# autograder failed and gives no score, where any file with a score in it would be a mark.
exec 2>&1
top=${ATTN_AUTOGRADER:-/autograder}
results=$top/results/results.json
rm -f "$results"
work=$(mktemp -d) || exit 1  # nobody else may write there
trap 'rm -rf "$work"' EXIT
for attempt in 1 2; do
  "$top/source/attn/build/release/attn" grade --submission "$top/submission" \
    --cases "$top/source/cases" --gradescope "$work/results.json" &&
    mv -f "$work/results.json" "$results" && exit
done
echo
echo 'NOT GRADED. This is no zero: the reason is above, and is not the fault of the submission.'
echo 'Rerun the autograder of this submission; does it fail again, give the container more memory.'
exit 1
)";
}

}  // namespace attn::cli
