/// The command line. CLI11 takes seconds to compile, so nothing else is in this file.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <csignal>
#include <iostream>
#include <sstream>

#include "attn/io/fault.hpp"
#include "attn/io/suggestions.hpp"
#include "chapters/cli/batch.hpp"
#include "chapters/cli/case_set.hpp"
#include "chapters/cli/commands.hpp"
#include "chapters/cli/grade.hpp"
#include "chapters/cli/handout.hpp"
#include "chapters/cli/replay.hpp"
#include "chapters/registry.hpp"

namespace {

using namespace attn;

const std::map<std::string, cli::Color> colors{
    {"auto", cli::Color::automatic}, {"always", cli::Color::always}, {"never", cli::Color::never}};

void color_option(CLI::App& command, std::string& when) {
  command.add_option("--color", when, "auto, always or never; NO_COLOR is honoured")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN")
      ->capture_default_str();
}

/// A validator: an empty text is most often a shell variable that is not set.
std::string not_empty(const std::string& text) { return text.empty() ? "found an empty text" : ""; }

/// A validator for tolerances: CLI11 takes "nan" and "inf" for numbers, and names the largest of
/// all where one is negative.
std::string tolerance(const std::string& text) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && std::isfinite(value) && value >= 0.0) return "";
  return "found " + text + ", expected a finite number of at least 0";
}

/// What people type for what there is: `attn 7` for the seventh chapter of the list, `attn help`
/// and `attn help COMMAND` for --help.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (words.empty()) return words;
  std::string& first = words.front();
  if (first == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
    return words;
  }
  const auto all = chapters::all();
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(first.data(), first.data() + first.size(), number);
  if (error != std::errc() || end != first.data() + first.size()) return words;
  if (number < 1 || number > all.size()) {
    throw io::InputError(io::Place{.source = "attn"},
                         "found chapter " + first + ", expected 1 to " +
                             std::to_string(all.size()) + "; attn list names them");
  }
  first = all[number - 1]->name;
  return words;
}

/// `--option=` with nothing behind it: CLI11 would take the next word as its value.
void expect_values(const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--") return;
    if (!word.starts_with("--") || word.find('=') != word.size() - 1) continue;
    throw io::InputError(
        io::Place{.source = "attn"},
        word.substr(0, word.size() - 1) + ": no value given, expected one after the `=`");
  }
}

struct Arguments {
  cli::Walk walk;
  cli::Replay replay;
  cli::Batch batch;
  cli::Handout handout;
  std::string chapter, step, out, github;
  std::vector<std::string> chapters;
  std::size_t count = cli::drawn_cases, rounds = 0;
  std::uint64_t seed = 1;
  bool course = false;
  std::string color = "auto";
  std::vector<std::string> configs;
  std::string a, b;
  trace::Tolerance tolerance;
  bool names = false;
};

