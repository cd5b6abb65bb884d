/// Which tensor of a trace shows which passage through a step.
#include "attn/grading/replay.hpp"

#include <catch2/catch_test_macros.hpp>

using namespace attn::grading;
using attn::trace::Tensor;
using attn::trace::Trace;

namespace {

Tensor tensor(const std::string& name, std::vector<double> values) {
  Tensor t;
  t.name = name;
  t.shape = {values.size()};
  t.values = std::move(values);
  return t;
}

/// A trace with one step that shows tensors, and one of events.
Trace replay(const std::vector<Tensor>& shown, const std::vector<Tensor>& events) {
  Trace trace;
  trace.chapter = "demo";
  trace.steps.resize(2);
  trace.steps[0].id = "shown";
  trace.steps[0].tensors = shown;
  trace.steps[1].id = "events";
  trace.steps[1].tensors = events;
  return trace;
}

/// "step tensor event" of each item.
std::vector<std::string> items(const Trace& trace) {
  std::vector<std::string> all;
  for (const Item& item : items_of(trace)) {
    all.push_back(item.step + " " + item.tensor + " " + item.event);
  }
  return all;
}

using List = std::vector<std::string>;

}  // namespace

TEST_CASE("replay: events are the tensors of the last step", "[grading][replay]") {
  const Trace trace = replay({tensor("x", {1})}, {tensor("m.x#0", {1}), tensor("m.x#10", {2})});
  CHECK(events_of(trace).size() == 2);
  CHECK(event(trace, "m.x#10")->values == std::vector<double>{2});
  CHECK(event(trace, "x") == nullptr);
  CHECK(event(trace, "m.x#1") == nullptr);
  CHECK(events_of({}).empty());
  Trace turned = trace;
  std::swap(turned.steps[0], turned.steps[1]);
  CHECK(events_of(turned).empty());
  CHECK(step_of("m.x#10") == "m.x");
}

TEST_CASE("replay: an event is shown by the tensor with its name and its numbers",
          "[grading][replay]") {
  const Trace trace =
      replay({tensor("x", {1, 2}), tensor("other", {3}), tensor("deep.y", {4}), tensor("xy", {5})},
             {tensor("m.x#0", {1, 2}), tensor("m.y#0", {4}), tensor("m.other#0", {3.5}),
              tensor("m.z#0", {3})});
  // Not: other numbers (other), the same numbers under another name (z).
  CHECK(items(trace) == List{"m.x x m.x#0", "m.y deep.y m.y#0"});
  // A name only ends with the field after a dot.
  CHECK(items(replay({tensor("xy", {5})}, {tensor("m.y#0", {5})})).empty());
}

TEST_CASE("replay: results over time are shown as the rows of a tensor", "[grading][replay]") {
  Tensor states = tensor("encoder.h", {1, 2, 3, 4, 1, 2});
  states.shape = {3, 2};
  states.axes = {"T", "dh"};
  states.labels = {{"a", "b", "c"}, {}};
  const Trace trace =
      replay({states, tensor("last.h", {3, 4})},
             {tensor("rnn.h#0", {1, 2}), tensor("rnn.h#1", {3, 4}), tensor("rnn.h#2", {1, 2}),
              tensor("rnn.h#3", {1, 2}), tensor("rnn.h#4", {2, 3}), tensor("rnn.h#5", {1})});
  // A tensor of its own comes before a row, equal rows are given out in order, and that is all.
  CHECK(items(trace) ==
        List{"rnn.h encoder.h rnn.h#0", "rnn.h last.h rnn.h#1", "rnn.h encoder.h rnn.h#2"});
  const std::vector<Item> found = items_of(trace);
  CHECK(found[0].row == 0);
  CHECK_FALSE(found[1].row.has_value());
  CHECK(found[2].row == 2);

  const Tensor row = shown_for(trace, {"rnn.h", "encoder.h", "rnn.h#1", 1}).value();
  CHECK(row.name == "encoder.h[1]");
  CHECK(row.values == std::vector<double>{3, 4});
  CHECK(row.shape == std::vector<std::size_t>{2});
  CHECK(row.axes == std::vector<std::string>{"dh"});
  CHECK(row.labels == std::vector<std::vector<std::string>>{{}});
  CHECK_FALSE(shown_for(trace, {"rnn.h", "encoder.h", "", 3}).has_value());
  CHECK_FALSE(shown_for(trace, {"rnn.h", "none", "", 0}).has_value());
  CHECK(shown_for(trace, found[1])->name == "last.h");
}

