/// How a submission's program is run on a case: in a sandbox, with the config and nothing else.
#pragma once

#include <string>

#include "attn/grading/batch.hpp"
#include "attn/grading/evidence.hpp"
#include "attn/grading/process/own_folder.hpp"
#include "attn/grading/process/process.hpp"

namespace attn::grading {

class Runner {
 public:
  Runner(const Conduct& conduct, const OwnFolder& workplace)
      : conduct_(conduct), config_(workplace / "case.yaml") {}

  /// Copies a case's config to where the program finds it. \return its path
  std::string config(const Case& of) const;

  /// Runs our program with the submission's sources in it. \throws MachineFault
  Ended run(const Command& command, bool hurried) const;

  /// Runs a program of another language, as the conduct's command says, in `folder`, on the config
  /// that was copied last. \throws MachineFault
  Ended run_command(const std::string& folder, const Case& of, bool hurried) const;

 private:
  Limits limits(bool hurried) const;

  const Conduct& conduct_;
  std::string config_;
};

}  // namespace attn::grading
