/// The declaration of the config of the chapter seq2seq.
#pragma once

#include "attn/io/schema.hpp"

namespace attn::chapters {

const io::Schema& seq2seq_schema();

}  // namespace attn::chapters
