#include "attn/grading/live.hpp"

#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <map>
#include <thread>

#include "attn/grading/process/descriptor.hpp"
#include "attn/grading/wire.hpp"
#include "attn/io/trace_json.hpp"

namespace attn::grading {
namespace {

constexpr std::size_t most_results = std::size_t{1} << 16;

std::string words_for(int signal) {
  switch (signal) {
    case SIGSEGV:
      return "a segmentation fault: it reads or writes outside a tensor, or calls itself without "
             "end";
    case SIGBUS:
      return "a bus error: it reads or writes outside a tensor";
    case SIGFPE:
      return "a division of a whole number by 0";
    case SIGILL:
      return "an illegal instruction: a function ends without its return, perhaps";
    case SIGABRT:
      return "an abort: memory was used in a way that it must not be, or an exception got away";
    case SIGXCPU:
      return "the end of its processor time: a loop does not end, perhaps";
    case SIGTERM:
      return "the end of its time: it waits for something that does not come, perhaps";
    default:
      return "";
  }
}

/// Listens to the program, and answers it. Lives in a thread of its own while the program runs.
class Listener {
 public:
  Listener(const LiveAnswers& answers, std::uint64_t most_bytes, LiveRun& run)
      : answers_(answers), told_(answers.right.size()), reader_(most_bytes), run_(run) {
    most_bytes_ = most_bytes;
    for (std::size_t n = 0; n < answers.right.size(); ++n) places_[answers.right[n].name] = n;
  }

  void listen(int results, int answers) {
    try {
      char bytes[65536];
      for (;;) {
        const ssize_t got = ::read(results, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        total_ += static_cast<std::uint64_t>(got);
        if (total_ > most_bytes_) throw WireError("it told more results than there can be");
        reader_.feed({bytes, static_cast<std::size_t>(got)});
        while (std::optional<Message> message = reader_.next()) {
          if (!understand(std::move(*message), answers)) return;
        }
      }
    } catch (const WireError& error) {
      fault_ = std::string("its results cannot be read: ") + error.what();
    } catch (const std::exception& error) {
      fault_ = std::string("its trace cannot be read: ") + error.what();
    }
  }

  /// Why it was not listened to any longer, or "".
  const std::string& fault() const { return fault_; }
  int signal() const { return signal_; }

 private:
  /// False if nothing more is to be said.
  bool understand(Message message, int answers) {
    switch (message.kind) {
      case Message::Kind::result:
        return take(std::move(message.tensor), answers);
      case Message::Kind::shown:
        run_.shown = io::trace_from_json(message.text, "its trace");
        run_.finished = run_.says.empty();
        return false;
      case Message::Kind::problem:
        run_.says = std::move(message.text);
        return true;
      case Message::Kind::signal:
        std::from_chars(message.text.data(), message.text.data() + message.text.size(), signal_);
        return false;
      case Message::Kind::answer:
        break;
    }
    throw WireError("it told what only a grader tells");
  }

  bool take(trace::Tensor result, int answers) {
    if (run_.results.size() == most_results) throw WireError("it told too many results");
    Message answer{.kind = Message::Kind::answer};
    result.name += "#" + std::to_string(passages_[result.name]++);
    const auto place = places_.find(result.name);
    if (place != places_.end() && answers_.is_asked(result) && may_learn(place->second)) {
      answer.tensor = answers_.right[place->second];
      answer.tensor.name.clear();
    }
    run_.results.push_back(std::move(result));
    return write_all(answers, encoded(answer));
  }

  /// Has it told all that comes before? Else it could give up a cheap step to learn what a dear one
  /// before it should have given.
  bool may_learn(std::size_t place) {
    told_[place] = true;
    while (next_ < told_.size() && (told_[next_] || !answers_.is_asked(answers_.right[next_]))) {
      ++next_;
    }
    return place < next_;
  }

  static bool write_all(int to, const std::string& bytes) {
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t written = ::write(to, bytes.data() + done, bytes.size() - done);
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;  // it does not listen, or is gone
      done += static_cast<std::size_t>(written);
    }
    return true;
  }

  const LiveAnswers& answers_;
  std::vector<bool> told_;  // of the answers
  std::size_t next_ = 0;    // all that is asked before it has been told
  std::uint64_t most_bytes_ = 0, total_ = 0;
  MessageReader reader_;
  LiveRun& run_;
  std::map<std::string, std::size_t> places_;
  std::map<std::string, std::size_t> passages_;
  std::string fault_;
  int signal_ = 0;
};

/// A thread that is joined, whatever happens; the two pipes end with the program, or here.
class Listening {
 public:
  Listening(Listener& listener, Pipe results, Pipe answers)
      : results_(std::move(results)), answers_(std::move(answers)) {
    thread_ = std::thread([this, &listener] {
      sigset_t broken_pipe;  // one that is gone is no reason to end
      sigemptyset(&broken_pipe);
      sigaddset(&broken_pipe, SIGPIPE);
      ::pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
      listener.listen(results_.read.get(), answers_.write.get());
      results_.read.close();  // a program that goes on talking to nobody is ended by that
      answers_.write.close();
    });
  }
  ~Listening() { end(); }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;

  /// The program is gone: what it still wrote is read to its end.
  void end() {
    results_.write.close();
    answers_.read.close();
    if (thread_.joinable()) thread_.join();
  }

  int results() const { return results_.write.get(); }
  int answers() const { return answers_.read.get(); }

 private:
  Pipe results_, answers_;
  std::thread thread_;
};

}  // namespace

LiveRun run_live(const LiveProgram& program, const std::string& config, const LiveAnswers& answers,
                 const std::vector<std::string>& skipped, std::uint64_t most_bytes,
                 const Start& start) {
  LiveRun run;
  Listener listener(answers, most_bytes, run);
  Listening listening(listener, make_pipe(), make_pipe());
  Command command{{program.path, "replay", config, "--results", std::to_string(listening.results()),
                   "--answers", std::to_string(listening.answers())},
                  "",
                  {{"LC_ALL", "C.UTF-8"}, {"PATH", "/usr/local/bin:/usr/bin:/bin"}},
                  {listening.results(), listening.answers()}};
  if (!program.mistake.empty()) {
    command.argv.insert(command.argv.end(), {"--mistake", program.mistake});
  }
  for (const std::string& step : skipped) {
    command.argv.insert(command.argv.end(), {"--skip", step});
  }
  run.ended = start(command);
  listening.end();

  constexpr int used_up = 124;  // it could still say so
  const int signal = listener.signal();
  run.out_of_time = run.ended.how == Ended::How::out_of_time || signal == SIGXCPU ||
                    signal == SIGTERM ||
                    (run.ended.how == Ended::How::exited && run.ended.status == used_up);
  run.printed = std::move(run.ended.out) + std::move(run.ended.err);
  if (!listener.fault().empty()) {
    run.problem = listener.fault();
  } else if (!words_for(signal).empty()) {
    run.problem = "it was stopped by " + words_for(signal);
  } else if (run.ended.how != Ended::How::exited) {
    run.problem = "it " + run.ended.explain();
  } else if (!run.says.empty()) {
    run.problem = "an error ended it";
  } else if (!run.finished) {
    run.problem = "it " + run.ended.explain() + " before it came to its end";
  }
  if (!run.problem.empty()) run.finished = false;
  return run;
}

}  // namespace attn::grading
