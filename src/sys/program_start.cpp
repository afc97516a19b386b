#include "sys/program_start.hpp"

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

#include <csignal>

namespace rockstage::sys {
namespace {

std::vector<std::string> pairs(const Environment& environment) {
  std::vector<std::string> out;
  for (const auto& [name, value] : environment.values())
    out.push_back(name + "=" + value);
  return out;
}

/// Gives up root for good.
bool become_user(unsigned uid) {
  return ::setgroups(0, nullptr) == 0 && ::setgid(uid) == 0 && ::setuid(uid) == 0;
}

}  // namespace

ArgumentBlock::ArgumentBlock(std::vector<std::string> texts) : texts_(std::move(texts)) {
  pointers_.reserve(texts_.size() + 1);
  for (auto& text : texts_)
    pointers_.push_back(text.data());
  pointers_.push_back(nullptr);
}

ArgumentBlock::ArgumentBlock(const Environment& environment) : ArgumentBlock(pairs(environment)) {}

bool become_child(const Command& command, int out, int err) {
  ::setpgid(0, 0);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE})
    std::signal(signal, SIG_DFL);
  const int null = ::open("/dev/null", O_RDONLY);
  const bool streams = ::dup2(null, 0) == 0 && ::dup2(out, 1) == 1 && ::dup2(err, 2) == 2;
  if (null > 2) ::close(null);
  return streams && (command.cwd.empty() || ::chdir(command.cwd.c_str()) == 0)
         && (!command.uid || become_user(*command.uid));
}

}  // namespace rockstage::sys
