#pragma once
#include <string_view>

namespace rockstage::verify {

/// True for functions that a Lua program has through `ffi.C` wherever it runs: the C library's own,
/// and those of the gateways that hold the VM (nginx and its Lua module).
bool is_host_function(std::string_view name);

}  // namespace rockstage::verify
