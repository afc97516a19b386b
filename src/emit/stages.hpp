#pragma once
#include "base/result.hpp"
#include "emit/image.hpp"

#include <string>
#include <utility>
#include <vector>

// The stages of a generated Dockerfile, as instructions.
namespace rockstage::emit {

/// Whether the builder stage runs on the builder's own platform and compiles for another: glibc,
/// and nothing but cargo compiles.
bool is_cross(const Image& image);

/// Whether the triple depends on TARGETARCH.
bool chooses_target(const Image& image);

/// FROM … AS builder: the sources go in, `/rock` comes out. Errc::invalid_input for what no line of
/// a Dockerfile can carry; Errc::usage for a Lua whose headers no package has.
Result<std::vector<Instruction>> builder_stage(const Image& image);

/// FROM scratch AS rock.
std::vector<Instruction> rock_stage();

/// FROM ${BASE} AS smoke, with the code of smoke_code().
std::vector<Instruction> smoke_stage(const Image& image, const std::string& code);

/// FROM ${BASE} AS runtime: COPY from the stage `from`, and labels.
std::vector<Instruction> runtime_stage(const Image& image, const std::string& from);

/// The COPY instructions of the runtime stage.
std::vector<Instruction> runtime_copies(const Image& image, const std::string& from);

/// The labels of the image; a person's own take the place of ours.
std::vector<std::pair<std::string, std::string>> image_labels(const Image& image);

/// Whether the text has the form of an SPDX licence expression.
bool is_licence_expression(std::string_view text);

}  // namespace rockstage::emit
