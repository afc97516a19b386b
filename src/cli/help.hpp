#pragma once
#include "cli/types.hpp"

#include <string>

namespace rockstage::cli {

/// The first page: what rockstage does, its commands and global options.
std::string help_text();

/// The page of one command.
std::string help_text(const CommandSpec& command);

/// The manual page rockstage(1), troff with man macros.
std::string manual_page();

/// Commands and options as data:
/// `{"commands":[{"name","summary","usage","exists","options":[…]}],"options":[…]}`.
nlohmann::json help_data();

}  // namespace rockstage::cli
