#include "archive/write_parts.hpp"
#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

// POSIX.1-2017, pax: "ustar Interchange Format" and "pax Extended Header".
namespace rockstage::archive {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::size_t kRecord = 20 * kBlock;  // tar pads to these
constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kPrefixBytes = 155;
constexpr std::uint64_t kSizeLimit = std::uint64_t{1} << 33U;  // eleven octal digits

using Block = std::array<char, kBlock>;

struct Field {
  std::size_t offset, size;
};

constexpr Field kName{0, kNameBytes}, kMode{100, 8}, kUid{108, 8}, kGid{116, 8}, kSize{124, 12},
    kTime{136, 12}, kSum{148, 8}, kTarget{157, kNameBytes}, kMajor{329, 8}, kMinor{337, 8},
    kPrefix{345, kPrefixBytes};
constexpr std::size_t kType = 156, kMagic = 257;

/// As much of `text` as fits.
void put(Block& block, Field field, std::string_view text) {
  std::ranges::copy(text.substr(0, field.size), block.begin() + static_cast<long>(field.offset));
}

/// Octal digits, and a NUL behind them.
void put(Block& block, Field field, std::uint64_t number) {
  put(block, field, fmt::format("{:0{}o}", number, field.size - 1));
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Where a name of more than 100 bytes is divided: the slash between prefix and name.
std::optional<std::size_t> division(std::string_view name) {
  const auto slash = name.find('/', name.size() - kNameBytes - 1);
  // The slash at the end of a directory's name divides nothing.
  if (slash == std::string_view::npos || slash + 1 == name.size() || slash > kPrefixBytes
      || slash == 0)
    return std::nullopt;
  return slash;
}

/// "LENGTH KEY=VALUE\n", where LENGTH counts its own digits.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest;
  while (length != rest + fmt::formatted_size("{}", length))
    length = rest + fmt::formatted_size("{}", length);
  return fmt::format("{} {}={}\n", length, key, value);
}

/// What does not go into the ustar header of a member.
class Extended {
 public:
  void text(std::string_view key, std::string_view value) {
    binary_ |= !text::is_valid_utf8(value);
    records_ += pax_record(key, value);
  }

  void number(std::string_view key, std::uint64_t value) {
    records_ += pax_record(key, std::to_string(value));
  }

  /// Names in extended headers are UTF-8 unless it is said that they are none.
  [[nodiscard]] std::string records() const {
    return (binary_ ? pax_record("hdrcharset", "BINARY") : std::string()) + records_;
  }

 private:
  std::string records_;
  bool binary_ = false;
};

/// An extended header says that a name is UTF-8, so that no reader guesses. Other bytes stand in
/// the ustar header as they are, if they fit: not every reader knows hdrcharset.
bool belongs_into_pax(std::string_view text) {
  return !is_ascii(text) && text::is_valid_utf8(text);
}

class TarWriter {
 public:
  TarWriter(const WriteRequest& request, ByteSink& out)
      : reader_(request), time_(request.time), out_(out) {}

  Result<void> add(const OutputMember& member);
  /// Two blocks of zeros, and more up to a whole record.
  Result<void> end();

 private:
  Result<void> header(Block& block, char type, std::uint64_t size);
  Result<void> extended_header(const OutputMember& member, const std::string& records);
  Result<void> padding(std::uint64_t size);
  Result<void> write(std::span<const std::byte> bytes);

  MemberReader reader_;
  std::int64_t time_;
  ByteSink& out_;
  std::uint64_t written_ = 0;
};

Result<void> TarWriter::write(std::span<const std::byte> bytes) {
  written_ += bytes.size();
  return out_.write(bytes);
}

/// Fills what is the same in every header, and writes it.
Result<void> TarWriter::header(Block& block, char type, std::uint64_t size) {
  put(block, kUid, 0U);
  put(block, kGid, 0U);
  put(block, kSize, size);
  put(block, kTime, static_cast<std::uint64_t>(time_));
  put(block, {kMagic, 8}, std::string_view("ustar\00000", 8));
  block[kType] = type;
  put(block, kSum, "        ");
  std::uint64_t sum = 0;
  for (const char c : block)
    sum += static_cast<unsigned char>(c);
  put(block, kSum, fmt::format("{:06o}", sum));
  block[kSum.offset + 6] = '\0';
  return write(std::as_bytes(std::span(block)));
}

Result<void> TarWriter::padding(std::uint64_t size) {
  static constexpr Block kZeros{};
  if (size % kBlock == 0) return {};
  return write(std::as_bytes(std::span(kZeros).first(kBlock - size % kBlock)));
}

Result<void> TarWriter::extended_header(const OutputMember& member, const std::string& records) {
  Block block{};
  const auto slash = member.name.rfind('/');
  const auto base = slash == std::string::npos ? 0 : slash + 1;
  put(block, kName, member.name.substr(0, base) + "PaxHeaders/" + member.name.substr(base));
  put(block, kMode, 0644U);
  RS_TRY(header(block, 'x', records.size()));
  RS_TRY(write(std::as_bytes(std::span(records))));
  return padding(records.size());
}

Result<void> TarWriter::add(const OutputMember& member) {
  RS_TRY(reader_.begin(member));
  const auto kind = member.kind;
  Block block{};
  Extended extended;

  const auto name = kind == OutputMember::Kind::directory ? member.name + "/" : member.name;
  const bool is_long = name.size() > kNameBytes;
  const auto divided = is_long ? division(name) : std::nullopt;
  if (belongs_into_pax(name) || (is_long && !divided)) {
    extended.text("path", name);
    put(block, kName, name);
  } else {
    if (divided) put(block, kPrefix, std::string_view(name).substr(0, *divided));
    put(block, kName, std::string_view(name).substr(divided ? *divided + 1 : 0));
  }
  if (kind == OutputMember::Kind::link) {
    if (member.target.size() > kNameBytes || belongs_into_pax(member.target))
      extended.text("linkpath", member.target);
    put(block, kTarget, member.target);
  }
  const bool is_file = kind == OutputMember::Kind::file || kind == OutputMember::Kind::executable;
  auto size = is_file ? member.size : 0;
  if (size >= kSizeLimit) {
    extended.number("size", size);
    size = 0;
  }
  const unsigned mode = kind == OutputMember::Kind::link   ? 0777
                        : kind == OutputMember::Kind::file ? 0644
                                                           : 0755;
  put(block, kMode, mode);
  put(block, kMajor, 0U);
  put(block, kMinor, 0U);

  if (const auto records = extended.records(); !records.empty())
    RS_TRY(extended_header(member, records));
  RS_TRY(header(block, is_file ? '0' : kind == OutputMember::Kind::directory ? '5' : '2', size));
  if (!is_file) return {};
  RS_TRY(reader_.read(member, [this](std::span<const std::byte> piece) { return write(piece); }));
  return padding(member.size);
}

Result<void> TarWriter::end() {
  const std::uint64_t ended = written_ + 2 * kBlock;
  const std::vector<std::byte> zeros(2 * kBlock + (kRecord - ended % kRecord) % kRecord);
  return write(zeros);
}

}  // namespace

Result<void> write_tar(const WriteRequest& request, ByteSink& out) {
  TarWriter writer(request, out);
  for (const auto& member : request.members)
    RS_TRY(writer.add(member));
  return writer.end();
}

}  // namespace rockstage::archive
