/// The command line. CLI11 takes seconds to compile, so nothing else is in this file.
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>

#include "attn/io/fault.hpp"
#include "attn/io/suggestions.hpp"
#include "chapters/cli/commands.hpp"
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

/// A validator for tolerances: CLI11 takes "nan" and "inf" for numbers.
std::string finite(const std::string& text) {
  return text.find_first_of("nN") == std::string::npos ? "" : "expected a finite number";
}

struct Arguments {
  cli::Walk walk;
  cli::Replay replay;
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
  command.add_option("CONFIG", walk.config, "a YAML file; without it the built-in default")
      ->check(not_empty)
      ->type_name("");
  command.add_option("--set", walk.set, "override a value of the config; repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  command
      .add_option("--steps", walk.steps,
                  "only these: numbers, ids or ranges, as in 1,3-5,weights..context")
      ->check(not_empty)
      ->type_name("LIST");
  command.add_flag("--gradients", walk.gradients, "the backward pass too");
  command.add_option("--format", walk.format, "text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->type_name("FORMAT")
      ->capture_default_str();
  command.add_option("--out", walk.out, "write to FILE instead of standard output")
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
      ->check(CLI::NonNegativeNumber)
      ->check(finite)
      ->type_name("X")
      ->capture_default_str();
  diff.add_option("--relative", arguments.tolerance.relative, "allowed relative difference")
      ->check(CLI::NonNegativeNumber)
      ->check(finite)
      ->type_name("X")
      ->capture_default_str();

  // What grading runs: nothing for people, so it is not in the help.
  CLI::App& replay = *app.add_subcommand("replay", "a run that is watched step by step");
  replay.group("");
  replay.add_option("CONFIG", arguments.replay.config)->required();
  replay.add_option("--given", arguments.replay.given);
  replay.add_option("--mistake", arguments.replay.mistake);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& success) {
    return app.exit(success);
  } catch (const CLI::ParseError& error) {
    const io::InputError shown(io::Place{.source = "attn"}, explain(app, error));
    std::cerr << shown.what() << "\nattn --help lists what there is\n";
    return cli::bad_input;
  }
  arguments.walk.color = colors.at(arguments.color);
  if (list.parsed()) return cli::list(arguments.names);
  if (check.parsed()) return cli::check(arguments.configs, arguments.walk.color);
  if (diff.parsed()) return cli::diff(arguments.a, arguments.b, arguments.tolerance);
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
