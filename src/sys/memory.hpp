#pragma once

namespace rockstage::sys {

/// Lets blocks of a megabyte and more go back to the system as soon as they are freed. By itself
/// glibc raises that limit with every large block that is freed, and keeps what is below it
/// (mallopt(3), M_MMAP_THRESHOLD).
void return_large_blocks();

}  // namespace rockstage::sys
