#include "attn/mechanisms/show_attend_tell_backward.hpp"

#include <catch2/catch_test_macros.hpp>

#include "tests/mechanisms/captions.hpp"
#include "tests/support/close.hpp"
#include "tests/support/message.hpp"

namespace attn::show_attend_tell {
using namespace attn::test;

TEST_CASE("show_attend_tell_backward: every gradient is PyTorch's",
          "[show_attend_tell][reference]") {
  for (const Fixture& c : Fixture("show_attend_tell")["cases"].items()) {
    INFO(c["name"].text());
    const Params params = captioner(c);
    const Mat features = c["features"].mat();
    const Caption f = forward(params, features, teacher, look_of(c));
    const double lambda = c["lambda"].number();
    const std::vector<Fixture> steps = c["steps"].items();
    const Backward b = backward(params, features, f, d_logits_of(f), d_weights_of(f, lambda));
    REQUIRE(b.complete);
    const Fixture d = c["backward"];
    CHECK(close(b.gradients.d_features, d["d_features"].mat(), 1e-12));
    CHECK(close(b.gradients.d_E, d["d_E"].mat(), 1e-12));
    CHECK(close(b.start.d_W_h, d["d_start.W_h"].mat(), 1e-12));
    CHECK(close(b.start.d_b_h, d["d_start.b_h"].vec(), 1e-12));
    CHECK(close(b.start.d_W_c, d["d_start.W_c"].mat(), 1e-12));
    CHECK(close(b.start.d_b_c, d["d_start.b_c"].vec(), 1e-12));
    CHECK(close(b.gradients.d_W_a, d["d_attention.W_a"].mat(), 1e-12));
    CHECK(close(b.gradients.d_U_a, d["d_attention.U_a"].mat(), 1e-12));
    CHECK(close(b.gradients.d_v_a, d["d_attention.v_a"].vec(), 1e-12));
    lstm::Gradients::each(b.cell, [&](const Field& field, const auto& value) {
      const std::string name(field.name);
      if (name == "d_X") return;
      INFO(name);
      using Value = std::remove_cvref_t<decltype(value)>;
      CHECK(close(value, d["d_lstm." + name.substr(2)].as<Value>(), 1e-12));
    });
    CHECK(close(b.gradients.d_L_o, d["d_output.L_o"].mat(), 1e-12));
    CHECK(close(b.gradients.d_L_h, d["d_output.L_h"].mat(), 1e-12));
    CHECK(close(b.gradients.d_L_z, d["d_output.L_z"].mat(), 1e-12));
    if (params.gate) {
      CHECK(close(b.gate.d_w_beta, d["d_gate.w_beta"].vec(), 1e-12));
      CHECK(close(b.gate.d_b_beta, d["d_gate.b_beta"].number(), 1e-12));
    }
    const Mat d_scores = c["d_scores"].mat();
    for (std::size_t t = 0; t < steps.size(); ++t) {
      CHECK(close(b.steps[t].d_scores, as_row(row(d_scores, t)), 1e-12));
    }
  }
}

TEST_CASE("show_attend_tell_backward: gradients agree with central differences",
          "[show_attend_tell][gradient]") {
  for (const bool gate : {true, false}) {
    Params p = random_captioner(100, gate);
    Mat features = random_mat(5, 6, 99);
    const auto loss = [&] {
      const Caption f = forward(p, features, teacher, {});
      return loss_of(f) + penalty_of(f, 0.6);
    };
    const Caption f = forward(p, features, teacher, {});
    const Backward b = backward(p, features, f, d_logits_of(f), d_weights_of(f, 0.6));
    CHECK(check_gradient(loss, features, b.gradients.d_features));
    CHECK(check_gradient(loss, p.E, b.gradients.d_E));
    CHECK(check_gradient(loss, p.attention.W_a, b.gradients.d_W_a));
    CHECK(check_gradient(loss, p.attention.U_a, b.gradients.d_U_a));
    CHECK(check_gradient(loss, p.attention.v_a, b.gradients.d_v_a));
    CHECK(check_gradient(loss, p.start.W_c, b.start.d_W_c));
    CHECK(check_gradient(loss, p.cell.W_f, b.cell.d_W_f));
    CHECK(check_gradient(loss, p.cell.U_o, b.cell.d_U_o));
    CHECK(check_gradient(loss, p.output.L_z, b.gradients.d_L_z));
    if (gate) CHECK(check_gradient(loss, p.gate->w_beta, b.gate.d_w_beta));
    if (gate) CHECK(check_gradient(loss, p.gate->b_beta, b.gate.d_b_beta));
  }
}

TEST_CASE("show_attend_tell_backward: with a hard look the scores get no gradient from the words",
          "[show_attend_tell][gradient]") {
  Params p = random_captioner(200);
  Mat features = random_mat(5, 6, 98);
  for (const Look& look :
       {Look{How::argmax, {}, {}}, sampling, Look{How::given, {}, {4, 0, 2, 2}}}) {
    const auto loss = [&] { return loss_of(forward(p, features, teacher, look)); };
    const Caption f = forward(p, features, teacher, look);
    const Backward b = backward(p, features, f, d_logits_of(f));
    CHECK(close(b.gradients.d_v_a, zeros(2), 0.0));
    CHECK(close(b.gradients.d_W_a, zeros(2, 3), 0.0));
    CHECK(check_gradient(loss, features, b.gradients.d_features));
    CHECK(check_gradient(loss, p.start.W_h, b.start.d_W_h));
  }
}

TEST_CASE("show_attend_tell_backward: errors say what does not fit", "[show_attend_tell][errors]") {
  const Params good = random_captioner(700);
  const Mat features = random_mat(5, 6, 94);
  const Caption f = forward(good, features, teacher, {});
  CHECK(message_of<ShapeError>([&] { backward(good, features, f, zeros(3, 7)); }) ==
        "d_logits has shape (3, 7), expected (4, 7), that is (Ty, V): the logits of each word");
  CHECK(message_of<ShapeError>([&] { backward(good, features, f, zeros(4, 7), zeros(4, 4)); }) ==
        "d_weights has shape (4, 4), expected (4, 5), that is (Ty, Tk): the weights of each word");
}

}  // namespace attn::show_attend_tell
