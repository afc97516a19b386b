#include "elf/elf_file.hpp"
#include "elf/object.hpp"

#include <elf.h>

#include <algorithm>
#include <string>

namespace rockstage::elf {
namespace {

/// Program headers lie in the first bytes; more than this is not waited for.
constexpr std::uint64_t kHead = std::uint64_t{64} << 10;
/// Section headers and small sections of evidence lie at the end.
constexpr std::uint64_t kTail = std::uint64_t{1} << 20;
/// Of the segments with the loader's tables, and of the small ones that mostly lie in them.
constexpr std::uint64_t kMostKept = std::uint64_t{8} << 20;
constexpr std::uint64_t kMostSmall = std::uint64_t{2} << 20;
constexpr std::uint32_t kPropertySegment = 0x6474E553;  // PT_GNU_PROPERTY

struct Kept {
  std::uint64_t begin = 0, end = 0;
  std::string bytes;
};

/// Sorted, and joined where they touch.
std::vector<Kept> joined(std::vector<Kept> wanted) {
  std::ranges::sort(wanted, {}, &Kept::begin);
  std::vector<Kept> out;
  for (auto& range : wanted) {
    if (range.begin >= range.end) continue;
    if (!out.empty() && range.begin <= out.back().end)
      out.back().end = std::max(out.back().end, range.end);
    else
      out.push_back(std::move(range));
  }
  return out;
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The part of `piece`, which begins at `at` of the file, that lies in [begin, end).
std::span<const std::byte> part(std::span<const std::byte> piece,
                                std::uint64_t at,
                                std::uint64_t begin,
                                std::uint64_t end) {
  const auto first = std::clamp(begin, at, at + piece.size()) - at;
  const auto last = std::clamp(end, at, at + piece.size()) - at;
  return first < last ? piece.subspan(first, last - first) : std::span<const std::byte>();
}

/// What is known of an object when only its first bytes have come.
struct Outline {
  ElfFacts facts;
  std::vector<Segment> segments;
  std::optional<Kept> headers;  ///< the program headers, where they come later
};

Outline outline_of(std::string head, std::uint64_t size) {
  Outline outline;
  if (!looks_like_elf(head) || head.size() < sizeof(Elf64_Ehdr)) return outline;
  const bool wide = head[EI_CLASS] == ELFCLASS64;
  const bool little = head[EI_DATA] == ELFDATA2LSB;
  const Range whole{0, head};
  const Bytes bytes(std::span(&whole, 1), size, little, wide ? 64 : 32);
  const auto offset = bytes.word(wide ? 32 : 28).value_or(0);
  const std::uint64_t each = bytes.number<std::uint16_t>(wide ? 54 : 42).value_or(0);
  const std::uint64_t count = bytes.number<std::uint16_t>(wide ? 56 : 44).value_or(0);
  const bool sane =
      each == (wide ? sizeof(Elf64_Phdr) : sizeof(Elf32_Phdr)) && count <= kMostProgramHeaders;
  if (sane && offset < size && offset + count * each > head.size()) {
    outline.headers = Kept{offset, std::min(size, offset + count * each), {}};
    // BOLT moves the table to the end and leaves the old one behind the header, which still tells
    // where the loader's tables are. It only says what to keep; the real one is read in the end.
    const std::uint64_t behind = wide ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
    const auto width = wide ? 8U : 4U;
    for (unsigned i = 0; i < width; ++i)
      head[(wide ? 32U : 28U) + i] =
          static_cast<char>(behind >> (8 * (little ? i : width - 1 - i)) & 0xFF);
  }
  Object object(bytes, outline.facts);
  read_header(object);
  outline.segments = std::move(object.segments);
  return outline;
}

}  // namespace

struct StreamReader::State {
  std::uint64_t size = 0;
  CodeSink* sink = nullptr;
  ExportSink exports;
  std::uint64_t at = 0;  ///< bytes that have passed
  std::string head;
  bool planned = false;
  std::vector<Kept> kept;
  std::vector<Kept> code;        ///< executable segments, without their bytes
  std::uint64_t code_end = 0;    ///< of the last code handed on
  std::uint64_t loaded_end = 0;  ///< of the last PT_LOAD: sections that are not loaded follow
  std::string mark;              ///< what the compiler wrote of itself there
  std::string carry;             ///< the end of the piece before, while the mark is looked for

