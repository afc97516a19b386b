#include "tree/keyed_hash.hpp"

#include <bit>
#include <chrono>
#include <cstring>

namespace rockstage::tree {
namespace {

struct State {
  std::uint64_t a, b, c, d;

  void round() {
    a += b;
    c += d;
    b = std::rotl(b, 13) ^ a;
    d = std::rotl(d, 16) ^ c;
    a = std::rotl(a, 32);
    c += b;
    a += d;
    b = std::rotl(b, 17) ^ c;
    d = std::rotl(d, 21) ^ a;
    c = std::rotl(c, 32);
  }

  void take(std::uint64_t word) {
    d ^= word;
    round();
    a ^= word;
  }
};

}  // namespace

KeyedHash::KeyedHash()
    : key0_(static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count())
            * 0x9e3779b97f4a7c15U),
      key1_(std::bit_cast<std::uintptr_t>(this)
            ^ static_cast<std::uint64_t>(
                std::chrono::system_clock::now().time_since_epoch().count())) {}

std::uint64_t KeyedHash::operator()(std::string_view text, std::uint64_t number) const {
  State state{key0_ ^ 0x736f6d6570736575U,
              key1_ ^ 0x646f72616e646f6dU,
              key0_ ^ 0x6c7967656e657261U,
              key1_ ^ 0x7465646279746573U};
  state.take(number);
  const auto size = text.size();
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    state.take(word);
  }
  std::uint64_t last = std::uint64_t{size} << 56U;
  for (std::size_t i = 0; i < text.size(); ++i)
    last |= std::uint64_t{static_cast<unsigned char>(text[i])} << (8 * i);
  state.take(last);
  state.c ^= 0xff;
  state.round();
  state.round();
  state.round();
  return state.a ^ state.b ^ state.c ^ state.d;
}

}  // namespace rockstage::tree
