#include "attn/io/npy.hpp"
namespace attn::io {
Npy read_npy(const std::string& path) { throw InputError({path}, "not yet"); }
}
