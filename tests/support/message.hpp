/// The text of the error that something throws.
#pragma once

#include <exception>
#include <string>

namespace attn::test {

/// What `act` says when it throws an `Error`; another text if it throws nothing or something else.
template <class Error, class Act>
std::string message_of(Act&& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  } catch (const std::exception& error) {
    return std::string("(an error of another type) ") + error.what();
  }
  return "(no error)";
}

}  // namespace attn::test
