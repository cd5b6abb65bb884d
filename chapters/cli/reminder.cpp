#include "chapters/cli/reminder.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <csignal>

namespace attn::cli {
namespace {

constexpr unsigned patience = 5;  // seconds

std::string words;  // ready before they are needed

extern "C" void remind(int) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, words.data(), words.size());
}

}  // namespace

Reminder::Reminder(const std::string& chapter) {
  words = fmt::format(
      "attn: this has been computing for {} seconds. Is it a loop that does not end? Stop it with "
      "Ctrl-C; then  ./attn grade {}  says in which step.\n",
      patience, chapter);
  struct sigaction action {};
  action.sa_handler = remind;
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  alarm(patience);
}

Reminder::~Reminder() {
  alarm(0);
  std::signal(SIGALRM, SIG_DFL);
}

}  // namespace attn::cli
