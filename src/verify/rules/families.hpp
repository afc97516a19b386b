#pragma once
#include "verify/context.hpp"

// One function a family of rules; the table of them is in rules/all.cpp.
namespace rockstage::verify {

void check_rust_toolchain(const Context& context, Sink& sink);
void check_build_backends(const Context& context, Sink& sink);
void check_rust_packages(const Context& context, Sink& sink);
void check_rust_environment(const Context& context, Sink& sink);
void check_c_toolchain(const Context& context, Sink& sink);

void check_unexpected_files(const Context& context, Sink& sink);
void check_builder_paths(const Context& context, Sink& sink);
void check_credentials(const Context& context, Sink& sink);
void check_file_modes(const Context& context, Sink& sink);
void check_version_directories(const Context& context, Sink& sink);
void check_manifests(const Context& context, Sink& sink);
void check_case_collisions(const Context& context, Sink& sink);
void check_expected_files(const Context& context, Sink& sink);

void check_archive_anomalies(const Context& context, Sink& sink);
void check_tree_links(const Context& context, Sink& sink);
void check_image_config(const Context& context, Sink& sink);

}  // namespace rockstage::verify
