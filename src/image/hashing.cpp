#include "image/hashing.hpp"

#include <utility>

namespace rockstage::image {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr std::size_t kMostWaiting = 16;

}  // namespace

HashThread::HashThread() : thread_([this] { work(); }) {}

HashThread::~HashThread() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void HashThread::update(digest::Hasher& hasher, std::span<const std::byte> bytes) {
  if (bytes.empty()) return;
  std::unique_lock lock(mutex_);
  // Small pieces travel together.
  if (!waiting_.empty() && waiting_.back().hasher == &hasher
      && waiting_.back().bytes.size() + bytes.size() <= kPiece) {
    auto& last = waiting_.back().bytes;
    last.insert(last.end(), bytes.begin(), bytes.end());
    return;
  }
  changed_.wait(lock, [this] { return waiting_.size() < kMostWaiting; });
  Piece piece{.hasher = &hasher, .bytes = {}};
  if (!spare_.empty()) {
    piece.bytes = std::move(spare_.back());
    spare_.pop_back();
  }
  lock.unlock();
  piece.bytes.reserve(kPiece);
  piece.bytes.assign(bytes.begin(), bytes.end());
  lock.lock();
  waiting_.push_back(std::move(piece));
  lock.unlock();
  changed_.notify_all();
}

void HashThread::finish() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty() && !busy_; });
}

void HashThread::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return over_ || !waiting_.empty(); });
    if (over_) return;
    auto piece = std::move(waiting_.front());
    waiting_.pop_front();
    busy_ = true;
    lock.unlock();
    changed_.notify_all();
    piece.hasher->update({reinterpret_cast<const char*>(piece.bytes.data()), piece.bytes.size()});
    lock.lock();
    piece.bytes.clear();
    spare_.push_back(std::move(piece.bytes));
    busy_ = false;
    if (waiting_.empty()) changed_.notify_all();
  }
}

Result<std::span<const std::byte>> HashedSource::next() {
  RS_TRY_ASSIGN(const auto piece, source_.next());
  thread_.update(hasher_, piece);
  size_ += piece.size();
  return piece;
}

Result<void> HashedSource::drain() {
  for (;;) {
    RS_TRY_ASSIGN(const auto piece, next());
    if (piece.empty()) return {};
  }
}

std::string HashedSource::hex() {
  thread_.finish();
  return hasher_.hex();
}

}  // namespace rockstage::image
