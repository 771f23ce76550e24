/// The instruction set that this binary was compiled for ("x86-64-v3", …), "" for the default.
const char *iicd_instruction_set(void);
// Ask for a cache line; any address is allowed. What streams by once (weights) should not stay.
static inline void iicd_prefetch_once(const void *address) { __builtin_prefetch(address, 0, 0); }
static inline void iicd_prefetch_read(const void *address) { __builtin_prefetch(address, 0, 3); }
static inline void iicd_prefetch_write(const void *address) { __builtin_prefetch(address, 1, 3); }

