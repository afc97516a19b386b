#pragma once
#include "sys/open_files.hpp"
#include "tree/reader.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace rockstage::tree {

/// Shows files of a directory to a visitor on several threads, the calling one among them.
class FileQueue {
 public:
  struct File {
    sys::InputFile input;
    std::size_t index = 0;  ///< Listing::entries
    std::string path;
    Entry entry;
  };

  FileQueue(Visitor& visitor, unsigned jobs);
  FileQueue(const FileQueue&) = delete;
  FileQueue& operator=(const FileQueue&) = delete;
  ~FileQueue();

  /// Shows the file now or later. False when a visitor has failed, and nothing more is wanted.
  bool add(File file);

  struct Unreadable {
    std::string path;
    Error why;
  };

  /// Waits for all that was added: files that could not be read to their end, in the order in which
  /// they were added. The error of the first file, in that order, that the visitor refused.
  Result<std::vector<Unreadable>> finish();

 private:
  void show(File& file, std::vector<std::byte>& buffer);
  void work();

  Visitor& visitor_;
  unsigned jobs_;
  std::vector<std::byte> buffer_;  ///< of the calling thread
  std::mutex mutex_;               ///< guards what follows
  std::condition_variable changed_;
  std::deque<File> waiting_;
  bool over_ = false;
  std::map<std::size_t, Unreadable> unreadable_;
  std::map<std::size_t, Error> failed_;
  std::vector<std::thread> threads_;
};

}  // namespace rockstage::tree
