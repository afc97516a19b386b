#include "base/rules.hpp"
#include "verify/rules/families.hpp"
#include "verify/rules/families_elf_lua.hpp"

#include <array>

namespace rockstage::verify {
namespace {

std::vector<RuleFamily> all_families() {
  std::vector<RuleFamily> families = {
      {{rules::rust_toolchain,
        rules::rust_toolchain_directory,
        rules::rust_build_residue,
        rules::rust_in_lower_layer},
       check_rust_toolchain},
      {{rules::build_backend_rock}, check_build_backends},
      {{rules::rust_package}, check_rust_packages},
      {{rules::rust_environment}, check_rust_environment},
      {{rules::c_toolchain}, check_c_toolchain},
      {{rules::unexpected_file}, check_unexpected_files},
      {{rules::builder_path}, check_builder_paths},
      {{rules::credential}, check_credentials},
      {{rules::file_mode}, check_file_modes},
      {{rules::wrong_version_directory}, check_version_directories},
      {{rules::manifest_missing_file, rules::manifest_checksum, rules::manifest_untracked},
       check_manifests},
      {{rules::case_collision}, check_case_collisions},
      {{rules::artifact_mismatch}, check_expected_files},
      {{rules::archive_ambiguous,
        rules::archive_path,
        rules::image_digest,
        rules::platform_absent,
        rules::image_layer_order,
        rules::image_engine_difference},
       check_archive_anomalies},
      {{rules::archive_path}, check_tree_links},
      {{rules::image_user, rules::image_config}, check_image_config},
  };
  const auto more = elf_lua_families();
  families.insert(families.end(), more.begin(), more.end());
  return families;
}

}  // namespace

std::span<const RuleFamily> rule_families() {
  static const std::vector<RuleFamily> kFamilies = all_families();
  return kFamilies;
}

}  // namespace rockstage::verify
