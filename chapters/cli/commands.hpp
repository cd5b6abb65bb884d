/// What the program does for each of its commands. main.cpp reads the command line into these.
///
/// Each returns the exit status: 0 done, 2 bad input, 3 a comparison failed. Input errors are
/// thrown and told by main.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "attn/trace/diff.hpp"
#include "chapters/chapter.hpp"
#include "chapters/cli/terminal.hpp"

namespace attn::cli {

enum Status : int { done = 0, our_fault = 1, bad_input = 2, differs = 3 };

/// `attn CHAPTER [CONFIG.yaml] …`
struct Walk {
  std::string config;  ///< a path; empty: the chapter's built-in default
  std::vector<std::string> set;
  std::string steps;
  bool gradients = false;
  std::string format = "text";
  std::string out;
  std::string npy;
  int precision = 4;
  Color color = Color::automatic;
  bool show_config = false;
  bool show_schema = false;
  bool show_fields = false;
};

int welcome();
int list(bool names_only);
int walk(const chapters::Chapter& chapter, const Walk& walk);
int check(const std::vector<std::string>& configs, Color color);
int diff(const std::string& a, const std::string& b, const trace::Tolerance& tolerance);

}  // namespace attn::cli
