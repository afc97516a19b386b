#include "config/project_file.hpp"

#include "fuzz.hpp"
#include "scratch_file.hpp"

// YAML of a stranger's project.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const rockstage::fuzz::ScratchFile file("rockstage.yaml");
  const auto path = file.holding(rockstage::fuzz::text(data, size));
  const auto project = rockstage::config::read_project_file(path);
  if (project)
    rockstage::fuzz::promise(!project->build || !project->build->manifest.starts_with("/"),
                             "a manifest below the project");
  return 0;
}
