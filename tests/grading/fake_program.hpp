/// A program that is graded, played within the test: it talks with the grader as a real one does.
#pragma once

#include <unistd.h>

#include <csignal>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "attn/grading/live.hpp"
#include "attn/grading/wire.hpp"

namespace attn::test {

inline trace::Tensor number(const std::string& name, double value) {
  trace::Tensor tensor;
  tensor.name = name;
  tensor.values = {value};
  return tensor;
}

/// What is said from the program's side. Ends of pipes that are closed are no reason to end the
/// test.
class Talk {
 public:
  explicit Talk(const grading::Command& command)
      : results_(command.passed.at(0)), answers_(command.passed.at(1)), command_(command) {
    std::signal(SIGPIPE, SIG_IGN);
  }

  void send(const std::string& bytes) const {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t written = ::write(results_, bytes.data() + done, bytes.size() - done);
      if (written <= 0) return;
      done += static_cast<std::size_t>(written);
    }
  }

  /// Tells a result. \return what the grader answers; NaN if it answers nothing
  double tell(const std::string& step, double value) {
    trace::Tensor result = number(step, value);
    if (value != value) result.values.clear();
    send(grading::encoded({.kind = grading::Message::Kind::result, .tensor = result}));
    for (;;) {
      if (const auto answer = reader_.next()) {
        return answer->tensor.absent() ? std::numeric_limits<double>::quiet_NaN()
                                       : answer->tensor.values.front();
      }
      char bytes[4096];
      const ssize_t got = ::read(answers_, bytes, sizeof bytes);
      if (got <= 0) return std::numeric_limits<double>::quiet_NaN();
      reader_.feed({bytes, static_cast<std::size_t>(got)});
    }
  }

  void throws(const std::string& text) const {
    send(grading::encoded({.kind = grading::Message::Kind::problem, .text = text}));
    ends();
  }
  void dies(int signal) const {
    send(
        grading::encoded({.kind = grading::Message::Kind::signal, .text = std::to_string(signal)}));
  }
  void ends() const {
    send(grading::encoded(
        {.kind = grading::Message::Kind::shown,
         .text = R"({"format": "attn-trace", "version": 1, "chapter": "c", "steps": []})"}));
  }

  bool skips(const std::string& step) const {
    for (std::size_t n = 0; n + 1 < command_.argv.size(); ++n) {
      if (command_.argv[n] == "--skip" && command_.argv[n + 1] == step) return true;
    }
    return false;
  }

 private:
  int results_, answers_;
  const grading::Command& command_;
  grading::MessageReader reader_{1 << 20};
};

inline grading::Ended ended_with(int status) {
  grading::Ended ended;
  ended.how = grading::Ended::How::exited;
  ended.status = status;
  return ended;
}

}  // namespace attn::test
