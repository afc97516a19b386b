#pragma once
#include "source/types.hpp"
#include "sys/io.hpp"

#include <string>

namespace rockstage::source {

/// What git says of `directory`; empty where git is not here, where it is no checkout, and where
/// git refuses to look. Never fails: these facts are told, not used.
GitFacts git_facts(const std::string& directory, Io& io);

}  // namespace rockstage::source
