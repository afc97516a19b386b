#include "archive/seen_paths.hpp"

#include <algorithm>

namespace rockstage::archive {

SeenPaths::Seen SeenPaths::add(std::string_view path, std::uint64_t attributes) {
  if ((used_ + 1) * 4 > slots_.hashes.size() * 3) grow();
  const auto hash = std::max<std::uint64_t>(hash_(path), 1);
  const auto kept = static_cast<std::uint16_t>(hash_({}, attributes));
  const auto slot = slot_of(slots_, hash);
  if (slots_.hashes[slot] == hash)
    return slots_.attributes[slot] == kept ? Seen::the_same : Seen::otherwise;
  slots_.hashes[slot] = hash;
  slots_.attributes[slot] = kept;
  ++used_;
  return Seen::no;
}

std::size_t SeenPaths::slot_of(const Slots& slots, std::uint64_t hash) {
  const auto mask = slots.hashes.size() - 1;
  auto slot = static_cast<std::size_t>(hash) & mask;
  while (slots.hashes[slot] != 0 && slots.hashes[slot] != hash)
    slot = (slot + 1) & mask;
  return slot;
}

void SeenPaths::grow() {
  const auto size = std::max<std::size_t>(slots_.hashes.size() * 2, 64);
  Slots larger{std::vector<std::uint64_t>(size), std::vector<std::uint16_t>(size)};
  for (std::size_t i = 0; i < slots_.hashes.size(); ++i) {
    if (slots_.hashes[i] == 0) continue;
    const auto slot = slot_of(larger, slots_.hashes[i]);
    larger.hashes[slot] = slots_.hashes[i];
    larger.attributes[slot] = slots_.attributes[i];
  }
  slots_ = std::move(larger);
}

}  // namespace rockstage::archive