  /// Decides what to keep, from the program headers in `head`.
  void plan();
  void take(std::span<const std::byte> piece);
  void find_mark(std::string_view bytes);
};

/// Large objects have `.comment` far before their end, where it is not kept.
void StreamReader::State::find_mark(std::string_view bytes) {
  constexpr std::size_t kLongest = 200;
  carry += bytes;
  const auto found = carry.find("rustc version ");
  if (found != carry.npos && carry.size() - found > kLongest) {
    const auto end = std::find_if(carry.begin() + static_cast<std::ptrdiff_t>(found),
                                  carry.end(),
                                  [](char c) { return c < ' ' || c > '~'; });
    mark.assign(carry.begin() + static_cast<std::ptrdiff_t>(found), end);
  }
  const auto from = found == carry.npos ? carry.size() - std::min(carry.size(), kLongest) : found;
  carry.erase(0, from);
}

void StreamReader::State::plan() {
  planned = true;
  std::vector<Kept> wanted = {{0, std::min(size, kHead), {}},
                              {size - std::min(size, kTail), size, {}}};
  auto outline = outline_of(head, size);
  if (outline.headers) wanted.push_back(*std::move(outline.headers));
  std::uint64_t room = kMostKept, small_room = kMostSmall;
  for (const auto& segment : outline.segments) {
    if (segment.offset > size) continue;
    const auto end = segment.offset + std::min(segment.file_size, size - segment.offset);
    const bool is_code = segment.type == PT_LOAD && (segment.flags & PF_X) != 0;
    if (is_code) code.push_back({segment.offset, end, {}});
    if (segment.type == PT_LOAD) loaded_end = std::max(loaded_end, end);
    // Linkers without separate code put the loader's tables at the start of the first segment.
    const bool tables = segment.type == PT_LOAD && (!is_code || segment.offset == 0);
    const bool small = segment.type == PT_DYNAMIC || segment.type == PT_NOTE
                       || segment.type == PT_INTERP || segment.type == kPropertySegment;
    if (!tables && !small) continue;
    auto& left = tables ? room : small_room;
    const auto length = std::min({end - segment.offset, kWindow, left});
    left -= length;
    wanted.push_back({segment.offset, segment.offset + length, {}});
  }
  kept = joined(std::move(wanted));
  code = joined(std::move(code));  // a hostile file names the same bytes in every segment
  if (sink != nullptr && outline.facts.machine != 0)
    sink->begin(outline.facts.machine, head[EI_DATA] == ELFDATA2LSB);
}

void StreamReader::State::take(std::span<const std::byte> piece) {
  for (auto& range : kept) {
    const auto bytes = part(piece, at, range.begin, range.end);
    if (bytes.empty()) continue;
    if (range.bytes.empty()) range.bytes.reserve(range.end - range.begin);
    range.bytes += text_of(bytes);
  }
  if (sink != nullptr) {
    for (const auto& segment : code) {
      const auto bytes = part(piece, at, segment.begin, segment.end);
      if (bytes.empty()) continue;
      const auto start = std::max(at, segment.begin);
      sink->code(bytes, start == code_end && start != segment.begin);
      code_end = start + bytes.size();
    }
  }
  if (mark.empty() && loaded_end > 0) {
    const auto rest = part(piece, at, loaded_end, size);
    if (!rest.empty()) find_mark(text_of(rest));
  }
  at += piece.size();
}

StreamReader::StreamReader(std::uint64_t size, CodeSink* sink, ExportSink exports)
    : state_(std::make_unique<State>()) {
  state_->exports = std::move(exports);
  state_->size = size;
  state_->sink = sink;
}

StreamReader::~StreamReader() = default;

void StreamReader::feed(std::span<const std::byte> piece) {
  auto& state = *state_;
  if (state.planned) return state.take(piece);
  const auto missing = kHead - state.head.size();
  const auto first = piece.first(std::min<std::size_t>(piece.size(), missing));
  state.head += text_of(first);
  if (state.head.size() < kHead && state.head.size() < state.size) return;
  state.plan();
  state.take(std::as_bytes(std::span(state.head)));
  if (first.size() < piece.size()) state.take(piece.subspan(first.size()));
}

Result<ElfFacts> StreamReader::finish() {
  auto& state = *state_;
  if (!state.planned) {
    state.size = state.head.size();
    state.plan();
    state.take(std::as_bytes(std::span(state.head)));
  }
  std::vector<Range> ranges;
  for (const auto& range : state.kept)
    ranges.push_back({range.begin, range.bytes});
  auto facts = read_ranges(ranges, state.at, state.exports);
  if (facts && facts->comments.empty() && !state.mark.empty()) facts->comments = {state.mark};
  return facts;
}

}  // namespace rockstage::elf
