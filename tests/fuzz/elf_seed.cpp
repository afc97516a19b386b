/// The smallest native module: an ELF file for the corpus that needs not be checked in.
extern "C" __attribute__((visibility("default"))) int luaopen_seed(void* state);

extern "C" int luaopen_seed(void* state) {
  return state == nullptr ? 1 : 0;
}