void add_chapter(CLI::App& app, const chapters::Chapter& chapter, Arguments& arguments) {
  CLI::App& command = *app.add_subcommand(std::string(chapter.name), std::string(chapter.summary));
  cli::Walk& walk = arguments.walk;
  command.group("Chapters");
  command
      .add_option("CONFIG", walk.config,
                  "a YAML file, or - for standard input; without it the built-in default")
      ->check(not_empty)
      ->type_name("");
  command.add_option("--set", walk.set, "override a value of the config; repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--steps", walk.steps,
                  "only these: numbers, ids, tensors or ranges, as in 1,3-5,weights..context")
      ->check(not_empty)
      ->type_name("LIST");
  command.add_flag("--gradients", walk.gradients, "the backward pass too");
  command.add_option("--format", walk.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command.add_option("--out", walk.out, "write to FILE instead of standard output, which is -")
      ->check(not_empty)
      ->type_name("FILE");
  command.add_option("--npy", walk.npy, "write each tensor as DIR/NAME.npy too")
      ->check(not_empty)
      ->type_name("DIR");
  command.add_option("--precision", walk.precision, "digits after the point")
      ->check(CLI::Range(0, 17))
      ->type_name("N")
      ->capture_default_str();
  color_option(command, arguments.color);
  command.add_flag("--show-config", walk.show_config, "print the default config, to start from");
  command.add_flag("--show-fields", walk.show_fields,
                   "print what a config may contain, as Markdown");
  command.add_flag("--show-schema", walk.show_schema, "the same as a JSON Schema, for editors");
}

/// A validator: CLI11 would wrap -1 round to the largest number there is.
std::string whole_number(const std::string& text) {
  const bool digits = text.find_first_not_of("0123456789") == std::string::npos;
  return digits && !text.empty() ? "" : "found \"" + text + "\", expected a whole number";
}

/// A validator for the names of chapters.
std::string known_chapter(const std::string& name) {
  if (chapters::find(name) != nullptr) return "";
  std::vector<std::string> names;
  for (const chapters::Chapter* chapter : chapters::all()) names.emplace_back(chapter->name);
  const std::string near = io::nearest(name, names);
  return "no chapter is called \"" + name + "\"; " +
         (near.empty() ? "expected " + io::alternatives(names) : "did you mean \"" + near + "\"?");
}

CLI::Option* chapter_argument(CLI::App& command, std::string& name) {
  return command.add_option("CHAPTER", name, "a chapter; attn list names them")
      ->check(known_chapter)
      ->type_name("");
}

void add_grade(CLI::App& command, Arguments& arguments) {
  cli::Batch& batch = arguments.batch;
  command.group("Exercises");
  CLI::Option* chapter = chapter_argument(command, arguments.chapter);
  command.add_flag("--course", arguments.course, "with a line for each chapter of the assignment");
  command
      .add_option("--github", arguments.github, "write the result for GitHub Classroom's reporter")
      ->check(not_empty)
      ->type_name("FILE");
  color_option(command, arguments.color);
  CLI::Option_group& teacher = *command.add_option_group("For teachers");
  CLI::Option* many =
      teacher.add_option("--submissions", batch.submissions, "a folder of submissions")
          ->check(CLI::ExistingDirectory)
          ->excludes(chapter)
          ->type_name("DIR");
  teacher
      .add_option("--submission", batch.submission, "a single one: a folder, an archive, a source")
      ->check(CLI::ExistingPath)
      ->excludes(chapter)
      ->excludes(many)
      ->type_name("PATH");
  teacher.add_option("--cases", batch.cases, "configs to grade with, as `attn cases` makes them")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  teacher.add_option("--out", batch.out, "where the results go; what is there is gone on with")
      ->check(not_empty)
      ->type_name("DIR");
  teacher.add_option("--gradescope", batch.gradescope, "of a single one: results.json")
      ->check(not_empty)
      ->type_name("FILE");
  teacher
      .add_option("--command", batch.command,
                  "run this in each submission instead of building it; {config} is the config")
      ->check(not_empty)
      ->type_name("COMMAND");
  teacher.add_option("--jobs", batch.jobs, "how many at a time; 0: one for each processor")
      ->check(CLI::Range(0, 256))
      ->type_name("N")
      ->capture_default_str();
  teacher.add_option("--sandbox", batch.sandbox, "auto, bubblewrap or kernel")
      ->check(CLI::IsMember({"auto", "bubblewrap", "kernel"}))
      ->type_name("KIND")
      ->capture_default_str();
  teacher.add_option("--memory", batch.memory, "MiB that a run may use")
      ->check(CLI::Range(64, 1 << 20))
      ->type_name("N")
      ->capture_default_str();
  teacher.add_option("--seconds", batch.seconds, "that a case may take")
      ->check(CLI::Range(0.1, 3600.0))
      ->type_name("X")
      ->capture_default_str();
}

int run_grade(Arguments& arguments) {
  cli::Batch& batch = arguments.batch;
  batch.color = arguments.walk.color;
  if (!batch.submissions.empty() || !batch.submission.empty()) {
    batch.github = arguments.github;
    return cli::grade_batch(batch);
  }
  if (arguments.chapter.empty()) return cli::grade_course(arguments.walk.color);
  return cli::grade(*chapters::find(arguments.chapter), arguments.github, arguments.course,
                    arguments.walk.color);
}

/// The words of a usage error, with the nearest known name where something was misspelt.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  const std::vector<std::string> extras = command->remaining();
  if (extras.empty()) return error.what();
  const std::string& extra = extras.front();
  std::vector<std::string> known;
  if (extra.starts_with("-")) {
    for (const CLI::Option* option : command->get_options()) known.push_back(option->get_name());
  } else if (command == &app) {
    for (const CLI::App* sub : app.get_subcommands(nullptr)) known.push_back(sub->get_name());
  }
  const std::string near = io::nearest(extra, known);
  const std::string what = extra.starts_with("-") ? "option"
                           : command == &app      ? "chapter or command"
                                                  : "argument";
  return "unknown " + what + " \"" + extra + "\"" +
         (near.empty() ? "" : "; did you mean \"" + near + "\"?");
}

