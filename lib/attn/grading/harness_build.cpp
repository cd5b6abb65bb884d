/// Building one submission.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "attn/grading/harness.hpp"
#include "attn/grading/link_words.hpp"
#include "attn/grading/process/left_file.hpp"
#include "attn/grading/process/machine_fault.hpp"
#include "attn/io/output.hpp"

namespace attn::grading {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t largest_made = std::uint64_t{64} << 20;
constexpr double seconds_for_a_source = 1.5;  ///< of the processor, beside those for all of them

/// Did the compiler find an error in the source?
bool is_error_of_source(const Ended& ended) {
  return ended.how == Ended::How::exited && ended.err.find(" error: ") != std::string::npos;
}

/// Without our own folders, which mean nothing to a reader.
std::string without(std::string text, const std::string& path, const std::string& instead) {
  for (std::size_t at = text.find(path); at != std::string::npos; at = text.find(path, at)) {
    text.replace(at, path.size(), instead);
  }
  return text;
}

}  // namespace

class Harness::Builder {
 public:
  Builder(const Harness& harness, const Part& part, const std::string& folder, Guard guard,
          const Limits& limits)
      : harness_(harness), part_(part), folder_(folder), guard_(guard), limits_(limits) {}

  Built build(const Sources& sources) {
    std::vector<std::string> written;
    for (const auto& [mechanism, blank] : part_.blanks) {
      const auto source = sources.find(mechanism);
      if (source != sources.end() && source->second != blank) written.push_back(mechanism);
    }
    seconds_left_ =
        limits_.cpu_seconds + seconds_for_a_source * static_cast<double>(written.size());
    allowed_ = seconds_left_;
    for (const std::string& mechanism : written) compile(mechanism, sources.at(mechanism));
    link_all();
    built_.program = folder_ + "/attn";
    return std::move(built_);
  }

 private:
  void compile(const std::string& mechanism, const std::string& text) {
    Compiled compiled;
    if (const std::optional<Compiled> known =
            harness_.cache_->find(mechanism, part_.context + text)) {
      compiled = *known;
    } else if (seconds_left_ <= 0.0) {
      compiled.said = fmt::format(
          "{}.cpp was not compiled: to compile the sources of this submission took more than "
          "{:.0f} "
          "seconds of processor time.\n",
          mechanism, allowed_);
    } else {
      compiled = compile_now(mechanism, text);
    }
    if (compiled.object.empty()) {
      built_.said[mechanism] = compiled.said;
    } else {
      objects_[mechanism] = compiled.object;
    }
  }

  Compiled compile_now(const std::string& mechanism, const std::string& text) {
    Ended ended = run_compiler(mechanism, text, limits_.cpu_seconds);
    if (const std::string fault = fault_of_machine_in_tool(ended, limits_); !fault.empty()) {
      // A source can have the compiler say anything. Where a blank compiles, and the source fares
      // in the same way again, it was the source.
      if (!run_compiler(mechanism, part_.blanks.at(mechanism), 0.0).ok())
        throw std::runtime_error("the compiler: " + fault);
      ended = run_compiler(mechanism, text, limits_.cpu_seconds);
      if (!fault_of_machine_in_tool(ended, limits_).empty())
        return {"", words(mechanism, ended.err)};  // and not kept, in case it was the machine
    }
    if (ended.ok()) {
      const std::string object =
          read_left_file(folder_ + "/" + mechanism, mechanism + ".o", largest_made);
      return harness_.cache_->add(mechanism, part_.context + text, object, "");
    }
    if (is_error_of_source(ended)) {
      return harness_.cache_->add(mechanism, part_.context + text, "", words(mechanism, ended.err));
    }
    // Too long, too much memory, or silence: does the compiler work at all?
    const Ended blank = run_compiler(mechanism, part_.blanks.at(mechanism), 0.0);
    if (!blank.ok()) {
      throw std::runtime_error("the compiler does not work here: it " + blank.explain() + "\n" +
                               blank.err);
    }
    return {"",
            fmt::format("the compiler of {}.cpp {}\n{}", mechanism, ended.explain(), ended.err)};
  }

  /// In a sandbox with nothing but this source: so an object is of its source and no other.
  Ended run_compiler(const std::string& mechanism, const std::string& text, double cpu_seconds) {
    const std::string place = folder_ + "/" + mechanism;
    fs::create_directories(place + "/lib/attn/mechanisms");
    io::write_file(place + "/" + source_of(mechanism), text);
    Sandbox sandbox;
    sandbox.processes = true;
    sandbox.scratch = true;
    sandbox.writable = {{place, place}};
    for (const std::string& header : part_.headers) sandbox.read_only.push_back({header, header});
    Limits limits = limits_;
    if (cpu_seconds > 0.0) limits.cpu_seconds = std::min(cpu_seconds, std::max(1.0, seconds_left_));
    const Ended ended =
        run_in(guard_, sandbox,
               {harness_.compile_command(mechanism, true), place, compiler_environment()}, limits);
    expect_no_fault_of_machine("the compiler", ended);
    count(ended);
    return ended;
  }

  /// Of which nothing that was written is a sign.
  static void expect_no_fault_of_machine(const char* tool, const Ended& ended) {
    const std::string fault = fault_of_machine(ended);
    if (!fault.empty()) throw std::runtime_error(std::string(tool) + ": " + fault);
  }

