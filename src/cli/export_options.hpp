#pragma once
#include "archive/writer.hpp"
#include "cli/types.hpp"

#include <cstdint>
#include <string>

namespace rockstage::cli {

/// What `export` writes: an archive of the tree, or a binary rock, which is a zip.
struct ExportForm {
  const char* name;  ///< of --format; its suffix behind a dot
  archive::Form archive;
  bool is_rock;
};

struct ExportOptions {
  enum class Place { file, directory, standard_output };

  std::string tree;
  Place place = Place::file;
  std::string output;  ///< the file, or the directory in which it gets a name
  ExportForm form;
  std::string prefix;  ///< without slashes at its ends; may be empty
  std::string rock;    ///< --rock; may be empty
  std::string v;       ///< the version directory of --lua; empty without it
  std::int64_t time = 0;
  bool has_time = false;  ///< SOURCE_DATE_EPOCH said it
  bool with_metadata = false, force = false;
  bool sbom = false;  ///< with a bill of materials and the provenance
};

/// Errc::usage names the option or variable (SOURCE_DATE_EPOCH) whose value cannot be taken.
Result<ExportOptions> export_options(const Invocation& invocation, const Io& io);

}  // namespace rockstage::cli
