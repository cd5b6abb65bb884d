/// The misbehaving program of hostile.c, and how the tests of grading run it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "attn/grading/process/process.hpp"

namespace attn::test {

/// Compiled when first asked for, into a folder that everybody may read.
const std::filesystem::path& hostile_program();

/// hostile ARGUMENTS..., with an environment of PATH alone.
grading::Command hostile(const std::vector<std::string>& arguments);

/// Limits that end what should end within a few seconds on a busy machine.
grading::Limits small_limits();

/// The processes that have `word` in their command line, and how many they are.
std::vector<int> pids_named(const std::string& word);
int processes_named(const std::string& word);

/// A word that no other test has.
std::string unique_word();

}  // namespace attn::test
