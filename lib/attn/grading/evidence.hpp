/// From runs of programs to what is judged.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "attn/grading/assignment.hpp"
#include "attn/grading/judge.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/process/process.hpp"
#include "attn/grading/replay.hpp"

namespace attn::grading {

/// The prefix of the folders in which the answer key runs: remove_left_folders().
inline constexpr const char* key_folder = "attn-key";

/// A case with what is right.
struct Case {
  std::string name;    ///< "01"
  std::string config;  ///< its file
  trace::Trace key;    ///< a replay of the reference; in a student's tree with a step `mistakes`
  std::vector<Item> items;
  std::vector<std::optional<std::size_t>> owners{};  ///< for each event of the key its item
};

/// The answer key, and what its known mistakes gave: most submissions make the same ones.
class AnswerKey {
 public:
  explicit AnswerKey(std::string program) : program_(std::move(program)) {}
  const std::string& program() const { return program_; }

  /// A replay with that mistake, each result of what is asked starting from right numbers. Computed
  /// once; any thread may ask.
  std::shared_ptr<const trace::Trace> mistaken(const Assignment& assignment, const Case& of,
                                               const std::string& mistake) const;

 private:
  std::string program_;
  OwnFolder folder_{key_folder};
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const trace::Trace>> known_;
};

/// What a program made of a case.
struct Run {
  trace::Trace trace;
  std::string problem;  ///< why it did not come to its end, or wrote no trace, in our words; or ""
  std::string says;     ///< what it wrote to standard error, of what stopped it
  bool out_of_time = false;
};

/// The trace that a program wrote, or why there is none.
Run run_from(const Ended& ended);

/// `PROGRAM replay CONFIG` and its options.
struct ReplayOf {
  std::string config;
  std::string given{};       ///< a file, or ""
  std::string mistake{};     ///< or ""
  bool events_only = false;  ///< without the chapter's own steps
  Limits limits{};
};

/// Runs it as a process of its own. The program is ours, or the student's own on the student's own
/// machine: limits hold it, no sandbox.
Run replay(const std::string& program, const ReplayOf& what);

/// A case whose right results the answer key computes now.
/// \throws std::runtime_error if the key cannot run it.
Case case_from_key(const std::string& key, const std::string& name, const std::string& config);

inline constexpr const char* mistakes_step = "mistakes";

/// The replay with no results but those of steps that are asked.
trace::Trace asked_only(const Assignment& assignment, const trace::Trace& replay);

/// What each known mistake of the assignment computes in a case, from right results before it: a
/// step `mistakes_step` with tensors such as "scaled_dot.scores/1 scaled_dot.scores#0".
/// \param given a file with asked_only() of the case's replay
trace::Step mistakes_of(const std::string& key, const Assignment& assignment, const Case& of,
                        const std::string& given);

/// The step of the trace that has that tensor, or "".
std::string step_that_shows(const trace::Trace& trace, const std::string& tensor);

/// Of a program in another language, from the trace that it printed. Where a result is not right,
/// the answer key computes it from the submission's own results before it, and so does each known
/// mistake.
/// \param scratch a folder for files
/// \param tried by step in how many cases known mistakes were tried; three are enough to tell
std::vector<Evidence> evidence_from_key(const AnswerKey& key, const Assignment& assignment,
                                        const Case& of, const Run& own, const std::string& scratch,
                                        std::map<std::string, std::size_t>& tried);

}  // namespace attn::grading
