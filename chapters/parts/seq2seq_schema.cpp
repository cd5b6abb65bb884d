#include "chapters/parts/seq2seq_schema.hpp"

#include "chapters/parts/encoder_start.hpp"
#include "chapters/parts/recurrent_cell.hpp"
#include "chapters/parts/sentences.hpp"

namespace attn::chapters {

const io::Schema& seq2seq_schema() {
  static const io::Schema declared = [] {
    const std::string encoder = "parameters.encoder";
    const std::string decoder = "parameters.decoder";
    io::Schema schema{
        .chapter = "seq2seq",
        .axes = {{"Tx", "words of the source"},
                 {"Ty", "words of the target"},
                 {"Vx", "words that the source may have"},
                 {"Vy", "words that the decoder may say"},
                 {"dx", "width of source words"},
                 {"dy", "width of target words"},
                 {"dh", "width of the encoder's state"},
                 {"ds", "width of the decoder's state"}},
        .fields = sentence_fields(),
        .computes = {"Tx,dh", "Tx,dx", "Vy,ds"},
    };
    const auto add = [&](const std::vector<io::FieldSpec>& fields) {
      schema.fields.insert(schema.fields.end(), fields.begin(), fields.end());
    };
    add(encoder_start_fields("inputs.encoder", "the encoder", true));
    add({{.path = encoder + ".E",
          .axes = "Vx,dx",
          .meaning = "One row for each word of the source's vocabulary.",
          .required = true}});
    add(cell_fields(encoder, {"dx", "dh"}, "encoder"));
    add({{.path = "parameters.bridge.W_s",
          .axes = "ds,dh",
          .meaning =
              "Makes the decoder's first state of the context. Not given: the first state is "
              "the encoder's last, and both are equally wide."},
         {.path = "parameters.bridge.b_s", .axes = "ds", .meaning = "Its bias. 0 unless given."},
         {.path = decoder + ".E",
          .axes = "Vy,dy",
          .meaning = "One row for each word of the target's vocabulary.",
          .required = true}});
    add(cell_fields(decoder, {"dy", "ds", "dh"}, "decoder"));
    add({{.path = "parameters.output.W_o",
          .axes = "Vy,ds",
          .meaning = "One row for each word that may be said.",
          .required = true},
         {.path = "parameters.output.b_o", .axes = "Vy", .meaning = "Its bias. 0 unless given."}});
    add(cell_choice_fields());
    return schema;
  }();
  return declared;
}

}  // namespace attn::chapters
