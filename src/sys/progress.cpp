#include "sys/progress.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace rockstage::sys {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr std::size_t kBarWidth = 20;

/// "[=====>    ] 17/32"
std::string bar(std::size_t done, std::size_t total) {
  const auto filled = std::min(kBarWidth, kBarWidth * done / total);
  std::string inside(filled, '=');
  if (filled < kBarWidth) inside += '>';
  inside.resize(kBarWidth, ' ');
  return fmt::format("[{}] {}/{}", inside, std::min(done, total), total);
}

/// Text from outside as part of one line.
std::string in_one_line(std::string_view text) {
  auto out = text::escape_for_terminal(text);
  std::ranges::replace_if(
      out, [](char c) { return c == '\n' || c == '\t'; }, ' ');
  return out;
}

/// The first `bytes` bytes, or a few less: no character is cut in two.
void cut(std::string& line, std::size_t bytes) {
  if (line.size() <= bytes) return;
  const auto continues = [&line](std::size_t at) {
    return (static_cast<unsigned char>(line[at]) & 0xC0U) == 0x80U;
  };
  while (bytes > 0 && continues(bytes))
    --bytes;
  line.resize(bytes);
}

}  // namespace

Progress::~Progress() {
  clear();
}

void Progress::set_mode(ProgressMode mode) {
  if (mode != ProgressMode::bar) clear();
  mode_ = mode;
}

void Progress::step(const std::string& what) {
  what_ = in_one_line(what);
  item_.clear();
  done_ = total_ = 0;
  started_ = terminal_.seconds();
  drawn_ = -1;
  if (mode_ == ProgressMode::lines) terminal_.write(what_ + "\n");
  if (mode_ == ProgressMode::bar) draw();
}

void Progress::update(std::size_t done, std::size_t total, std::string_view item) {
  done_ = done;
  total_ = total;
  item_ = in_one_line(item);
  if (mode_ != ProgressMode::bar || what_.empty()) return;
  if (drawn_ >= 0 && terminal_.seconds() - drawn_ < kRedrawSeconds) return;
  draw();
}

void Progress::say(std::string_view text) {
  const bool was_visible = visible_;
  clear();
  terminal_.write(text);
  if (was_visible) draw();
}

void Progress::finish() {
  clear();
  what_.clear();
}

void Progress::draw() {
  drawn_ = terminal_.seconds();
  std::string line = what_;
  if (total_ > 0) line += "  " + bar(done_, total_);
  if (!item_.empty()) line += " " + item_;
  line += "  " + text::duration(drawn_ - started_);
  // A line that wraps could not be taken back.
  cut(line, static_cast<std::size_t>(std::max(1, terminal_.columns() - 1)));
  terminal_.write("\r" + line + "\x1b[K");
  visible_ = true;
}

void Progress::clear() {
  if (visible_) terminal_.write("\r\x1b[K");
  visible_ = false;
}

}  // namespace rockstage::sys
