#include <cblas.h>
#include <stdlib.h>

// Exported by builds that choose their kernels at run time (Debian's), absent elsewhere.
__attribute__((weak)) void gotoblas_dynamic_init(void);
__attribute__((weak)) void gotoblas_dynamic_quit(void);

/// One thread (callers are the threads), and the kernels of a fixed processor type, so that the
/// bits of a product do not depend on the machine's model. OpenBLAS 0.3.21 does not know the
/// newest processors; its Haswell kernels run right on all of them. OPENBLAS_CORETYPE wins.
static inline void iicd_openblas_start(void) {
#if defined(__x86_64__)
    if (getenv("OPENBLAS_CORETYPE") == NULL && __builtin_cpu_supports("avx2") &&
        __builtin_cpu_supports("fma") && gotoblas_dynamic_init && gotoblas_dynamic_quit) {
        setenv("OPENBLAS_CORETYPE", "Haswell", 1);
        gotoblas_dynamic_quit();
        gotoblas_dynamic_init();
    }
#endif
    openblas_set_num_threads(1);
}
