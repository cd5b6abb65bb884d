/// A chapter: it maps a checked config to a trace.
///
/// A chapter is wiring and words. The mathematics is in lib/attn/mechanisms and lib/attn/training;
/// how a trace looks is in lib/attn/render. docs/writing-a-chapter.md goes through one from top to
/// bottom.
#pragma once

#include <array>
#include <string_view>

#include "attn/io/config.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// What the caller wants to see beside what the config says.
struct Request {
  bool gradients = false;  ///< the backward pass too
};

/// A command worth typing after the chapter's default, and what there is to see.
struct Try {
  std::string_view command, why;
};

struct Chapter {
  std::string_view name;     ///< the subcommand and the stem of every file: "scaled-dot-product"
  std::string_view title;    ///< "Scaled dot-product attention"
  std::string_view source;   ///< the paper, with its version and section
  std::string_view summary;  ///< one line for `attn list`
  std::string_view problem;  ///< what it is about, in three sentences: the chapter opens with them
  std::array<Try, 2> tries;  ///< it ends with these, after what its run says with Builder::seen

  /// What its config may contain.
  const io::Schema& (*schema)();

  /// Adds its steps to the trace. What was added before something is thrown stays there.
  /// \throws io::InputError for a config that only the chapter can see to be wrong.
  /// \throws Unfinished where a step that has not been written yet leaves nothing to go on with.
  void (*run)(const io::Config& config, const Request& request, trace::Builder& trace);

  /// A trace builder that carries this chapter's name, title and source.
  trace::Builder trace() const {
    return {std::string(name), std::string(title), std::string(source)};
  }
};

}  // namespace attn::chapters
