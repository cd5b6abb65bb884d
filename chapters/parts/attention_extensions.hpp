/// What models after the Transformer add to attention, as the chapters scaled-dot-product and
/// multi-head take it from a config: a bias, a soft cap, rotary positions, keys of the past.
#pragma once

#include <optional>
#include <span>

#include "attn/io/config.hpp"
#include "attn/mechanisms/rope.hpp"
#include "attn/trace/build.hpp"

namespace attn::chapters {

io::FieldSpec bias_field();                  ///< inputs.bias (Tq, Tk)
io::FieldSpec softcap_field();               ///< options.softcap
std::vector<io::FieldSpec> rotary_fields();  ///< options.positions, layout, base, first_position
std::vector<io::FieldSpec> past_fields();    ///< inputs.past_keys (Tp, dk), past_values (Tp, dv)
std::vector<io::AxisSpec> past_axes();       ///< Tp and Tn
io::AxisChange keys_with_past();             ///< masks are over past and new keys

std::optional<double> softcap_of(const io::Config& config);

/// \throws io::InputError if options.positions asks to turn an odd width. \param of what is so wide
std::optional<rope::Rope> rope_of(const io::Config& config, std::size_t dk, const std::string& of);

/// Are there past keys? \throws io::InputError if there are past values and no past keys, or the
/// other way round.
bool has_past(const io::Config& config);

/// Axes and labels of what is new and what is past. Without past keys all keys are new.
/// \param names those of the new keys, or none
void label_past(std::size_t past, const std::vector<std::string>& names, trace::Builder& trace);

/// The words of these steps.
std::vector<trace::Words> rotary_words(const rope::Rope& rope, std::size_t past);
std::vector<trace::Words> past_words(std::size_t past, std::size_t added, bool turned);
/// \param before, after the scores without the cap and with it
trace::Words capped_words(double cap, std::span<const double> before,
                          std::span<const double> after);
trace::Words biased_words(std::span<const double> bias);

/// How far all positions are moved on in the step below.
constexpr double moved_by = 100.0;

/// The step that holds the scores against those of other positions. \param scores, moved the same
/// scores, at these positions and at those `moved_by` further on
void show_moved(std::span<const double> scores, std::span<const double> moved,
                trace::Builder& trace);

}  // namespace attn::chapters
