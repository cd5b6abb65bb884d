#include "chapters/parts/recurrent_cell.hpp"

namespace attn::chapters {

CellWords words_of(const rnn::Params& /*params*/) {
  return {{{"x", "What each word brings to the cell",
            "One matrix for all words: W takes a word's vector to the width of the state. The past "
            "is not needed for this, so it is one matrix product for the whole sentence."}},
          {{"h", "Read word by word",
            "The cell adds what the word brings to what U makes of the state before, and tanh "
            "squeezes the sum into -1 to 1. Each state is made from all words up to here, but only "
            "through the state before it. Before the first is h_0, zeros unless it is given."}}};
}

CellWords words_of(const gru::Params& params) {
  const bool before = params.reset == gru::Reset::before;
  const bool takes_new = params.update == gru::Update::takes_new;
  return {
      {{"x_z", "What each word says to the update gate",
        "For the whole sentence at once, as the two that follow: none needs the past."},
       {"x_r", "What each word says to the reset gate", ""},
       {"x", "What each word brings to the candidate", ""}},
      {{"z", "The update gate",
        takes_new ? "For each entry of the state: 1 takes the candidate, 0 keeps what is there."
                  : "For each entry of the state: 1 keeps what is there, 0 takes the candidate."},
       {"r", "The reset gate", "For each entry: 0 lets the candidate forget the past."},
       {"inner",
        before ? "The past, as far as the reset gate lets it through" : "What the past says",
        before ? "The gate acts on the state, before U."
               : "U times the state before; the gate acts on the product."},
       {"past", "What reaches the candidate from the past", ""},
       {"candidate", "The candidate for the new state", "What the state would be if z took all."},
       {"h", "The new state", "A mixture of the old state and the candidate, entry by entry."}}};
}

CellWords words_of(const lstm::Params& /*params*/) {
  return {{{"x_i", "What each word says to the input gate",
            "For the whole sentence at once, as the three that follow: none needs the past."},
           {"x_f", "What each word says to the forget gate", ""},
           {"x_o", "What each word says to the output gate", ""},
           {"x_g", "What each word brings to the memory", ""}},
          {{"i", "The input gate", "How much of the new is written into each entry of the memory."},
           {"f", "The forget gate", "How much of the old each entry of the memory keeps."},
           {"o", "The output gate", "How much of the memory is shown."},
           {"g", "What is to be written", ""},
           {"c", "The memory",
            "m_t, which most papers call c_t; here c is the context. The old, as far as it is "
            "kept, and the new, as far as it is let in. Nothing squeezes "
            "it, so it can hold a number, and pass a gradient, over many words."},
           {"squashed", "The memory, squeezed into -1 to 1", ""},
           {"h", "The state", "What the memory shows of itself."}}};
}

std::vector<trace::Words> briefly(std::vector<trace::Words> words) {
  for (trace::Words& said : words) said.prose.clear();
  return words;
}

}  // namespace attn::chapters
