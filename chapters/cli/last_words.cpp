#include "chapters/cli/last_words.hpp"

#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>

#include "attn/grading/wire.hpp"
#include "chapters/cli/commands.hpp"

namespace attn::cli {
namespace {

// SIGXCPU is the end of its processor time, SIGTERM that of the time on the clock.
constexpr std::array<int, 7> fatal{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGXCPU, SIGTERM};

int told = -1;                                      // where the grader listens
std::array<std::array<char, 32>, 65> last_message;  // by signal, ready before it is needed
std::array<std::size_t, 65> last_size{};

extern "C" void speak(int signal) {
  const auto at = static_cast<std::size_t>(signal);
  const char* text = last_message.at(at).data();
  for (std::size_t left = last_size.at(at); left > 0;) {
    const ssize_t written = write(told, text, left);
    if (written <= 0) break;
    text += written;
    left -= static_cast<std::size_t>(written);
  }
  _exit(signal == SIGXCPU || signal == SIGTERM ? out_of_time : bad_input);
}

/// A stack that ran over leaves no room for a handler, so it gets one of its own.
std::array<char, 65536> other_stack;

}  // namespace

LastWords::LastWords(int results) {
  told = results;
  stack_t stack{};
  stack.ss_sp = other_stack.data();
  stack.ss_size = other_stack.size();
  sigaltstack(&stack, nullptr);
  struct sigaction action {};
  action.sa_handler = speak;
  action.sa_flags = static_cast<int>(SA_ONSTACK | SA_RESETHAND);
  for (const int signal : fatal) {
    const auto at = static_cast<std::size_t>(signal);
    const std::string text =
        grading::encoded({.kind = grading::Message::Kind::signal, .text = std::to_string(signal)});
    std::memcpy(last_message.at(at).data(), text.data(), text.size());
    last_size.at(at) = text.size();
    sigaction(signal, &action, nullptr);
  }
}

LastWords::~LastWords() {
  for (const int signal : fatal) std::signal(signal, SIG_DFL);
  told = -1;
}

}  // namespace attn::cli
