/// Cases drawn for a made-up chapter: what must hold of every one.
#include "attn/grading/cases.hpp"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>

#include "attn/io/yaml.hpp"
#include "tests/support/message.hpp"

using namespace attn::grading;
using attn::io::Node;
using attn::io::Type;

namespace {

attn::io::Schema schema() {
  return {.chapter = "demo",
          .axes = {{"Tq"}, {"Tk"}, {"dk"}, {"dq"}},
          .fields = {{.path = "tokens.keys", .type = Type::tokens, .axes = "Tk"},
                     {.path = "inputs.queries", .axes = "Tq,dq"},
                     {.path = "inputs.keys", .axes = "Tk,dk"},
                     {.path = "inputs.pairs", .axes = "Tq,Tk,dq+dk"},
                     {.path = "inputs.mask", .type = Type::mask, .axes = "Tq,Tk"},
                     {.path = "options.bandwidth", .type = Type::number},
                     {.path = "options.plain", .type = Type::number},
                     {.path = "options.count", .type = Type::integer},
                     {.path = "options.kernel", .type = Type::choice, .choices = {"a", "b", "c"}},
                     {.path = "options.causal", .type = Type::flag},
                     {.path = "options.valid_lens",
                      .type = Type::integers,
                      .axes = "Tq",
                      .at_most_axis = "Tk"},
                     {.path = "options.unused", .type = Type::number}}};
}

Assignment rules() {
  Assignment table;
  table.chapter = "demo";
  table.cases.axes = {{"Tq", 2, 5}, {"Tk", 3, 6}, {"dk", 1, 4}, {"dq", 1, 4}};
  table.cases.equal = {{"dk", "dq"}};
  table.cases.always = {"tokens.keys",   "inputs.queries", "inputs.keys",
                        "inputs.pairs",  "inputs.mask",    "options.bandwidth",
                        "options.plain", "options.count",  "options.valid_lens"};
  table.cases.sometimes = {"options.causal"};
  table.cases.ranges = {
      {"options.bandwidth", 0.29, 0.57}, {"inputs.keys", -0.03, 0.04}, {"options.count", 7, 9}};
  table.cases.choices = {{"options.kernel", {"b", "c", "a"}}};
  return table;
}

std::vector<CaseConfig> drawn(std::uint64_t seed, std::size_t count) {
  return draw_cases(rules(), schema(), seed, count);
}

Node root_of(const CaseConfig& drawn) {
  const attn::io::Document document = attn::io::parse_yaml({drawn.name, drawn.yaml});
  REQUIRE(document.faults.empty());
  return document.root;
}

const Node& at(const Node& root, const std::string& path) {
  const std::size_t dot = path.find('.');
  const Node* value = root.find(path.substr(0, dot));
  REQUIRE(value != nullptr);
  return dot == std::string::npos ? *value : at(*value, path.substr(dot + 1));
}

void collect(const Node& node, std::vector<std::string>& into) {
  if (node.is_scalar()) into.push_back(node.text);
  for (const Node& item : node.items) collect(item, into);
}

/// All scalars of a value.
std::vector<std::string> scalars(const Node& node) {
  std::vector<std::string> all;
  collect(node, all);
  return all;
}

void expect_numbers(const Node& node, double low, double high) {
  for (const std::string& text : scalars(node)) {
    INFO(text);
    const double number = std::stod(text);
    CHECK(number >= low);
    CHECK(number <= high);
    CHECK(number != 0.0);
    const std::size_t point = text.find('.');
    CHECK((point == std::string::npos || text.size() - point <= 3));
  }
}

std::string said(const Assignment& table) {
  return attn::test::message_of<attn::io::InputError>([&] { draw_cases(table, schema(), 1, 1); });
}

}  // namespace

TEST_CASE("cases: the same seed draws the same cases, another seed others", "[grading][cases]") {
  const std::vector<CaseConfig> first = drawn(7, 12);
  const std::vector<CaseConfig> again = drawn(7, 5);
  REQUIRE(first.size() == 12);
  REQUIRE(again.size() == 5);
  std::set<std::string> different;
  for (std::size_t n = 0; n < first.size(); ++n) {
    CHECK(first[n].name == (n < 9 ? "0" : "") + std::to_string(n + 1));
    if (n < again.size()) CHECK(first[n].yaml == again[n].yaml);
    CHECK(first[n].yaml.starts_with("chapter: demo\ntitle: Case " + first[n].name + "\n"));
    different.insert(first[n].yaml);
  }
  for (const CaseConfig& of : drawn(8, 12)) different.insert(of.yaml);
  CHECK(different.size() == 24);
  CHECK(drawn(7, 0).empty());
}

