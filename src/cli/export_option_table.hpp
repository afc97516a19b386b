#pragma once
#include "cli/types.hpp"

// Options of `export`.
namespace rockstage::cli::tables {

inline constexpr OptionSpec kExportOptions[] = {
    {.name = "output",
     .value = "FILE|DIR/|-",
     .shape = OptionSpec::Shape::single,
     .help = "the archive; in DIR/ under a name made from the rock's; - for stdout",
     .from = OptionSpec::From::command_line},
    {.name = "format",
     .value = "FORM",
     .shape = OptionSpec::Shape::single,
     .help = "tar, tar.gz, tar.zst, tar.xz, zip or rock; default by the suffix of --output",
     .from = OptionSpec::From::command_line},
    {.name = "prefix",
     .value = "PATH",
     .shape = OptionSpec::Shape::single,
     .help = "put every member below PATH, e.g. usr/local",
     .from = OptionSpec::From::command_line},
    {.name = "rock",
     .value = "NAME",
     .shape = OptionSpec::Shape::single,
     .help = "which rock, for a .rock or a name in DIR/, where the tree has several",
     .from = OptionSpec::From::command_line},
    {.name = "lua",
     .value = "LUA",
     .shape = OptionSpec::Shape::single,
     .help = "of which Lua, where the tree has that rock for several",
     .alias = "lua-version",
     .from = OptionSpec::From::command_line},
    {.name = "with-metadata",
     .help = "with lib/luarocks, so that LuaRocks knows the rocks",
     .from = OptionSpec::From::command_line},
    {.name = "sbom",
     .value = "cyclonedx",
     .shape = OptionSpec::Shape::single,
     .help =
         "write FILE.cdx.json (what is in it) and FILE.provenance.json (how it was built), too"},
    {.name = "force",
     .help = "overwrite files that are there",
     .from = OptionSpec::From::command_line},
};

}  // namespace rockstage::cli::tables
