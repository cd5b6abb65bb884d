#include "chapters/parts/encoder_start.hpp"
#include "chapters/parts/global_local_inputs.hpp"
#include "chapters/parts/recurrent_cell.hpp"
#include "chapters/parts/sentences.hpp"

namespace attn::chapters::luong_walk {
namespace {

using io::Type;

/// In this chapter it is h~ that enters through C.
std::vector<io::FieldSpec> decoder_fields() {
  std::vector<io::FieldSpec> fields = cell_fields(decoder_path, {"dy", "ds", "dc"}, "decoder");
  for (io::FieldSpec& field : fields) {
    const std::string context = "multiplies the context. Not given: the context enters no step.";
    const std::size_t found = field.meaning.find(context);
    if (found == std::string::npos) continue;
    field.meaning.replace(found, context.size(),
                          "multiplies h~_{t-1}, which input feeding gives it.");
  }
  return fields;
}

std::vector<io::FieldSpec> attention_fields() {
  return {
      {.path = "parameters.general.W_a",
       .axes = "ds,dh",
       .meaning = "Score general: takes a decoder state to the width of the source states.",
       .rows_in = true},
      {.path = "parameters.concat.W_a",
       .axes = "da,ds+dh",
       .meaning = "Score concat: columns for the decoder state, then for a source state."},
      {.path = "parameters.concat.v_a",
       .axes = "da",
       .meaning = "Score concat: reads the hidden layer out."},
      {.path = "parameters.location.W_a",
       .axes = "L,ds",
       .meaning = "Score location: row s scores position s, so there are as many as words."},
      {.path = "parameters.local.W_p",
       .axes = "dp,ds",
       .meaning = "local-p: the hidden layer that predicts the position p_t."},
      {.path = "parameters.local.v_p",
       .axes = "dp",
       .meaning = "local-p: reads the hidden layer out."},
      {.path = "parameters.attentional.W_c",
       .axes = "dc,dh+ds",
       .meaning = "Makes h~_t: columns for the context, then for the decoder state.",
       .required = true},
      {.path = "parameters.output.W_o",
       .axes = "Vy,dc",
       .meaning = "The paper's W_s: one row for each word that may be said.",
       .required = true},
      {.path = "parameters.output.b_o",
       .axes = "Vy",
       .meaning = "Its bias, which the paper has not. 0 unless given."},
  };
}

std::vector<io::FieldSpec> option_fields() {
  return {
      {.path = "options.score",
       .type = Type::choice,
       .meaning = "How the decoder scores the source states.",
       .fallback = "general",
       .choices = {"dot", "general", "concat", "location"}},
      {.path = "options.attention",
       .type = Type::choice,
       .meaning = "Where the decoder looks: at all words, about word t, or about a predicted word.",
       .fallback = "global",
       .choices = {"global", "local-m", "local-p"}},
      {.path = "options.input_feeding",
       .type = Type::flag,
       .meaning = "Whether h~_{t-1} enters the decoder's next step; it does if matrices C are "
                  "given, unless set."},
      {.path = "options.D",
       .type = Type::integer,
       .meaning = "Local attention: the window reaches D words to either side; the Gaussian of "
                  "local-p has sigma = D/2.",
       .fallback = "10",
       .range = io::Range{0, 1e6}},
      {.path = "options.centre",
       .type = Type::choice,
       .meaning = "Local attention: the window lies about p_t (real, the paper) or about its whole "
                  "part (floor, the authors' program).",
       .fallback = "real",
       .choices = {"real", "floor"}},
      {.path = "options.renormalise",
       .type = Type::flag,
       .meaning =
           "local-p: divide by what the Gaussian leaves, so that weights sum to 1; the paper "
           "does not.",
       .fallback = "false"},
      {.path = "options.past_end",
       .type = Type::choice,
       .meaning = "local-m, where t is beyond the sentence: its window lies there and may be empty "
                  "(nothing), or stays about the last word (last, the authors' program).",
       .fallback = "nothing",
       .choices = {"nothing", "last"}},
  };
}

}  // namespace

const io::Schema& schema() {
  static const io::Schema declared = [] {
    io::Schema schema{
        .chapter = "global-local",
        .axes = {{"Tx", "words of the source"},
                 {"Ty", "words of the target"},
                 {"T", "steps of the decoder"},
                 {"t", "one of them"},
                 {"Vx", "words that the source may have"},
                 {"Vy", "words that the decoder may say"},
                 {"dx", "width of source words"},
                 {"dy", "width of target words"},
                 {"dh", "width of the encoder's states"},
                 {"ds", "width of the decoder's states"},
                 {"dc", "width of the attentional states"},
                 {"da", "hidden width of the score concat"},
                 {"dp", "hidden width of the predicted position"},
                 {"L", "positions that the score location knows"}},
        .fields = sentence_fields(),
        .computes = {"Tx,dh", "Tx,dx", "Vy,dc"},
    };
    const auto add = [&](const std::vector<io::FieldSpec>& fields) {
      schema.fields.insert(schema.fields.end(), fields.begin(), fields.end());
    };
    add(encoder_start_fields(encoder_inputs, "the encoder", true));
    add({{.path = encoder_path + ".E",
          .axes = "Vx,dx",
          .meaning = "One row for each word of the source's vocabulary.",
          .required = true}});
    add(cell_fields(encoder_path, {"dx", "dh"}, "encoder"));
    add({{.path = "parameters.bridge.W_s",
          .axes = "ds,dh",
          .meaning = "Makes the decoder's first state of the encoder's last. Not given: it is the "
                     "encoder's last, and both are equally wide."},
         {.path = "parameters.bridge.b_s", .axes = "ds", .meaning = "Its bias. 0 unless given."},
         {.path = decoder_path + ".E",
          .axes = "Vy,dy",
          .meaning = "One row for each word of the target's vocabulary.",
          .required = true}});
    add(decoder_fields());
    add(attention_fields());
    add(cell_choice_fields());
    add(option_fields());
    return schema;
  }();
  return declared;
}

}  // namespace attn::chapters::luong_walk
