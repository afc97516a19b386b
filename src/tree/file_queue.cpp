#include "tree/file_queue.hpp"

#include <utility>

namespace rockstage::tree {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
/// Open files that wait for a thread.
constexpr std::size_t kMostWaiting = 16;

/// The contents of one file, read into a buffer that many files share.
class FileContent final : public ByteSource {
 public:
  FileContent(sys::InputFile& file, std::uint64_t size, std::span<std::byte> buffer)
      : file_(file), size_(size), buffer_(buffer) {}

  Result<std::span<const std::byte>> next() override {
    // What is as long as it was a moment ago needs no further call to learn that it ends there.
    if (read_ > 0 && read_ >= size_) return std::span<const std::byte>();
    auto got = file_.read(buffer_);
    if (!got) {
      failure_ = got.error();
      return tl::unexpected<Error>(std::move(got).error());
    }
    read_ += *got;
    return std::span<const std::byte>(buffer_).first(*got);
  }

  /// Why reading ended before the end.
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }

 private:
  sys::InputFile& file_;
  std::uint64_t size_;
  std::uint64_t read_ = 0;
  std::span<std::byte> buffer_;
  std::optional<Error> failure_;
};

}  // namespace

FileQueue::FileQueue(Visitor& visitor, unsigned jobs)
    : visitor_(visitor), jobs_(jobs), buffer_(kPiece) {}

FileQueue::~FileQueue() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_)
    thread.join();
}

bool FileQueue::add(File file) {
  {
    const std::lock_guard lock(mutex_);
    if (!failed_.empty()) return false;
    if (jobs_ > 1 && waiting_.size() < kMostWaiting) {
      waiting_.push_back(std::move(file));
      if (threads_.size() + 1 < jobs_) threads_.emplace_back([this] { work(); });
      changed_.notify_one();
      return true;
    }
  }
  show(file, buffer_);
  return true;
}

Result<std::vector<FileQueue::Unreadable>> FileQueue::finish() {
  for (;;) {
    std::unique_lock lock(mutex_);
    if (waiting_.empty()) break;
    auto file = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    show(file, buffer_);
  }
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_)
    thread.join();
  threads_.clear();
  if (!failed_.empty()) return tl::unexpected<Error>(failed_.begin()->second);
  std::vector<Unreadable> unreadable;
  for (auto& [index, file] : unreadable_)
    unreadable.push_back(std::move(file));
  return unreadable;
}

void FileQueue::show(File& file, std::vector<std::byte>& buffer) {
  FileContent content(file.input, file.entry.size, buffer);
  const auto seen = visitor_.file(PassingFile{0, file.index, file.path, file.entry}, content);
  if (!content.failure() && seen) return;
  const std::lock_guard lock(mutex_);
  if (content.failure())
    unreadable_.emplace(file.index, Unreadable{std::move(file.path), *content.failure()});
  else
    failed_.emplace(file.index, seen.error());
}

void FileQueue::work() {
  std::vector<std::byte> buffer(kPiece);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (over_) return;
    auto file = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    show(file, buffer);
    lock.lock();
  }
}

}  // namespace rockstage::tree
