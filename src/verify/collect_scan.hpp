#pragma once
#include "verify/facts.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

// Searches in the bytes of a file as they stream by: nothing is missed where two pieces meet.
namespace rockstage::verify {

/// Hands on a stream in overlapping windows. Every position is judged once, with kContext bytes
/// before and behind it where the stream has them.
class WindowedStream {
 public:
  static constexpr std::size_t kContext = 512;

  virtual ~WindowedStream() = default;
  void feed(std::string_view piece);
  void finish();

 protected:
  WindowedStream() = default;
  WindowedStream(const WindowedStream&) = default;
  WindowedStream& operator=(const WindowedStream&) = default;

  /// Judges what begins in [from, to) of `window`.
  virtual void scan(std::string_view window, std::size_t from, std::size_t to) = 0;

 private:
  std::string tail_;             ///< the end of what passed
  std::size_t tail_judged_ = 0;  ///< how much of it was judged
};

/// Finds paths of a build machine: cargo's and rustup's homes, and build scripts' output folders.
/// What std carries of its own builders (`/rustc/HASH/`, `/rust/deps/`) is none of them.
class LeakScanner final : public WindowedStream {
 public:
  [[nodiscard]] std::vector<PathLeak> take() { return std::move(leaks_); }

 private:
  void scan(std::string_view window, std::size_t from, std::size_t to) override;
  void judge(std::string_view window, std::size_t at);
  void add(std::size_t kind, std::string_view window, std::size_t start, std::size_t end);

  std::vector<PathLeak> leaks_;
  std::array<std::size_t, 5> kinds_{};  ///< position in leaks_ plus 1
};

/// Finds the texts that give away a tool of the Rust toolchain, whatever the file is called.
class MarkScanner final : public WindowedStream {
 public:
  [[nodiscard]] std::vector<std::string> marks() const;

 private:
  void scan(std::string_view window, std::size_t from, std::size_t to) override;

  unsigned seen_ = 0;  ///< a bit for each text
};

/// Finds one text.
class TextFinder final : public WindowedStream {
 public:
  explicit TextFinder(std::string_view wanted) : wanted_(wanted) {}

  [[nodiscard]] bool found() const { return found_; }

 private:
  void scan(std::string_view window, std::size_t from, std::size_t to) override;

  std::string_view wanted_;
  bool found_ = false;
};

}  // namespace rockstage::verify
