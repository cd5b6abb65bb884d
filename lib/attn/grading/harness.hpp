/// What submissions are built with: this program, without the mechanisms that are exercises.
///
/// A submission's own sources take their place. Nothing else of it is used, and nothing of the
/// solutions is there: not in what the compiler may read, and not in what is linked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/grading/process/sandbox.hpp"

namespace attn::grading {

/// Where the project is, and where it was built.
struct Checkout {
  std::string source;  ///< the top folder, which has lib/attn
  std::string build;   ///< the folder of the build, which has harness.txt
};

/// Sources by mechanism: "scaled_dot" and the text of scaled_dot.cpp.
using Sources = std::map<std::string, std::string>;

/// What became of building a program.
struct Built {
  std::string program;  ///< its path; empty if it could not be built
  std::string said;     ///< what the compiler said, if a source could not be compiled
};

class Harness {
 public:
  /// Makes ready, or finds ready from the last time, in `build`/grading: the objects to link with,
  /// a blank one for each mechanism, and the answer key. Takes some seconds when sources have
  /// changed. \throws io::InputError if the checkout is not built; std::runtime_error if the
  /// exercises do not compile, with what the compiler said.
  Harness(Checkout checkout, const std::vector<Assignment>& assignments);

  /// The program that reports the steps of the reference, and can run every known mistake.
  const std::string& answer_key() const { return key_; }

  /// Where the key and the objects are: nothing that a submission may see.
  const std::string& folder() const { return folder_; }

  /// The mechanisms that are exercises, with the sources that students start from.
  const Sources& blanks() const { return blanks_; }

  /// Compiles the sources in `folder` (an empty one, to which the compiler may write), in a
  /// sandbox, and links the program `folder`/attn. Of the mechanisms `asked` for, one that is not
  /// among them, or that does not compile, is blank. The others, exercises of chapters that are not
  /// graded, are whole: a chapter may use them.
  Built build(const Sources& sources, const std::vector<std::string>& asked,
              const std::string& folder, Guard guard, const Limits& limits) const;

 private:
  Checkout checkout_;
  std::string compiler_, archiver_;
  std::vector<std::string> flags_;      ///< of the compiler
  std::vector<std::string> libraries_;  ///< of the linker
  std::vector<std::string> program_;    ///< objects of the program
  std::vector<std::string> objects_;    ///< of the library, without the exercises
  std::vector<std::string> headers_;
  std::string folder_, archive_, key_;
  Sources blanks_;

  void read_build();
  void prepare(const Sources& keys);
  Built compile(const std::string& folder, const std::string& mechanism) const;
  std::vector<std::string> compile_command(const std::string& mechanism) const;
  std::vector<std::string> link_command(const std::vector<std::string>& objects) const;
  std::string stamp(const Sources& keys) const;
};

/// The blank sources and those of the answer key, of all mechanisms in the tables.
struct ExerciseSources {
  Sources blanks, keys;
};

/// \throws io::InputError if a table names a step that the source does not have.
ExerciseSources exercise_sources(const std::string& source_folder,
                                 const std::vector<Assignment>& assignments);

}  // namespace attn::grading
