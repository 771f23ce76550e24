#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Puts blocks of 64 bytes into a SHA-256 state with the processor's own instructions (SHA-NI);
/// false, and nothing done, where it has none.
bool iicd_sha256_blocks(uint32_t state[8], const uint8_t *data, size_t blocks,
                        const uint32_t constants[64]);
