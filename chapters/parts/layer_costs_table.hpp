/// Self-attention beside recurrence and convolution: what each costs, counted.
#pragma once

#include "attn/io/config.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

/// study.n, d, kernel and neighbourhood.
std::vector<io::FieldSpec> layer_costs_fields();

/// The step with the table. \param n and d hold where the config gives no others
void show_layer_costs(const io::Config& config, std::size_t n, std::size_t d,
                      trace::Builder& trace);

}  // namespace attn::chapters
