#include "chapters/parts/bahdanau_model.hpp"
#include "chapters/parts/encoder_start.hpp"
#include "chapters/parts/sentences.hpp"

namespace attn::chapters {
namespace {

using io::FieldSpec;
using io::Type;

/// The gates of a GRU, which have their names' endings in common.
struct Gate {
  const char* ending;
  const char* meaning;
};
constexpr Gate gates[] = {
    {"_z", "the update gate"}, {"_r", "the reset gate"}, {"", "the candidate"}};

void add_gru(std::vector<FieldSpec>& fields, const std::string& prefix, const std::string& who,
             const std::string& state, const std::string& input) {
  for (const Gate& gate : gates) {
    fields.push_back({.path = prefix + "W" + gate.ending,
                      .axes = state + "," + input,
                      .meaning = who + ": from the word to " + gate.meaning + ".",
                      .required = true});
  }
  for (const Gate& gate : gates) {
    fields.push_back({.path = prefix + "U" + gate.ending,
                      .axes = state + "," + state,
                      .meaning = who + ": from the state before to " + gate.meaning + ".",
                      .required = true});
  }
  for (const Gate& gate : gates) {
    fields.push_back({.path = prefix + "b" + gate.ending,
                      .axes = state,
                      .meaning = who + ": the bias of " + gate.meaning + "; 0 unless given."});
  }
  fields.push_back({.path = prefix + "b_u",
                    .axes = state,
                    .meaning = who +
                               ": the bias of the candidate's product with the state; 0 unless "
                               "given."});
}

FieldSpec tensor_field(const std::string& path, const std::string& axes, const std::string& meaning,
                       bool required = true) {
  return {.path = path, .axes = axes, .meaning = meaning, .required = required};
}

void add_encoder(std::vector<FieldSpec>& fields) {
  for (const auto& [path, reader] :
       {std::pair{ahead_inputs, "the encoder that reads forward"},
        {back_inputs, "the encoder that reads backward, behind the last word,"}}) {
    const std::vector<FieldSpec> start = encoder_start_fields(path, reader, false);
    fields.insert(fields.end(), start.begin(), start.end());
  }
  fields.push_back(
      tensor_field("parameters.encoder.E", "Vx,dx", "Embeddings of source words, one a row."));
  add_gru(fields, "parameters.encoder.forward.", "Encoder, reading forward", "dh", "dx");
  add_gru(fields, "parameters.encoder.backward.", "Encoder, reading backward", "dh", "dx");
}

void add_alignment(std::vector<FieldSpec>& fields) {
  fields.push_back(tensor_field("parameters.alignment.W_a", "da,ds",
                                "Alignment: takes the decoder's state to the hidden layer."));
  fields.push_back(tensor_field("parameters.alignment.U_a", "da,dh+dh",
                                "Alignment: takes an annotation to the hidden layer."));
  fields.push_back(
      tensor_field("parameters.alignment.v_a", "da", "Alignment: reads the hidden layer out."));
}

void add_decoder(std::vector<FieldSpec>& fields) {
  fields.push_back(
      tensor_field("parameters.decoder.E", "Vy,dy", "Embeddings of target words, one a row."));
  fields.push_back(tensor_field("parameters.decoder.W_s", "ds,dh",
                                "Decoder: from the encoder's first backward state to the first "
                                "state."));
  fields.push_back(tensor_field("parameters.decoder.b_s", "ds",
                                "Decoder: the bias of the first state; 0 unless given.", false));
  add_gru(fields, "parameters.decoder.", "Decoder", "ds", "dy");
  for (const Gate& gate : gates) {
    fields.push_back(
        tensor_field(std::string("parameters.decoder.C") + gate.ending, "ds,dh+dh",
                     std::string("Decoder: from the context to ") + gate.meaning + "."));
  }
}

void add_output(std::vector<FieldSpec>& fields) {
  fields.push_back(tensor_field("parameters.output.U_o", "l+l,ds",
                                "Output: from the state to the maxout layer, two rows a pair."));
  fields.push_back(tensor_field("parameters.output.V_o", "l+l,dy",
                                "Output: from the word before to the maxout layer."));
  fields.push_back(tensor_field("parameters.output.C_o", "l+l,dh+dh",
                                "Output: from the context to the maxout layer."));
  fields.push_back(tensor_field("parameters.output.b_t", "l+l",
                                "Output: the bias of the maxout layer; 0 unless given.", false));
  fields.push_back(tensor_field("parameters.output.W_o", "Vy,l",
                                "Output: from the larger of each pair to the words."));
  fields.push_back(tensor_field("parameters.output.b_o", "Vy",
                                "Output: the bias of the words; 0 unless given.", false));
}

void add_options(std::vector<FieldSpec>& fields) {
  fields.push_back({.path = "options.readout_state",
                    .type = Type::choice,
                    .meaning = "The state that the output reads: new is s_i, as equation (4) says, "
                               "previous is s_{i-1}, as appendix A.2.2 says.",
                    .fallback = "new",
                    .choices = {"new", "previous"}});
  fields.push_back({.path = "options.reset",
                    .type = Type::choice,
                    .meaning = "The reset gate of all GRUs acts before the product of state and U, "
                               "as in the paper, or after it, as in PyTorch.",
                    .fallback = "before",
                    .choices = {"before", "after"}});
  fields.push_back({.path = "options.update",
                    .type = Type::choice,
                    .meaning = "Where the update gate of all GRUs is 1: takes_new takes the "
                               "candidate, as in the paper, keeps_old keeps the state, as in "
                               "PyTorch.",
                    .fallback = "takes_new",
                    .choices = {"takes_new", "keeps_old"}});
}

std::vector<FieldSpec> all_fields() {
  std::vector<FieldSpec> fields = sentence_fields();
  add_encoder(fields);
  add_alignment(fields);
  add_decoder(fields);
  add_output(fields);
  add_options(fields);
  return fields;
}

}  // namespace

const io::Schema& bahdanau_schema() {
  static const io::Schema schema{
      .chapter = "bahdanau",
      .axes = {{"Tx", "words of the source"},
               {"Ty", "words of the translation"},
               {"Tq", "queries: one at a time"},
               {"Vx", "words that the source may have"},
               {"Vy", "words that the decoder may say"},
               {"dx", "width of source words"},
               {"dy", "width of target words"},
               {"dh", "width of the encoder's states"},
               {"ds", "width of the decoder's states"},
               {"da", "width of the alignment's hidden layer"},
               {"l", "width of the output's hidden layer, of pairs"}},
      .fields = all_fields(),
      .computes = {"Tx,dh+dh", "Tx,da", "Tx,dx", "Ty,Vy", "Ty,Tx"},
  };
  return schema;
}

}  // namespace attn::chapters