TEST_CASE("cases: axes have different extents within their ranges, equal ones the same",
          "[grading][cases]") {
  std::set<std::size_t> queries;
  std::set<std::size_t> keys;
  std::set<std::size_t> widths;
  for (const CaseConfig& of : drawn(3, 200)) {
    INFO(of.yaml);
    const Node root = root_of(of);
    const std::size_t Tq = at(root, "inputs.queries").items.size();
    const std::size_t Tk = at(root, "inputs.keys").items.size();
    const std::size_t dq = at(root, "inputs.queries").items[0].items.size();
    const std::size_t dk = at(root, "inputs.keys").items[0].items.size();
    CHECK(dq == dk);
    CHECK(std::set<std::size_t>{Tq, Tk, dk}.size() == 3);
    CHECK((Tq >= 2 && Tq <= 5));
    CHECK((Tk >= 3 && Tk <= 6));
    CHECK((dk >= 1 && dk <= 4));
    // No row is ragged, and an axis that is a sum has the sum of the extents.
    CHECK(scalars(at(root, "inputs.queries")).size() == Tq * dq);
    CHECK(scalars(at(root, "inputs.keys")).size() == Tk * dk);
    CHECK(scalars(at(root, "inputs.mask")).size() == Tq * Tk);
    CHECK(scalars(at(root, "inputs.pairs")).size() == Tq * Tk * (dq + dk));
    CHECK(at(root, "inputs.pairs").items[0].items[0].items.size() == dq + dk);
    CHECK(at(root, "tokens.keys").items.size() == Tk);
    CHECK(at(root, "options.valid_lens").items.size() == Tq);
    queries.insert(Tq);
    keys.insert(Tk);
    widths.insert(dk);
  }
  // Both ends are drawn, and all between them.
  CHECK(queries.size() == 4);
  CHECK(keys.size() == 4);
  CHECK(widths.size() == 4);
}

TEST_CASE("cases: numbers lie in their range, with two decimals and not 0", "[grading][cases]") {
  std::set<std::string> bandwidths;
  std::set<std::string> counts;
  for (const CaseConfig& of : drawn(4, 300)) {
    const Node root = root_of(of);
    expect_numbers(at(root, "inputs.queries"), -2.0, 2.0);
    expect_numbers(at(root, "inputs.keys"), -0.03, 0.04);
    expect_numbers(at(root, "options.bandwidth"), 0.29, 0.57);
    expect_numbers(at(root, "options.plain"), 0.5, 2.0);
    bandwidths.insert(at(root, "options.bandwidth").text);
    counts.insert(at(root, "options.count").text);
  }
  CHECK(bandwidths.size() == 29);  // 0.29, 0.3, … 0.57
  CHECK(counts == std::set<std::string>{"7", "8", "9"});
}

TEST_CASE("cases: a mask always hides something, and never all", "[grading][cases]") {
  for (const CaseConfig& of : drawn(5, 100)) {
    const std::vector<std::string> mask = scalars(at(root_of(of), "inputs.mask"));
    CHECK(mask[1] == "false");
    CHECK(std::count(mask.begin(), mask.end(), "true") > 0);
    CHECK(std::count(mask.begin(), mask.end(), "true") +
              std::count(mask.begin(), mask.end(), "false") ==
          static_cast<std::ptrdiff_t>(mask.size()));
  }
}

TEST_CASE("cases: choices come in turn, and what is drawn sometimes is there sometimes",
          "[grading][cases]") {
  std::vector<std::string> kernels;
  std::size_t causal = 0;
  std::size_t is_true = 0;
  for (const CaseConfig& of : drawn(6, 60)) {
    const Node root = root_of(of);
    kernels.push_back(at(root, "options.kernel").text);
    CHECK(at(root, "options").find("unused") == nullptr);
    const Node* flag = at(root, "options").find("causal");
    if (flag == nullptr) continue;
    ++causal;
    is_true += flag->text == "true" ? 1U : 0U;
  }
  const std::string turn = "bcabc";
  const std::size_t first = turn.find(kernels[0]);
  for (std::size_t n = 0; n < kernels.size(); ++n) {
    CHECK(kernels[n] == turn.substr((first + n) % 3, 1));
  }
  CHECK((causal > 10 && causal < 50));
  CHECK((is_true > 0 && is_true < causal));
}

