#include "image/hashing.hpp"

#include <algorithm>
#include <utility>

namespace rockstage::image {
namespace {

constexpr std::size_t kPiece = std::size_t{256} << 10;
constexpr std::size_t kMostWaiting = 4;

}  // namespace

HashThread::HashThread(unsigned jobs) {
  if (jobs > 1) thread_ = std::thread([this] { work(); });
}

HashThread::~HashThread() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void HashThread::update(digest::Hasher& hasher, std::span<const std::byte> bytes) {
  if (!thread_.joinable()) {
    hasher.update({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    return;
  }
  if (filling_.hasher != &hasher) {
    hand_over();
    filling_.hasher = &hasher;
  }
  while (!bytes.empty()) {
    const auto room = kPiece - filling_.bytes.size();
    const auto part = bytes.first(std::min(bytes.size(), room));
    filling_.bytes.insert(filling_.bytes.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (filling_.bytes.size() == kPiece) hand_over();
  }
}

void HashThread::hand_over() {
  if (filling_.bytes.empty()) return;
  auto* const hasher = filling_.hasher;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return waiting_.size() < kMostWaiting; });
    waiting_.push_back(std::move(filling_));
    filling_ = {.hasher = hasher, .bytes = {}};
    if (!spare_.empty()) {
      filling_.bytes = std::move(spare_.back());
      spare_.pop_back();
    }
  }
  changed_.notify_all();
  filling_.bytes.reserve(kPiece);
}

void HashThread::finish() {
  if (!thread_.joinable()) return;
  hand_over();
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