int run(int argc, char** argv) {
  CLI::App app{"Attention, computed step by step in front of you.", "attn"};
  app.set_version_flag("--version", "attn " ATTN_VERSION, "print the version and exit");
  app.require_subcommand(0, 1);
  app.set_help_flag("-h,--help", "print this help and exit");
  Arguments arguments;

  for (const chapters::Chapter* chapter : chapters::all()) add_chapter(app, *chapter, arguments);
  CLI::App& list = *app.add_subcommand("list", "the chapters in reading order");
  list.add_flag("--names", arguments.names, "only their names, one a line");
  CLI::App& check = *app.add_subcommand("check", "run configs and compare with their expect:");
  check.add_option("CONFIG", arguments.configs, "YAML files with an expect: section")
      ->required()
      ->type_name("");
  color_option(check, arguments.color);
  CLI::App& diff = *app.add_subcommand("diff", "the first step and cell where two traces differ");
  diff.add_option("A", arguments.a, "the trace that is expected (JSON)")->required()->type_name("");
  diff.add_option("B", arguments.b, "the trace to compare with it (JSON)")
      ->required()
      ->type_name("");
  diff.add_option("--absolute", arguments.tolerance.absolute, "allowed absolute difference")
      ->check(tolerance)
      ->type_name("X")
      ->capture_default_str();
  diff.add_option("--relative", arguments.tolerance.relative, "allowed relative difference")
      ->check(tolerance)
      ->type_name("X")
      ->capture_default_str();

  CLI::App& grade = *app.add_subcommand("grade", "grade your steps, or a folder of submissions");
  add_grade(grade, arguments);
  CLI::App& hint = *app.add_subcommand("hint", "a hint for a step; ask again for the second");
  hint.group("Exercises");
  hint.add_option("STEP", arguments.step, "such as scaled_dot.scores")->required()->type_name("");
  CLI::App& watch = *app.add_subcommand("watch", "build and grade whenever you save");
  watch.group("Exercises");
  chapter_argument(watch, arguments.chapter)->required();
  watch.add_option("--rounds", arguments.rounds, "end after so many; 0: go on")
      ->check(whole_number)
      ->type_name("N");
  color_option(watch, arguments.color);
  CLI::App& handout = *app.add_subcommand("handout", "make a student's tree, its steps blank");
  handout.group("For teachers");
  handout.add_option("CHAPTER", arguments.handout.chapters, "one or more chapters")
      ->required()
      ->check(known_chapter)
      ->type_name("");
  handout.add_option("--out", arguments.handout.out, "a new folder")
      ->required()
      ->check(not_empty)
      ->type_name("DIR");
  handout.add_flag("--github", arguments.handout.github, "with a workflow that grades every push");
  CLI::Option* gradescope = handout.add_flag("--gradescope", arguments.handout.gradescope,
                                             "an autograder for Gradescope instead");
  CLI::Option* hidden_seed =
      handout.add_option("--seed", arguments.handout.seed, "of the autograder's hidden cases")
          ->needs(gradescope)
          ->check(whole_number)
          ->type_name("S");
  gradescope->needs(hidden_seed);
  CLI::App& cases = *app.add_subcommand("cases", "draw configs to grade with");
  cases.group("For teachers");
  chapter_argument(cases, arguments.chapter)->required();
  cases.add_option("--seed", arguments.seed, "other seeds, other cases")
      ->required()
      ->check(whole_number)
      ->type_name("S");
  cases.add_option("--out", arguments.out, "a folder")
      ->required()
      ->check(not_empty)
      ->type_name("DIR");
  cases.add_option("--count", arguments.count, "how many to draw at least")
      ->check(CLI::Range(1, 999))
      ->type_name("N")
      ->capture_default_str();
  CLI::App& course = *app.add_subcommand("course", "prove that the exercises hold");
  course.group("For teachers");
  course.require_subcommand(1);
  CLI::App& course_check = *course.add_subcommand("check", "hand out, solve and grade every step");
  course_check.add_option("CHAPTER", arguments.chapters, "only these")
      ->check(known_chapter)
      ->type_name("");
  // What grading runs: nothing for people, so it is not in the help.
  CLI::App& replay = *app.add_subcommand("replay", "a run that is watched step by step");
  replay.group("");
  replay.add_option("CONFIG", arguments.replay.config)->required();
  replay.add_option("--given", arguments.replay.given);
  replay.add_option("--mistake", arguments.replay.mistake);
  replay.add_flag("--events-only", arguments.replay.events_only);
  replay.add_option("--results", arguments.replay.results);
  replay.add_option("--answers", arguments.replay.answers);
  replay.add_option("--skip", arguments.replay.skipped);

  std::vector<std::string> words = words_of(argc, argv);
  expect_values(words);
  // Help for what there is not would be that for everything, as if nothing were wrong.
  const std::vector<CLI::App*> commands = app.get_subcommands(nullptr);
  const bool known = std::any_of(commands.begin(), commands.end(), [&](const CLI::App* command) {
    return !words.empty() && command->get_name() == words.front();
  });
  if (!words.empty() && !words.front().starts_with("-") && !known) words.resize(1);
  std::reverse(words.begin(), words.end());  // as CLI11 takes them
  try {
    app.parse(words);
  } catch (const CLI::Success& success) {
    std::ostringstream help;
    const int status = app.exit(success, help);
    cli::say(help.str());
    return status;
  } catch (const CLI::ParseError& error) {
    const io::InputError shown(io::Place{.source = "attn"}, explain(app, error));
    std::cerr << shown.what() << "\nattn --help lists what there is\n";
    return cli::bad_input;
  }
  arguments.walk.color = colors.at(arguments.color);
  if (list.parsed()) return cli::list(arguments.names);
  if (check.parsed()) return cli::check(arguments.configs, arguments.walk.color);
  if (diff.parsed()) return cli::diff(arguments.a, arguments.b, arguments.tolerance);
  if (grade.parsed()) return run_grade(arguments);
  if (hint.parsed()) return cli::hint(arguments.step);
  if (watch.parsed()) {
    return cli::watch(*chapters::find(arguments.chapter), arguments.rounds, arguments.walk.color);
  }
  if (handout.parsed()) return cli::handout(arguments.handout);
  if (cases.parsed()) {
    return cli::cases(*chapters::find(arguments.chapter), arguments.seed, arguments.count,
                      arguments.out);
  }
  if (course_check.parsed()) return cli::course_check(arguments.chapters);
  if (replay.parsed()) return cli::replay(arguments.replay);
  for (const chapters::Chapter* chapter : chapters::all()) {
    if (app.got_subcommand(std::string(chapter->name))) return cli::walk(*chapter, arguments.walk);
  }
  return cli::welcome();
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);
  try {
    return run(argc, argv);
  } catch (const io::InputError& error) {
    std::cerr << error.what() << '\n';
    return cli::bad_input;
  } catch (const std::bad_alloc&) {
    std::cerr << "attn: the tensors do not fit into memory; use fewer queries or keys\n";
    return cli::bad_input;
  } catch (const std::exception& error) {
    std::cerr << "attn: " << error.what() << '\n';
    return cli::our_fault;
  }
}
