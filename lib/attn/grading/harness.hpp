/// What submissions are built with: what a student's tree of the graded chapters has, and no more.
///
/// Of the mechanisms that are blank there the submission's own sources take their place. Nothing
/// else of it is used, and nothing of the solutions is there: not in what the compiler may read,
/// and not in what is linked.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "attn/grading/build_files.hpp"
#include "attn/grading/exercise_sources.hpp"
#include "attn/grading/hash.hpp"
#include "attn/grading/object_cache.hpp"
#include "attn/grading/process/sandbox.hpp"

namespace attn::grading {

/// What became of building a program.
struct Built {
  std::string program;  ///< its path
  /// By mechanism, why its source is not in the program, which has a blank in its place: the whole
  /// text of the compiler or linker, which may be long.
  std::map<std::string, std::string> said;
  double cpu_seconds = 0.0;  ///< of the compilers and linkers

  /// All that was said, one after the other.
  std::string all_said() const;
};

class Harness {
 public:
  /// Makes ready, or finds ready from the last time, in `build`/grading: the answer key. Compiles
  /// those mechanisms of it whose own text, or whose headers, have changed. \throws io::InputError
  /// if the checkout is not built; std::runtime_error if the exercises do not compile, with what
  /// the compiler said.
  Harness(Checkout checkout, const std::vector<Assignment>& assignments);

  /// The program that reports the steps of the reference, and can run every known mistake.
  const std::string& answer_key() const { return key_; }

  /// What was made for these sources. folder()/key has the answer key and all that it is made of,
  /// and is closed to others from the moment it is made, as is `build`/grading/keys with what was
  /// compiled for it; what else is in `build`/grading, submissions may read.
  const std::string& folder() const { return folder_; }

  /// The mechanisms that have exercises, with the sources that students start from.
  const Sources& blanks() const { return blanks_; }

  const Library& library() const { return library_; }

  /// Compiles sources in a sandbox, in `folder` (an empty one), and links the program
  /// `folder`/attn for these chapters. Each mechanism that is blank in their student's tree comes
  /// from `sources`; it stays blank if it is not among them, does not compile, or cannot be linked.
  /// Sources of other mechanisms are ignored. `limits` are those of each compiler; all together may
  /// use that much processor time once, and a bit for each source.
  ///
  /// Any thread may call it. \throws std::runtime_error if not even blanks can be built: the
  /// machine's fault, or ours.
  Built build(const Sources& sources, const std::vector<std::string>& chapters,
              const std::string& folder, Guard guard, const Limits& limits) const;

 private:
  /// What submissions of some chapters are built with.
  struct Part {
    std::vector<std::string> headers;            ///< that the compiler may read
    std::string context;                         ///< tells these from others
    std::string rest;                            ///< an object: the program without its blanks
    Sources blanks;                              ///< texts
    std::map<std::string, std::string> objects;  ///< of the blanks
    std::map<std::string, std::string> code;     ///< all files of the student's tree
  };
  class Builder;

  const Part& part(const std::vector<std::string>& chapters) const;
  Part make_part(const std::vector<std::string>& chapters) const;
  void prepare(const Sources& keys);
  void clear(const std::filesystem::path& all) const;
  void make_key(const Sources& keys);
  void precompile() const;
  Hash compiler_stamp(const std::vector<std::string>& flags) const;
  std::string context_of_source(const std::string& mechanism, const std::string& text,
                                bool submission) const;
  std::string context_of_part(const Part& part) const;
  std::string object_of(const ObjectCache& cache, const std::string& mechanism,
                        const std::string& text, bool submission, const std::string& what) const;
  std::string blank_object(const std::string& mechanism, const std::string& text) const;
  void link_rest(const Part& part, const Choice& choice, const std::string& file) const;
  std::string registry_object(const std::string& folder, const std::string& text) const;
  std::vector<std::string> compile_command(const std::string& mechanism, bool submission) const;
  std::vector<std::string> link_command(const std::vector<std::string>& objects) const;
  std::string stamp(const Sources& keys) const;

  Checkout checkout_;
  Library library_;
  BuildFiles files_;
  std::string folder_, key_;
  Sources blanks_;
  std::string header_;               ///< precompiled for submissions; "" if the build has none
  std::vector<std::string> linker_;  ///< flags that choose a fast one
  std::unique_ptr<ObjectCache> cache_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::unique_ptr<Part>> parts_;
};

}  // namespace attn::grading
