#include "sys/memory.hpp"

#include <malloc.h>

namespace rockstage::sys {

void return_large_blocks() {
#if defined(__GLIBC__)
  constexpr int kLarge = 1 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kLarge);
#endif
}

}  // namespace rockstage::sys
