#include "archive/stream.hpp"

#include <vector>

namespace rockstage::archive {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;

class FileSource final : public tree::ByteSource {
 public:
  explicit FileSource(sys::InputFile file) : file_(std::move(file)), buffer_(kPiece) {}

  Result<std::span<const std::byte>> next() override {
    RS_TRY_ASSIGN(const auto size, file_.read(buffer_));
    return std::span<const std::byte>(buffer_).first(size);
  }

 private:
  sys::InputFile file_;
  std::vector<std::byte> buffer_;
};

}  // namespace

std::unique_ptr<tree::ByteSource> stream_of(sys::InputFile file) {
  return std::make_unique<FileSource>(std::move(file));
}

Result<std::unique_ptr<tree::ByteSource>> open_stream(const std::string& path) {
  RS_TRY_ASSIGN(auto file,
                path == "-" ? sys::InputFile::standard_input() : sys::InputFile::open(path));
  return stream_of(std::move(file));
}

}  // namespace rockstage::archive