TEST_CASE("cases: valid lengths are from 1 to the number of keys", "[grading][cases]") {
  bool all = false;
  for (const CaseConfig& of : drawn(9, 100)) {
    const Node root = root_of(of);
    const std::size_t Tk = at(root, "inputs.keys").items.size();
    for (const std::string& length : scalars(at(root, "options.valid_lens"))) {
      CHECK(std::stoul(length) >= 1);
      CHECK(std::stoul(length) <= Tk);
      all |= std::stoul(length) == Tk;
    }
  }
  CHECK(all);
}

TEST_CASE("cases: rules that name what the chapter lacks are errors", "[grading][cases][errors]") {
  const auto changed = [](const std::function<void(CaseRules&)>& change) {
    Assignment table = rules();
    change(table.cases);
    return said(table);
  };
  CHECK(said(rules()) == "(no error)");
  CHECK(changed([](CaseRules& r) { r.always = {"inputs.querys"}; }) ==
        "the cases of demo: no field is called inputs.querys; did you mean inputs.queries?");
  CHECK(changed([](CaseRules& r) {
          r.sometimes = {"inputs.maks"};
        }).starts_with("the cases of demo: no field is called inputs.maks"));
  CHECK(changed([](CaseRules& r) {
          r.choices = {{"options.kernl", {"a"}}};
        }).starts_with("the cases of demo: no field is called options.kernl"));
  CHECK(changed([](CaseRules& r) {
          r.ranges = {{"options.bandwith", 1, 2}};
        }).starts_with("the cases of demo: no field is called options.bandwith"));
  CHECK(changed([](CaseRules& r) {
          r.axes.push_back({"Tx", 1, 2});
        }).starts_with("the cases of demo: no axis is called Tx; "));
  CHECK(changed([](CaseRules& r) {
          r.equal = {{"dk", "dz"}};
        }).starts_with("the cases of demo: no axis is called dz; "));
}

TEST_CASE("cases: rules with nothing to draw are errors", "[grading][cases][errors]") {
  const auto range = [](const std::string& path, double low, double high) {
    Assignment table = rules();
    table.cases.ranges = {{path, low, high}};
    return said(table);
  };
  const std::string nothing =
      "the cases of demo: the range of options.plain has no number with two decimals but 0";
  CHECK(range("options.plain", 0.001, 0.004) == nothing);
  CHECK(range("options.plain", 0.0, 0.0) == nothing);
  CHECK(range("options.plain", -0.001, 0.001) == nothing);
  CHECK(range("options.plain", 0.0, 0.01) == "(no error)");
  CHECK(range("options.plain", 1.1, 1.1) == "(no error)");
  CHECK(range("options.plain", 0.0, 1e300) ==
        "the cases of demo: the range of options.plain goes beyond -1000000 to 1000000");
  const std::string whole =
      "the cases of demo: the range of options.count has other ends than whole numbers from 0 to "
      "1000000";
  CHECK(range("options.count", -1, 3) == whole);
  CHECK(range("options.count", 1.5, 3) == whole);
  CHECK(range("options.count", 3, 3) == "(no error)");

  Assignment table = rules();
  table.cases.axes = {{"Tq", 2, 5}, {"Tk", 3, 6}, {"dq", 1, 4}};
  CHECK(said(table) ==
        "the cases of demo: the axis dk is equal to others, but has no extents of its own");
}

