#pragma once
#include "verify/facts.hpp"

#include <string>
#include <string_view>

// What the first bytes of a file say. Both look at `head` only, some 4 KiB.
namespace rockstage::verify {

Content classify(std::string_view head);

/// The program of a `#!` line: "/bin/sh", and for `/usr/bin/env lua` "lua"; empty without one.
std::string interpreter_of(std::string_view head);

/// An ELF program and not a library: ET_EXEC, or with a PT_INTERP.
bool is_program(std::string_view head);

}  // namespace rockstage::verify
