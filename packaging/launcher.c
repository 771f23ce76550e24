// /usr/bin/iicd: becomes the build of iicd for this machine's processor.
//
// Arguments, environment and process stay as they are. LIBRARY is the folder of the builds; V4 is
// defined where there is one for AVX-512.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int become(const char *program, char **arguments) {
    execv(program, arguments);
    fprintf(stderr, "iicd: Cannot start “%s”: %s. Install the package again.\n", program,
            strerror(errno));
    return 1;
}

int main(int count, char **arguments) {
    (void)count;
    __builtin_cpu_init();
#ifdef V4
    if (__builtin_cpu_supports("x86-64-v4")) return become(LIBRARY "/iicd-x86-64-v4", arguments);
#endif
#ifdef V3
    if (__builtin_cpu_supports("x86-64-v3")) return become(LIBRARY "/iicd-x86-64-v3", arguments);
#endif
    fputs("iicd: This package needs a processor with " NEEDS ". Build iicd on this machine, or with "
          "IICD_MARCH=x86-64 for any.\n",
          stderr);
    return 1;
}
