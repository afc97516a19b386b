#pragma once
#include "base/result.hpp"
#include "elf/types.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

namespace rockstage::elf {

/// True when the bytes begin with the ELF magic.
bool looks_like_elf(std::string_view bytes);

/// Reads `bytes` as ELF. Errc::invalid_input when it is no ELF at all; a table that lies outside
/// the file is noted in `ElfFacts::damage` and the rest is read on, so that one bad table never
/// hides the others.
Result<ElfFacts> read_elf(std::string_view bytes);

/// Sees the bytes of executable segments as they pass, in file order.
class CodeSink {
 public:
  virtual ~CodeSink() = default;
  /// Called once, before the first code, when the header is known.
  virtual void begin(std::uint16_t machine, bool little_endian) = 0;
  /// `contiguous` is false where the piece does not follow the one before.
  virtual void code(std::span<const std::byte> piece, bool contiguous) = 0;
};

/// Sees the name of each symbol that an object exports, in no order; a name may come again.
using ExportSink = std::function<void(std::string_view)>;

/// Bytes of one segment that are kept: more than that is ElfFacts::outside.
inline constexpr std::uint64_t kWindow = std::uint64_t{6} << 20;

/// Reads an object whose bytes come once, in order, keeping only the loader's tables: the
/// non-executable bytes of each segment, kWindow at most, and small sections that hold evidence
/// where they come before the end. read_elf() gives the same facts for whole files.
class StreamReader {
 public:
  /// `size` is the file's; `sink` may be nullptr. With `exports` the names of exported symbols go
  /// there, and ElfFacts::exports stays empty.
  StreamReader(std::uint64_t size, CodeSink* sink, ExportSink exports = {});
  ~StreamReader();
  StreamReader(const StreamReader&) = delete;
  StreamReader& operator=(const StreamReader&) = delete;

  void feed(std::span<const std::byte> piece);
  /// After the last piece; errors as read_elf().
  Result<ElfFacts> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rockstage::elf