  void count(const Ended& ended) {
    const double used = ended.cpu_seconds > 0.0 ? ended.cpu_seconds : ended.seconds;
    built_.cpu_seconds += used;
    seconds_left_ -= used;
  }

  /// What the compiler said, and that a mechanism which it did not find is none of these chapters.
  std::string words(const std::string& mechanism, const std::string& said) const {
    constexpr std::string_view folder = "attn/mechanisms/";
    constexpr std::string_view missing = ".hpp: No such file";
    const std::size_t end = said.find(missing);
    const std::size_t at = end == std::string::npos ? end : said.rfind(folder, end);
    if (at == std::string::npos) return said;
    const std::string name = said.substr(at + folder.size(), end - at - folder.size());
    if (name.find_first_of(" \n/") != std::string::npos) return said;
    return fmt::format("{}.cpp uses the mechanism {}, which is no part of this assignment.\n{}",
                       mechanism, name, said);
  }

  /// Links the program with these of the submission's objects, and blanks for the others.
  Ended link(const std::set<std::string>& own) {
    const Ended ended = run_linker(own);
    const std::string fault = fault_of_machine_in_tool(ended, limits_);
    if (fault.empty()) return ended;
    // As with the compiler: an object can have the linker say anything.
    if (own.empty() || !run_linker({}).ok()) throw std::runtime_error("the linker: " + fault);
    return run_linker(own);
  }

  Ended run_linker(const std::set<std::string>& own) {
    Sandbox sandbox;
    sandbox.processes = true;
    sandbox.scratch = true;
    sandbox.writable = {{folder_, folder_}};
    std::vector<std::string> objects{part_.rest};
    for (const auto& [mechanism, blank] : part_.objects) {
      objects.push_back(own.contains(mechanism) ? objects_.at(mechanism) : blank);
    }
    for (const std::string& object : objects) sandbox.read_only.push_back({object, object});
    const Ended ended =
        run_in(guard_, sandbox, {harness_.link_command(objects), folder_, compiler_environment()},
               limits_);
    expect_no_fault_of_machine("the linker", ended);
    count(ended);
    return ended;
  }

  /// Links all of them; where that fails, those that can be linked.
  void link_all() {
    std::set<std::string> all, good;
    for (const auto& [mechanism, object] : objects_) all.insert(mechanism);
    const Ended ended = link(all);
    if (ended.ok()) return;
    std::map<std::string, std::string> failed = without_suspects(all, ended, good);
    for (bool more = true; more && !failed.empty();) {
      more = false;
      for (auto open = failed.begin(); open != failed.end();) {
        std::set<std::string> with = good;
        with.insert(open->first);
        const Ended tried = link(with);
        if (tried.ok()) {
          good = with;
          more = true;
          open = failed.erase(open);
        } else {
          open->second = tried.err.empty() ? tried.explain() : tried.err;
          ++open;
        }
      }
    }
    const Ended last = link(good);
    if (!last.ok()) {
      throw std::runtime_error("the linker does not work here: it " + last.explain() + "\n" +
                               last.err);
    }
    for (const auto& [mechanism, said] : failed)
      built_.said[mechanism] = link_said(mechanism, said);
  }

  /// Leaves out whose object or namespace the linker names, if that helps; otherwise all. What is
  /// left out is to be tried, one after the other.
  std::map<std::string, std::string> without_suspects(const std::set<std::string>& all,
                                                      const Ended& ended,
                                                      std::set<std::string>& good) {
    std::map<std::string, std::string> failed;
    const LinkFaults faults = faults_in(ended.err);
    for (const std::string& mechanism : all) {
      bool named = ended.err.find("/" + mechanism + ".o") != std::string::npos;
      for (const std::vector<std::string>* names : {&faults.missing, &faults.doubled}) {
        for (const std::string& name : *names) named |= mechanism_named(name) == mechanism;
      }
      if (named)
        failed[mechanism];
      else
        good.insert(mechanism);
    }
    if (!good.empty() && link(good).ok()) return failed;
    good.clear();
    for (const std::string& mechanism : all) failed[mechanism];
    return failed;
  }

  std::string link_said(const std::string& mechanism, std::string said) const {
    said = without(std::move(said), part_.rest, "the program");
    for (const auto& [name, object] : objects_)
      said = without(std::move(said), object, name + ".o");
    for (const auto& [name, object] : part_.objects) {
      said = without(std::move(said), object, "blank " + name + ".o");
    }
    for (const auto& [tensor, axes] : {std::pair("Vec", 1), {"Mat", 2}, {"Ten3", 3}}) {
      const std::string written =
          fmt::format("attn::Tensor<double, {}ul, attn::Aligned<double> >", axes);
      said = without(std::move(said), written, tensor);
    }
    said = without(std::move(said), "attn::Tensor<bool, 2ul, std::allocator<bool> >", "Mask");
    const auto available = [&](const std::string& other) {
      return part_.code.contains(source_of(other));
    };
    return link_words(mechanism, said, available) + said;
  }

  const Harness& harness_;
  const Part& part_;
  const std::string& folder_;
  const Guard guard_;
  const Limits& limits_;
  double seconds_left_ = 0.0, allowed_ = 0.0;
  std::map<std::string, std::string> objects_;  ///< of the submission
  Built built_;
};

Built Harness::build(const Sources& sources, const std::vector<std::string>& chapters,
                     const std::string& folder, Guard guard, const Limits& limits) const {
  fs::create_directories(folder);
  return Builder(*this, part(chapters), folder, guard, limits).build(sources);
}

}  // namespace attn::grading