TEST_CASE("cases: a boundary is a drawn case in which some things are fixed", "[grading][cases]") {
  Assignment table = rules();
  const auto node = [](const std::string& yaml) {
    return attn::io::parse_yaml({"set", yaml}).root;
  };
  table.cases.boundaries = {
      {"a query is \"0\"",
       {{"inputs.queries", node("[[0, 0, 0]]")}, {"options.kernel", node("c")}},
       {"inputs.mask", "options.plain"},
       {{"Tk", 9, 9}},
       {{"options.bandwidth", 5, 6}}},
      {"nothing but an extent", {}, {}, {{"dk", 1, 1}}, {}}};
  const std::vector<CaseConfig> cases = boundary_cases(table, schema(), 7);
  REQUIRE(cases.size() == 2);
  const Node first = root_of(cases[0]);
  CHECK(scalars(at(first, "inputs.queries")) == std::vector<std::string>{"0", "0", "0"});
  CHECK(at(first, "options.kernel").text == "c");
  CHECK(at(first, "inputs").find("mask") == nullptr);
  CHECK(at(first, "options").find("plain") == nullptr);
  CHECK(at(first, "inputs.keys").items.size() == 9);
  CHECK(at(first, "inputs.keys").items[0].items.size() == 3);  // as wide as the query that is set
  expect_numbers(at(first, "options.bandwidth"), 5.0, 6.0);
  CHECK(at(root_of(cases[1]), "inputs.queries").items[0].items.size() == 1);
  // With other numbers for another seed, and than the drawn cases.
  CHECK(boundary_cases(table, schema(), 7)[0].yaml == cases[0].yaml);
  CHECK(boundary_cases(table, schema(), 8)[0].yaml != cases[0].yaml);

  CHECK(renamed(cases[0], "03")
            .yaml.starts_with("chapter: demo\ntitle: \"Case 03: a query is \\\"0\\\"\"\n"));
  CHECK(root_of(renamed(cases[0], "03")).find("title")->text == "Case 03: a query is \"0\"");
  CHECK(renamed(drawn(7, 1)[0], "05").yaml.starts_with("chapter: demo\ntitle: Case 05\n"));
}

TEST_CASE("cases: a boundary that the chapter does not allow is an error",
          "[grading][cases][errors]") {
  const auto boundary = [](const CaseRules::Boundary& of) {
    Assignment table = rules();
    table.cases.boundaries = {of};
    return attn::test::message_of<attn::io::InputError>(
        [&] { boundary_cases(table, schema(), 1); });
  };
  const auto set = [&](const std::string& path, const std::string& yaml) {
    return boundary({"x is y", {{path, attn::io::parse_yaml({"set", yaml}).root}}, {}, {}, {}});
  };
  CHECK(boundary({"nothing", {}, {}, {}, {}}) == "(no error)");
  CHECK(set("inputs.querys", "1") ==
        "the cases of demo: no field is called inputs.querys; did you mean inputs.queries?");
  CHECK(boundary({"x", {}, {"inputs.maks"}, {}, {}})
            .starts_with("the cases of demo: no field is called inputs.maks"));
  CHECK(boundary({"x", {}, {}, {{"Tx", 1, 1}}, {}})
            .starts_with("the cases of demo: no axis is called Tx"));
  CHECK(boundary({"x", {}, {}, {}, {{"options.plain", 0, 0}}}) ==
        "the cases of demo: the range of options.plain has no number with two decimals but 0");
  CHECK(set("options.kernel", "d").starts_with("the cases of demo, where x is y:"));
  CHECK(set("inputs.mask", "[[true, false], [true]]")
            .starts_with("the cases of demo, where x is y:"));
}

TEST_CASE("cases: a config becomes a case without expectations, with all numbers written out",
          "[grading][cases]") {
  const attn::io::Source source{
      "mine.yaml",
      "# a comment\nchapter: demo\ntitle: \"a: b\"\ntokens: {keys: [\"1\", é, z z]}\n"
      "inputs:\n  queries: {fill: 0.1}\n  keys: {random: normal, seed: 3}\n"
      "  pairs: [[[1, 2]]]\nexpect:\n  x: 1\n"};
  attn::io::Schema of{.chapter = "demo",
                      .axes = {{"Tq"}, {"Tk"}, {"dk"}, {"dp"}},
                      .fields = {{.path = "tokens.keys", .type = Type::tokens, .axes = "Tk"},
                                 {.path = "inputs.queries", .axes = "Tk,dp"},
                                 {.path = "inputs.keys", .axes = "Tk"},
                                 {.path = "inputs.pairs", .axes = "Tq,Tq,dp"}}};
  const CaseConfig made = case_from_config(source, of);
  const Node root = root_of(made);
  CHECK(root.find("expect") == nullptr);
  CHECK(root.find("title")->text == "a: b");
  CHECK(scalars(at(root, "tokens.keys")) == std::vector<std::string>{"1", "é", "z z"});
  CHECK(at(root, "tokens.keys").items[0].quoted);
  CHECK(scalars(at(root, "inputs.queries")) == std::vector<std::string>(6, "0.1"));
  REQUIRE(at(root, "inputs.keys").items.size() == 3);
  // To the last bit: a case made of the case is the same.
  CHECK(case_from_config({"again", made.yaml}, of).yaml == made.yaml);
}
