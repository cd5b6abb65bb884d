/// What a build of the checkout left that programs are linked with.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace attn::grading {

/// Where the project is, and where it was built.
struct Checkout {
  std::string source;  ///< the top folder, which has lib/attn
  std::string build;   ///< the folder of the build, which has harness.txt
};

/// An object, and what it was compiled from, relative to the checkout; "" if it is none of its
/// files, or several of them.
struct Object {
  std::string path, source;
};

struct BuildFiles {
  std::string compiler;
  std::vector<std::string> flags;           ///< of the compiler, for a mechanism
  std::vector<std::string> registry_flags;  ///< for chapters/registry.cpp
  std::vector<std::string> libraries;       ///< of the linker
  std::vector<Object> objects;              ///< of the program and of the library
  std::vector<std::string> precompiled;     ///< headers that the flags name
};

/// \throws io::InputError if the checkout is not built, or was built otherwise than expected
BuildFiles read_build(const Checkout& checkout);

/// Keeps PATH, so that the compiler finds its parts.
std::vector<std::pair<std::string, std::string>> compiler_environment();

/// How submissions are compiled beside the project's own flags: all of it stands here. -O1 takes a
/// quarter less than -O2. An index beyond an axis is an error (core/tensor.hpp); since that changes
/// a macro of the headers, the harness makes a precompiled header of its own for them.
std::vector<std::string> submission_flags();

/// And how the answer key is.
std::vector<std::string> key_flags();

}  // namespace attn::grading
