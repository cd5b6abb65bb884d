/// The exercises of a chapter, as chapters/exercises/CHAPTER.yaml tells them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "attn/io/source.hpp"
#include "attn/io/yaml.hpp"

namespace attn::grading {

/// A mistake that students make, as a variant of the step that can be run.
struct Mistake {
  std::string name;  ///< "the square root forgotten"
  std::string code;  ///< C++ for the step's lines; empty in a student's tree
  std::string says;  ///< what a student reads
};

struct Step {
  std::string id;          ///< "scaled_dot.scores": mechanism and field
  double points = 0.0;     ///< whole or half
  double minutes = 0.0;    ///< how long it takes
  std::string difficulty;  ///< easy, medium or hard
  std::vector<std::string> hints;
  std::vector<Mistake> mistakes;

  std::string mechanism() const { return id.substr(0, id.find('.')); }
  std::string field() const { return id.substr(id.find('.') + 1); }
};

/// How test cases are drawn.
struct CaseRules {
  struct Extent {
    std::string axis;
    std::size_t low = 1, high = 1;
  };
  struct Range {
    std::string path;
    double low = 0.0, high = 1.0;
  };
  /// A case at which the code decides: drawn like the others, but for what is said here.
  struct Boundary {
    std::string reason;                                 ///< "a query stands on a key"
    std::vector<std::pair<std::string, io::Node>> set;  ///< field: its value
    std::vector<std::string> without;                   ///< fields that are left out
    std::vector<Extent> axes;   ///< in place of the usual extents; those of `set` need none
    std::vector<Range> ranges;  ///< in place of the usual ones
  };
  std::vector<Extent> axes;                     ///< drawn, all different
  std::vector<std::vector<std::string>> equal;  ///< axes that are drawn as one
  std::vector<std::string> always, sometimes;   ///< fields of the config
  std::vector<std::pair<std::string, std::vector<std::string>>> choices;  ///< field: its values
  std::vector<Range> ranges;                                              ///< of numbers
  std::vector<Boundary> boundaries;
  std::vector<std::string> not_examples;  ///< of configs/examples, without .yaml: no cases
};

struct Assignment {
  std::string chapter;
  std::vector<Step> steps;
  /// Mechanisms that students get without their code, since they show how the steps are written and
  /// the exercises do not need them.
  std::vector<std::string> hollow;
  /// Steps of other mechanisms that are written as one of this chapter's is: "gru.x_z": "rnn.x".
  std::vector<std::pair<std::string, std::string>> twins;
  CaseRules cases;

  double points() const;
  double minutes() const;
  const Step* find(const std::string& id) const;
  /// The mechanisms whose sources hold the steps, each once, in the order of the steps.
  std::vector<std::string> mechanisms() const;
};

/// \throws io::InputError with everything that is wrong, each with its place.
Assignment assignment_from_yaml(const io::Source& source);

/// The same as YAML without the code of the mistakes, which would give the solutions away.
std::string yaml_for_students(const Assignment& assignment);

}  // namespace attn::grading
