#include "processor.h"
#include <stdio.h>
#include <unistd.h>

const char *iicd_instruction_set(void) { return IICD_MARCH; }

#if defined(__x86_64__)
// What this build may execute, from what the compiler was allowed: this file is compiled for the same
// instruction set as all others, whatever name (x86-64-v2, native, znver4) that was given under.
#if defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && \
    defined(__AVX512DQ__) && defined(__AVX512VL__)
#define LEVEL "x86-64-v4"
#elif defined(__AVX2__) && defined(__FMA__) && defined(__BMI2__)
#define LEVEL "x86-64-v3"
#elif defined(__SSE4_2__) && defined(__POPCNT__)
#define LEVEL "x86-64-v2"
#else
#define LEVEL "x86-64"
#endif

// Runs before any Swift code: a lesser processor gets a sentence, not SIGILL. Itself it is compiled for
// any processor.
__attribute__((constructor, target("arch=x86-64"))) static void check_processor(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports(LEVEL)) return;
    fprintf(stderr,
            "iicd: this program was built for %s processors and this one is older. "
            "Build it again on this machine, or with IICD_MARCH=x86-64 for any.\n",
            LEVEL);
    _exit(1);
}
#endif
