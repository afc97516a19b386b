#pragma once
#include "sys/process.hpp"

#include <string>
#include <vector>

// What the ways to start a program have in common. Internal to `sys`.
namespace rockstage::sys {

/// An argument vector or an environment as execve takes it: pointers to texts, the last one null.
class ArgumentBlock {
 public:
  explicit ArgumentBlock(std::vector<std::string> texts);
  /// `NAME=value` for each variable.
  explicit ArgumentBlock(const Environment& environment);

  ArgumentBlock(const ArgumentBlock&) = delete;
  ArgumentBlock& operator=(const ArgumentBlock&) = delete;

  /// Valid as long as the block.
  [[nodiscard]] char* const* data() const { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_;
};

/// In the child, after fork, so nothing but system calls: a process group of its own, /dev/null as
/// standard input, `out` and `err` as the other streams, signals as a program expects them, and
/// the command's directory and user. False, with errno, when the command cannot have one of them.
bool become_child(const Command& command, int out, int err);

}  // namespace rockstage::sys
