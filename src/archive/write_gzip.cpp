#include "archive/write_parts.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

namespace rockstage::archive {
namespace {

constexpr int kLevel = 6;
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
constexpr unsigned kMostThreads = 32;

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

using Compressor = std::unique_ptr<libdeflate_compressor, FreeCompressor>;

/// What becomes one gzip member.
struct Piece {
  std::vector<std::byte> plain;
  std::vector<std::byte> packed;
  bool done = false;
};

/// False without memory.
bool compress(libdeflate_compressor* compressor, Piece& piece) {
  if (compressor == nullptr) return false;
  piece.packed.resize(libdeflate_gzip_compress_bound(compressor, piece.plain.size()));
  piece.packed.resize(libdeflate_gzip_compress(compressor,
                                               piece.plain.data(),
                                               piece.plain.size(),
                                               piece.packed.data(),
                                               piece.packed.size()));
  return !piece.packed.empty();
}

/// Pieces are compressed by several threads and written in their order by the calling one.
class GzipPacker final : public Packer {
 public:
  GzipPacker(ByteSink& out, unsigned jobs) : out_(out) {
    try {
      for (unsigned i = 0; i < std::clamp(jobs, 1U, kMostThreads); ++i)
        threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {
      // A limit on processes: those that there are do it, if any.
    }
  }

  GzipPacker(const GzipPacker&) = delete;
  GzipPacker& operator=(const GzipPacker&) = delete;

  ~GzipPacker() override {
    {
      const std::lock_guard lock(mutex_);
      over_ = true;
    }
    changed_.notify_all();
    for (auto& thread : threads_)
      thread.join();
  }

  Result<void> write(std::span<const std::byte> bytes) override {
    while (!bytes.empty()) {
      if (filling_.capacity() < kPieceBytes) filling_.reserve(kPieceBytes);
      const auto count = std::min(bytes.size(), kPieceBytes - filling_.size());
      filling_.insert(filling_.end(), bytes.begin(), bytes.begin() + static_cast<long>(count));
      bytes = bytes.subspan(count);
      if (filling_.size() == kPieceBytes) RS_TRY(hand_on());
    }
    return {};
  }

  Result<void> finish() override {
    if (!filling_.empty() || !any_) RS_TRY(hand_on());
    while (!pieces_.empty())
      RS_TRY(write_first());
    return {};
  }

 private:
  /// Two pieces for each thread wait, are compressed or wait to be written.
  Result<void> hand_on() {
    if (threads_.empty())
      return fail(Errc::io, "cannot start a thread", "raise the limit on processes (ulimit -u)");
    if (pieces_.size() >= 2 * threads_.size()) RS_TRY(write_first());
    any_ = true;
    {
      const std::lock_guard lock(mutex_);
      pieces_.push_back({std::move(filling_), {}});
      waiting_.push_back(&pieces_.back());
    }
    filling_.clear();
    changed_.notify_all();
    return {};
  }

  /// Writes the oldest piece, and takes its memory back.
  Result<void> write_first() {
    auto& piece = pieces_.front();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&piece, this] { return piece.done || failed_; });
      if (failed_) return fail(Errc::io, "out of memory");
    }
    RS_TRY(out_.write(piece.packed));
    if (filling_.capacity() < kPieceBytes) {
      filling_ = std::move(piece.plain);
      filling_.clear();
    }
    const std::lock_guard lock(mutex_);
    pieces_.pop_front();
    return {};
  }

  void work() {
    const Compressor compressor(libdeflate_alloc_compressor(kLevel));
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
      if (over_) return;
      auto& piece = *waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      const bool good = compress(compressor.get(), piece);
      lock.lock();
      piece.done = good;
      failed_ |= !good;
      changed_.notify_all();
    }
  }

  ByteSink& out_;
  std::vector<std::byte> filling_;
  bool any_ = false;
  std::mutex mutex_;  ///< guards what follows; a piece belongs to one thread until it is done
  std::condition_variable changed_;
  std::deque<Piece> pieces_;  ///< in the order of their bytes; references stay valid
  std::deque<Piece*> waiting_;
  bool over_ = false;
  bool failed_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Packer> make_gzip_packer(ByteSink& out, unsigned jobs) {
  return std::make_unique<GzipPacker>(out, jobs);
}

}  // namespace rockstage::archive
