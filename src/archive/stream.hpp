#pragma once
#include "sys/open_files.hpp"
#include "tree/reader.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace rockstage::archive {

enum class Compression { none, gzip, zstd, xz, bzip2 };

const char* to_string(Compression compression);

/// By the magic number (gzip 1f8b, zstd 28b52ffd and skippable frames, xz, BZh); `none` for the
/// rest.
Compression detect(std::span<const std::byte> head);

/// The bytes of `compressed` uncompressed, whatever the compression is (found by its magic number),
/// drained to the end: trailing bytes that are none of the format are Errc::invalid_input. bzip2 is
/// refused by name. Stops at the limits with the option that raises them.
std::unique_ptr<tree::ByteSource> decompress(tree::ByteSource& compressed,
                                             const tree::Limits& limits,
                                             Compression& found);

/// What is read of `file`, in large pieces.
std::unique_ptr<tree::ByteSource> stream_of(sys::InputFile file);

/// The bytes of a file, or of standard input for "-", in large pieces. Errc::not_found, Errc::io.
Result<std::unique_ptr<tree::ByteSource>> open_stream(const std::string& path);

}  // namespace rockstage::archive