TEST_CASE("replay: numbers must be the same to the last bit and in the same shape",
          "[grading][replay]") {
  const double more = std::nextafter(1.0, 2.0);
  CHECK(items(replay({tensor("x", {more})}, {tensor("m.x#0", {1.0})})).empty());
  Tensor column = tensor("x", {1, 2});
  column.shape = {2, 1};
  CHECK(items(replay({column}, {tensor("m.x#0", {1, 2})})).empty());
  const double inf = std::numeric_limits<double>::infinity();
  CHECK(items(replay({tensor("x", {-inf})}, {tensor("m.x#0", {-inf})})).size() == 1);
}

TEST_CASE("replay: of several tensors the one that is called as the step is wins",
          "[grading][replay]") {
  const std::vector<Tensor> shown{tensor("a.x", {0, 0}), tensor("m.x", {0, 0}),
                                  tensor("x", {0, 0})};
  CHECK(items(replay(shown, {tensor("m.x#0", {0, 0})})) == List{"m.x m.x m.x#0"});
  CHECK(items(replay(shown, {tensor("x.x#0", {0, 0})})) == List{"x.x a.x x.x#0"});
  const std::vector<Tensor> prefixed{tensor("a.x", {0, 0}), tensor("t2.m.x", {0, 0}),
                                     tensor("t3.m.x", {0, 0})};
  CHECK(items(replay(prefixed, {tensor("m.x#0", {0, 0}), tensor("m.x#1", {0, 0})})) ==
        List{"m.x t2.m.x m.x#0", "m.x t3.m.x m.x#1"});
}

TEST_CASE("replay: repeated passages and zeros are shown by one tensor each", "[grading][replay]") {
  const Trace zeros = replay(
      {tensor("a.x", {0}), tensor("b.x", {0}), tensor("c.x", {1})},
      {tensor("m.x#0", {0}), tensor("m.x#1", {1}), tensor("m.x#2", {0}), tensor("m.x#3", {0})});
  CHECK(items(zeros) == List{"m.x a.x m.x#0", "m.x c.x m.x#1", "m.x b.x m.x#2"});
  // Two mechanisms may show the same tensor: only the events of one step take turns.
  CHECK(items(replay({tensor("x", {0})}, {tensor("m.x#0", {0}), tensor("n.x#0", {0})})) ==
        List{"m.x x m.x#0", "n.x x n.x#0"});
}

TEST_CASE("replay: the steps of known mistakes show nothing", "[grading][replay]") {
  Trace trace = replay({tensor("y", {1})}, {tensor("m.x#0", {1})});
  trace.steps.insert(trace.steps.begin() + 1, trace.steps[0]);
  trace.steps[1].id = "mistakes";
  trace.steps[1].tensors = {tensor("x", {1})};
  CHECK(items(trace).empty());
}

TEST_CASE("replay: given numbers stand in the place of each event", "[grading][replay]") {
  const Trace reference =
      replay({tensor("x", {1, 2}), tensor("y", {3})},
             {tensor("m.x#0", {1, 2}), tensor("m.y#0", {3}), tensor("m.hidden#0", {3}),
              tensor("m.x#1", {1, 2}), tensor("m.x#2", {1, 5})});
  const std::vector<Item> of = items_of(reference);
  REQUIRE(of.size() == 2);
  const Trace given =
      given_by(reference, owners_of(reference, of), {tensor("x", {10, 20}), tensor("y", {30})});
  CHECK(given.chapter == "demo");
  REQUIRE(given.steps.size() == 1);
  CHECK(given.steps[0].id == "events");
  const std::vector<Tensor>& events = given.steps[0].tensors;
  REQUIRE(events.size() == 5);
  CHECK(events[0].name == "m.x#0");
  CHECK(events[0].values == std::vector<double>{10, 20});
  CHECK(events[1].values == std::vector<double>{30});
  CHECK(events[2].values.empty());  // nothing shows it, though m.y has its numbers
  CHECK(events[3].values == std::vector<double>{10, 20});  // the same passage again
  CHECK(events[4].values.empty());                         // another one
}

TEST_CASE("replay: what is absent or has another shape is not given", "[grading][replay]") {
  const Trace reference = replay({tensor("x", {1, 2}), tensor("y", {3})},
                                 {tensor("m.x#0", {1, 2}), tensor("m.y#0", {3})});
  Tensor wide = tensor("x", {1, 2});
  wide.shape = {1, 2};
  const Trace given =
      given_by(reference, owners_of(reference, items_of(reference)), {wide, tensor("y", {})});
  CHECK(given.steps[0].tensors[0].values.empty());
  CHECK(given.steps[0].tensors[1].values.empty());
}
