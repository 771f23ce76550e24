#include "processor.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char *iicd_instruction_set(void) { return IICD_MARCH; }

#if defined(__x86_64__)
static int supported(void) {
    __builtin_cpu_init();
    if (strcmp(IICD_MARCH, "x86-64") == 0 || IICD_MARCH[0] == 0) return 1;
    int v3 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
             __builtin_cpu_supports("bmi2");
    if (strcmp(IICD_MARCH, "x86-64-v4") != 0) return v3;
    return v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512cd") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

// Runs before any Swift code: a lesser processor gets a sentence, not SIGILL.
__attribute__((constructor)) static void check_processor(void) {
    if (supported()) return;
    fprintf(stderr,
            "iicd: this program was built for %s processors and this one is older. "
            "Build it again with IICD_MARCH=x86-64-v3, or x86-64 for any.\n",
            IICD_MARCH);
    _exit(1);
}
#endif
