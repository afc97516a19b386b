#pragma once
#include "sys/terminal.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace rockstage::sys {

enum class ProgressMode { off, lines, bar };

/// Says on stderr what is being done. On a terminal: one status line that is rewritten at most ten
/// times a second
/// ("compiling textkit   [=====>    ] 17/32 mlua   4.1 s"); elsewhere one plain line for each step.
class Progress {
 public:
  Progress(Terminal& terminal, ProgressMode mode) : terminal_(terminal), mode_(mode) {}

  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  /// Changes how things are said from now on (`--quiet`).
  void set_mode(ProgressMode mode);

  /// A new step, e.g. "compiling textkit 1.2.0 for luajit". Ends the step before.
  void step(const std::string& what);
  /// How far the step is: `done` of `total` (0: unknown), and what is in hand.
  void update(std::size_t done, std::size_t total, std::string_view item);
  /// Text for stderr that must not be mixed into the status line (a child's output, a warning).
  /// Newline-terminated.
  void say(std::string_view text);
  /// Ends the status line; what follows starts on a line of its own.
  void finish();

 private:
  void draw();
  void clear();

  Terminal& terminal_;
  ProgressMode mode_;
  std::string what_;
  std::string item_;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
  double started_ = 0;
  double drawn_ = -1;
  bool visible_ = false;
};

}  // namespace rockstage::sys
