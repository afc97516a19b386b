#include "lua/abi.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace rockstage::lua {
namespace {

// e_machine (gABI)
constexpr std::uint16_t kX86_64 = 62, kAarch64 = 183;

/// Pseudo-indices of one family: LUA_REGISTRYINDEX and those below it that code can hold.
struct Range {
  std::int32_t registry;
  std::int32_t below;  ///< how many lower ones are taken
};

constexpr std::array<Range, kFamilies> kRanges = {
    {{-10000, 6}, {-1001000, 4}, {-1073742823, 4}, {-1002000, 6}}};

std::size_t family_of(std::int32_t value) {
  for (std::size_t i = 0; i < kFamilies; ++i)
    if (value <= kRanges[i].registry && value >= kRanges[i].registry - kRanges[i].below) return i;
  return kFamilies;
}

/// `mov r32, imm32` is B8+r and the value; with the prefix 41 it is one of r8d to r15d. The second
/// argument of a function is esi.
constexpr std::size_t kMovSize = 5;
constexpr std::byte kMovEsi{0xBE}, kExtendedRegister{0x41};

void look_at_mov(std::span<const std::byte> code, std::size_t at, CodeFacts& facts) {
  if ((code[at] & std::byte{0xF8}) != std::byte{0xB8}) return;
  std::int32_t value = 0;
  std::memcpy(&value, &code[at + 1], sizeof value);
  const auto family = family_of(value);
  if (family == kFamilies) return;
  const bool extended = at > 0 && code[at - 1] == kExtendedRegister;
  ++(code[at] == kMovEsi && !extended ? facts.strong : facts.supporting)[family];
}

/// True when an instruction of the form may begin in the `kBlock` bytes at `code`: the highest byte
/// of every pseudo-index is FF or BF. Written so that compilers make vectors of it.
constexpr std::size_t kBlock = 64;

#if defined(__x86_64__)
[[gnu::target_clones("avx2", "default")]]
#endif
bool may_hold_mov(const std::byte* code) {
  unsigned found = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const auto opcode = static_cast<unsigned>(code[i] & std::byte{0xF8});
    const auto highest = static_cast<unsigned>(code[i + 4] | std::byte{0x40});
    found |= static_cast<unsigned>(opcode == 0xB8) & static_cast<unsigned>(highest == 0xFF);
  }
  return found != 0;
}

/// Adds what stands in `code` from `from` on; the byte before an instruction may be its prefix.
void scan_x86_64(std::span<const std::byte> code, std::size_t from, CodeFacts& facts) {
  std::size_t at = from;
  for (; at + kBlock + kMovSize <= code.size(); at += kBlock) {
    if (!may_hold_mov(&code[at])) continue;
    for (std::size_t i = at; i < at + kBlock; ++i)
      look_at_mov(code, i, facts);
  }
  for (; at + kMovSize <= code.size(); ++at)
    look_at_mov(code, at, facts);
}

constexpr std::size_t kWord = 4;
/// Compilers put other instructions between the two halves of a constant.
constexpr std::size_t kLookAhead = 16;
constexpr std::uint32_t kRegister = 0x1F;

std::uint32_t word_at(std::span<const std::byte> code, std::size_t index) {
  std::uint32_t word = 0;
  std::memcpy(&word, &code[index * kWord], sizeof word);
  return word;
}

/// The second half, `wanted`, follows soon, and the register is not set anew before it.
bool is_followed_by(std::span<const std::byte> code, std::size_t index, std::uint32_t wanted) {
  const std::size_t words = code.size() / kWord;
  for (std::size_t i = index + 1; i < std::min(words, index + 1 + kLookAhead); ++i) {
    const auto word = word_at(code, i);
    if (word == wanted) return true;
    const bool sets_register =
        (word & 0x1F800000U) == 0x12800000U && (word & 0x60000000U) != 0x60000000U;
    if (sets_register && (word & kRegister) == (wanted & kRegister)) return false;
  }
  return false;
}

struct Pair {
  std::size_t family;
  std::uint32_t low, high;  ///< MOVZ of the registry index, and MOVK
  std::uint32_t below;
};

constexpr std::array<Pair, 3> kPairs = {{{1, 0x52973B00, 0x72BFFE00, 4},
                                         {2, 0x529F8320, 0x72B7FFE0, 4},
                                         {3, 0x5296BE00, 0x72BFFE00, 6}}};

std::size_t aarch64_family(std::span<const std::byte> code, std::size_t index) {
  const auto word = word_at(code, index);
  const auto rd = word & kRegister;
  const auto rest = word & ~kRegister;
  if (rest >= 0x1284E1E0 && rest <= 0x1284E1E0 + 6 * 0x20) return 0;
  for (const auto& pair : kPairs)
    if (rest <= pair.low && rest >= pair.low - pair.below * 0x20 && (pair.low - rest) % 0x20 == 0
        && is_followed_by(code, index, pair.high | rd))
      return pair.family;
  return kFamilies;
}

void note_version(int version, CodeFacts& facts) {
  if (std::ranges::find(facts.checked_versions, version) == facts.checked_versions.end())
    facts.checked_versions.push_back(version);
}

