#pragma once
#include <cstdint>
#include <string_view>

namespace rockstage::sys {

/// The person's side of stderr, and the time as they see it.
class Terminal {
 public:
  virtual ~Terminal() = default;
  [[nodiscard]] virtual bool interactive() const = 0;  ///< stderr is a terminal
  [[nodiscard]] virtual bool stdout_is_terminal() const = 0;
  [[nodiscard]] virtual int columns() const = 0;             ///< width; 80 when unknown
  virtual void write(std::string_view text) = 0;             ///< to stderr, unbuffered
  [[nodiscard]] virtual double seconds() const = 0;          ///< a steady clock
  [[nodiscard]] virtual std::int64_t unix_time() const = 0;  ///< the wall clock, seconds
};

/// The real one. `stderr_fd` and `stdout_fd` are 2 and 1 in `main`.
class SystemTerminal final : public Terminal {
 public:
  SystemTerminal(int stderr_fd, int stdout_fd) : err_(stderr_fd), out_(stdout_fd) {}

  [[nodiscard]] bool interactive() const override;
  [[nodiscard]] bool stdout_is_terminal() const override;
  [[nodiscard]] int columns() const override;
  void write(std::string_view text) override;
  [[nodiscard]] double seconds() const override;
  [[nodiscard]] std::int64_t unix_time() const override;

 private:
  int err_;
  int out_;
};

}  // namespace rockstage::sys
