/// One step by itself; attn::rnnsearch holds it against PyTorch, and its gradients.
#include "attn/mechanisms/bahdanau.hpp"

#include <catch2/catch_test_macros.hpp>
#include <stdexcept>

#include "attn/core/vectors.hpp"
#include "tests/support/bahdanau.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

namespace attn::bahdanau {
using namespace attn::test;

namespace {

struct Scene {
  Params params = random_bahdanau(1);
  Mat annotations = random_mat(4, 6, 2);
  additive::Projected keys = additive::project(params.alignment, annotations);
  Vec s = random_vec(5, 3, 0.5);

  Step step(std::size_t previous = 3) const {
    return bahdanau::step(params, annotations, keys, s, previous);
  }
};

}  // namespace

TEST_CASE("bahdanau: without matrices for it, the context reaches neither state nor word",
          "[bahdanau][law]") {
  Scene scene;
  for (Mat* C : {&scene.params.C_z, &scene.params.C_r, &scene.params.C}) *C = zeros(5, 6);
  scene.params.deep.C_o = zeros(4, 6);
  const Step before = scene.step();
  scene.annotations = random_mat(4, 6, 4);
  const Step after = scene.step();
  CHECK(close(after.cell.h, before.cell.h, 0.0));
  CHECK(close(after.output.probabilities, before.output.probabilities, 0.0));
}

TEST_CASE("bahdanau: the output reads the state that it is told to read", "[bahdanau][law]") {
  Scene scene;
  const Step current = scene.step();
  scene.params.readout_state = ReadoutState::previous;
  const Step previous = scene.step();
  CHECK(close(previous.cell.h, current.cell.h, 0.0));
  CHECK(
      close(current.deep.t_tilde,
            maxout::forward(scene.params.deep, current.cell.h, current.embedding, current.context())
                .t_tilde,
            0.0));
  CHECK(close(
      previous.deep.t_tilde,
      maxout::forward(scene.params.deep, scene.s, current.embedding, current.context()).t_tilde,
      0.0));
}

TEST_CASE("bahdanau: an update gate of 0 keeps the state, whatever word and context say",
          "[bahdanau][law]") {
  Scene scene;
  scene.params.cell.b_z = Vec(Vec::shape_type{5}, -1e3);
  CHECK(close(scene.step().cell.h, scene.s, 0.0));
}

TEST_CASE("bahdanau: a step that is not complete says so", "[bahdanau][law]") {
  Step step;
  CHECK_FALSE(step.complete());
  CHECK(Scene().step().complete());
  CHECK_FALSE(StepBackward().complete());
}

TEST_CASE("bahdanau: errors name the tensor and what was expected", "[bahdanau][errors]") {
  Scene scene;
  CHECK_THROWS_AS(scene.step(7), std::out_of_range);
  scene.params.cell.b_z = zeros(4);
  CHECK(message_of<ShapeError>([&] { scene.step(); }) ==
        "b_z has shape (4), expected (5), that is (dh): as long as the state");
  scene.s = zeros(4);
  CHECK(message_of<ShapeError>([&] { scene.step(); }) ==
        "W_a has shape (8, 5), expected (8, 4), that is (da, dq): one column for each entry of a "
        "query");
}

}  // namespace attn::bahdanau