/// Looks at the words from `from` up to `to`, and ahead of them.
void scan_aarch64(std::span<const std::byte> code,
                  std::size_t from,
                  std::size_t to,
                  CodeFacts& facts) {
  for (std::size_t i = from; i < to; ++i) {
    const auto word = word_at(code, i);
    if (const auto family = aarch64_family(code, i); family != kFamilies)
      ++((word & kRegister) == 1 ? facts.strong : facts.supporting)[family];
    // 502.0 … 505.0 as a double: MOVZ of bits 32–47, MOVK of 48–63.
    const auto rest = word & ~kRegister;
    if (rest >= 0xD2CC0000 && rest <= 0xD2D20000 && (rest - 0xD2CC0000) % 0x20000 == 0
        && is_followed_by(code, i, 0xF2E80FE0 | (word & kRegister)))
      note_version(502 + static_cast<int>((rest - 0xD2CC0000) / 0x20000), facts);
  }
}

/// A piece behind what was kept of the one before.
std::vector<std::byte> joined(std::vector<std::byte> kept, std::span<const std::byte> piece) {
  kept.insert(kept.end(), piece.begin(), piece.end());
  return kept;
}

constexpr std::size_t kLongestMark = 20;

/// A bit for each of the `kMarks` bytes at `bytes` where one of the marks of scan_data() may begin:
/// "Lu", or the end 7F 40 of a double. Written so that compilers make vectors of it: this sees
/// every byte of every module.
constexpr std::size_t kMarks = 64;

#if defined(__x86_64__)
[[gnu::target_clones("avx2", "default")]]
#endif
bool may_hold_mark(const char* bytes) {
  unsigned found = 0;
  for (std::size_t i = 0; i < kMarks; ++i) {
    const auto lua =
        static_cast<unsigned>(bytes[i] == 'L') & static_cast<unsigned>(bytes[i + 1] == 'u');
    const auto number =
        static_cast<unsigned>(bytes[i] == '\x7F') & static_cast<unsigned>(bytes[i + 1] == '\x40');
    found |= lua | number;
  }
  return found != 0;
}

/// The strings by which a VM says what it is: all of them hold "Lua".
void look_at_identity(std::string_view bytes, std::size_t at, CodeFacts& facts) {
  const auto text = bytes.substr(at, kLongestMark);
  const bool dollar = at > 0 && bytes[at - 1] == '$';
  facts.lua51_vm |= dollar && text.starts_with("Lua: Lua 5.1");
  facts.lua52_vm |= dollar && text.starts_with("LuaVersion: Lua 5.");
  facts.luajit_vm |= text.starts_with("LuaJIT 2.");
}

/// 502.0 … 505.0 end in the bytes 60 … 90, 7F, 40 behind five zeros.
void look_at_double(std::string_view bytes, std::size_t at, CodeFacts& facts) {
  using namespace std::string_view_literals;
  if (at < 6 || bytes.substr(at - 6, 5) != "\0\0\0\0\0"sv || bytes.substr(at, 2) != "\x7F\x40"sv)
    return;
  const auto digit = static_cast<unsigned char>(bytes[at - 1]);
  if (digit >= 0x60 && digit <= 0x90 && (digit & 0xF) == 0)
    note_version(502 + (digit - 0x60) / 0x10, facts);
}

void scan_data(std::span<const std::byte> piece, CodeFacts& facts) {
  const std::string_view bytes(reinterpret_cast<const char*>(piece.data()), piece.size());
  for (std::size_t at = 0; at < bytes.size();) {
    if (at + kMarks < bytes.size() && !may_hold_mark(&bytes[at])) {
      at += kMarks;
      continue;
    }
    for (const auto end = std::min(bytes.size(), at + kMarks); at < end; ++at) {
      if (bytes[at] == 'L') look_at_identity(bytes, at, facts);
      if (bytes[at] == '\x7F') look_at_double(bytes, at, facts);
    }
  }
}

}  // namespace

void CodeScanner::begin(std::uint16_t machine, bool little_endian) {
  machine_ = machine;
  facts_.scanned = little_endian && std::endian::native == std::endian::little
                   && (machine == kX86_64 || machine == kAarch64);
}

void CodeScanner::code(std::span<const std::byte> piece, bool contiguous) {
  if (!facts_.scanned || piece.empty()) return;
  if (!contiguous) carry_.clear();
  const auto kept = carry_.size();
  const auto bytes = joined(std::move(carry_), piece);
  if (machine_ == kX86_64) {
    // Of what was kept the first byte has been looked at; it is there for its neighbour.
    scan_x86_64(bytes, kept == 0 ? 0 : 1, facts_);
    const auto tail = std::min(bytes.size(), kMovSize);
    carry_.assign(bytes.end() - static_cast<std::ptrdiff_t>(tail), bytes.end());
    if (bytes.size() < kMovSize) carry_.insert(carry_.begin(), std::byte{0});
    return;
  }
  const auto words = bytes.size() / kWord;
  const auto to = words > kLookAhead ? words - kLookAhead : 0;
  scan_aarch64(bytes, 0, to, facts_);
  carry_.assign(bytes.begin() + static_cast<std::ptrdiff_t>(to * kWord), bytes.end());
}

void CodeScanner::data(std::span<const std::byte> piece) {
  // What lies across the border first, then the piece itself, which is not copied.
  const auto border =
      joined(std::move(data_carry_), piece.first(std::min(piece.size(), kLongestMark)));
  scan_data(border, facts_);
  scan_data(piece, facts_);
  const auto& end = piece.size() < kLongestMark ? std::span<const std::byte>(border) : piece;
  const auto tail = end.last(std::min(end.size(), kLongestMark));
  data_carry_.assign(tail.begin(), tail.end());
}

CodeFacts CodeScanner::finish() const {
  auto facts = facts_;
  if (facts.scanned && machine_ == kAarch64) scan_aarch64(carry_, 0, carry_.size() / kWord, facts);
  std::ranges::sort(facts.checked_versions);
  return facts;
}

}  // namespace rockstage::lua
