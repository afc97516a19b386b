#pragma once
#include "digest/digest.hpp"
#include "tree/reader.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace rockstage::image {

/// Hashes on a thread of its own what another thread reads, so that reading and hashing take the
/// time of the slower one. One thread hands over, any number of hashers take turns.
class HashThread {
 public:
  /// With one job there is no other thread: hashing is done at once.
  explicit HashThread(unsigned jobs);
  HashThread(const HashThread&) = delete;
  HashThread& operator=(const HashThread&) = delete;
  ~HashThread();

  /// Copies `bytes`, which `hasher` will see in order. Waits while too much is under way.
  void update(digest::Hasher& hasher, std::span<const std::byte> bytes);
  /// Waits until everything that was handed over is hashed.
  void finish();

 private:
  struct Piece {
    digest::Hasher* hasher = nullptr;
    std::vector<std::byte> bytes;
  };

  void hand_over();
  void work();

  Piece filling_;     ///< of the thread that hands over; small pieces travel together
  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  std::deque<Piece> waiting_;
  std::vector<std::vector<std::byte>> spare_;
  bool busy_ = false;
  bool over_ = false;
  std::thread thread_;  ///< none with one job
};

/// Passes on what another source gives, and has it hashed.
class HashedSource final : public tree::ByteSource {
 public:
  HashedSource(tree::ByteSource& source, HashThread& thread, digest::Algorithm algorithm)
      : source_(source), thread_(thread), hasher_(algorithm) {}

  Result<std::span<const std::byte>> next() override;
  /// Reads on to the end.
  Result<void> drain();
  /// To be called once, at the end: lower-case hexadecimal of all that has passed.
  std::string hex();

  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  tree::ByteSource& source_;
  HashThread& thread_;
  digest::Hasher hasher_;
  std::uint64_t size_ = 0;
};

}  // namespace rockstage::image
