#include "verify/collect_scan.hpp"

#include <algorithm>
#include <cstring>

namespace rockstage::verify {
namespace {

constexpr std::size_t kMostLeakKinds = 5;

bool is_path_char(char c) {
  return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f && c != '"'
         && c != '\'' && c != ':' && c != ',' && c != ';' && c != ')' && c != '(' && c != '<'
         && c != '>' && c != '|' && c != '`';
}

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/// True where a path that matters could begin in [p, p + 64): "/." , "/us", "/bu". Written so that
/// compilers turn it into vector instructions: this loop sees every byte of every module.
#if defined(__x86_64__)
[[gnu::target_clones("avx2", "default")]]
#endif
bool block_may_match(const char* p) {
  unsigned any = 0;
  for (int i = 0; i < 64; ++i) {
    const unsigned slash = p[i] == '/';
    const unsigned next =
        static_cast<unsigned>(p[i + 1] == '.')
        | (static_cast<unsigned>(p[i + 1] == 'u') & static_cast<unsigned>(p[i + 2] == 's'))
        | (static_cast<unsigned>(p[i + 1] == 'b') & static_cast<unsigned>(p[i + 2] == 'u'));
    any |= slash & next;
  }
  return any != 0;
}

/// Where the path around `at` begins, at most kContext bytes before it.
std::size_t path_start(std::string_view window, std::size_t at) {
  const auto lowest = at > WindowedStream::kContext ? at - WindowedStream::kContext : 0;
  while (at > lowest && is_path_char(window[at - 1]))
    --at;
  return at;
}

std::size_t path_end(std::string_view window, std::size_t at) {
  const auto highest = std::min(window.size(), at + WindowedStream::kContext);
  while (at < highest && is_path_char(window[at]))
    ++at;
  return at;
}

bool starts_at(std::string_view window, std::size_t at, std::string_view word) {
  return window.substr(at, word.size()) == word;
}

/// The start of the `/home/NAME` that ends at `at`; npos when there is none.
std::size_t home_before(std::string_view window, std::size_t at) {
  const auto slash = window.substr(0, at).rfind('/');
  if (slash == std::string_view::npos || slash < 5 || slash + 1 == at || at - slash > 64)
    return std::string_view::npos;
  if (!std::ranges::all_of(window.substr(slash + 1, at - slash - 1), is_path_char))
    return std::string_view::npos;
  return window.substr(slash - 5, 5) == "/home" ? slash - 5 : std::string_view::npos;
}

/// `/build/CRATE-<16 hex>/out` at `at`, below a `/target/`: cargo's OUT_DIR.
bool is_out_directory(std::string_view window, std::size_t start, std::size_t at) {
  const auto path = window.substr(start, path_end(window, at) - start);
  const auto before = path.substr(0, at - start);
  if (before.find("/target/") == std::string_view::npos) return false;
  auto rest = path.substr(at - start + std::strlen("/build/"));
  rest = rest.substr(0, rest.find('/', std::min(rest.size(), rest.find('/') + 1)));
  if (!rest.ends_with("/out") || rest.size() < 22) return false;
  const auto hash = rest.substr(rest.size() - 20, 16);
  return rest[rest.size() - 21] == '-' && std::ranges::all_of(hash, is_hex);
}

// Written in two halves, so that the program that searches for them does not find itself.
struct Mark {
  const char* name;
  std::string_view first, second;
};

constexpr Mark kMarks[] = {
    {"cargo", "__CARGO_DEFAULT", "_LIB_METADATA"},
    {"cargo", ".rustc_", "info.json"},
    {"rustup", "RUSTUP_FORCE", "_ARG0"},
    {"rustup", "RUSTUP_DIST", "_SERVER"},
    {"rust-lld", "lld is a gen", "eric driver"},
    {"rust-lld", "/checkout/src/", "llvm-project"},
};

}  // namespace

void WindowedStream::feed(std::string_view piece) {
  constexpr std::size_t kKept = 2 * kContext;
  if (piece.size() < 2 * kKept) {
    tail_ += piece;
    if (tail_.size() > kContext && tail_.size() - kContext > tail_judged_) {
      scan(tail_, tail_judged_, tail_.size() - kContext);
      tail_judged_ = tail_.size() - kContext;
    }
  } else {
    const auto judged_of_piece = tail_.empty() ? 0 : kContext;
    if (!tail_.empty()) {
      const auto before = tail_.size();
      tail_ += piece.substr(0, kKept);
      scan(tail_, tail_judged_, before + kContext);
    }
    scan(piece, judged_of_piece, piece.size() - kContext);
    tail_.assign(piece.substr(piece.size() - kKept));
    tail_judged_ = kKept - kContext;
  }
  if (tail_.size() <= kKept) return;
  const auto dropped = tail_.size() - kKept;
  tail_.erase(0, dropped);
  tail_judged_ -= dropped;
}

void WindowedStream::finish() {
  scan(tail_, tail_judged_, tail_.size());
  tail_judged_ = tail_.size();
}

void LeakScanner::scan(std::string_view window, std::size_t from, std::size_t to) {
  while (from < to) {
    if (from + 66 <= window.size() && !block_may_match(window.data() + from)) {
      from += 64;
      continue;
    }
    const auto end = std::min(to, from + 64);
    for (; from < end; ++from)
      if (window[from] == '/') judge(window, from);
  }
}

void LeakScanner::judge(std::string_view window, std::size_t at) {
  const auto root = at >= 5 && starts_at(window, at - 5, "/root") ? at - 5 : std::string_view::npos;
  const auto home = [&] { return root != std::string_view::npos ? root : home_before(window, at); };
  std::size_t start = std::string_view::npos;
  if (starts_at(window, at, "/.cargo/")) {
    if (start = home(); start != std::string_view::npos) add(0, window, start, at);
  } else if (starts_at(window, at, "/.rustup/")) {
    if (start = home(); start != std::string_view::npos) add(1, window, start, at);
  } else if (starts_at(window, at, "/usr/local/cargo/registry")) {
    add(2, window, at, at);
  } else if (starts_at(window, at, "/usr/local/rustup/")) {
    add(3, window, at, at);
  } else if (starts_at(window, at, "/build/")) {
    start = path_start(window, at);
    if (window[start] == '/' && is_out_directory(window, start, at)) add(4, window, start, at);
  }
}

void LeakScanner::add(std::size_t kind,
                      std::string_view window,
                      std::size_t start,
                      std::size_t at) {
  static_assert(kMostLeakKinds == std::tuple_size_v<decltype(kinds_)>);
  if (kinds_[kind] == 0) {
    leaks_.push_back({std::string(window.substr(start, path_end(window, at) - start)), 0});
    kinds_[kind] = leaks_.size();
  }
  ++leaks_[kinds_[kind] - 1].count;
}

void MarkScanner::scan(std::string_view window, std::size_t from, std::size_t to) {
  if (from >= to) return;
  for (std::size_t i = 0; i < std::size(kMarks); ++i) {
    if ((seen_ & 1U << i) != 0) continue;
    const auto wanted = std::string(kMarks[i].first).append(kMarks[i].second);
    const auto piece = window.substr(from, to - from + wanted.size() - 1);
    if (memmem(piece.data(), piece.size(), wanted.data(), wanted.size()) != nullptr)
      seen_ |= 1U << i;
  }
}

std::vector<std::string> MarkScanner::marks() const {
  std::vector<std::string> found;
  for (std::size_t i = 0; i + 1 < std::size(kMarks); i += 2)
    if ((seen_ >> i & 3U) == 3U) found.emplace_back(kMarks[i].name);
  return found;
}

void TextFinder::scan(std::string_view window, std::size_t from, std::size_t to) {
  if (found_ || from >= to) return;
  const auto piece = window.substr(from, to - from + wanted_.size() - 1);
  found_ = memmem(piece.data(), piece.size(), wanted_.data(), wanted_.size()) != nullptr;
}

}  // namespace rockstage::verify
