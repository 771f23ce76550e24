/// The instruction set that this binary was compiled for ("x86-64-v3", …), "" for the default.
const char *iicd_instruction_set(void);
// Asks for a cache line that will be read soon; any address is allowed.
static inline void iicd_prefetch(const void *address) { __builtin_prefetch(address, 0, 2); }

