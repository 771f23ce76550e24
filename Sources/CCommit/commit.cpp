#include "commit.h"

// A manifest cannot tell: SwiftPM keeps what it was evaluated to. The log of HEAD changes with each
// commit, and the compiler notes that this file depends on it; nothing else does.
#define LOG "../../.git/logs/HEAD"

#if defined(IICD_COMMIT)
const char *iicd_commit(void) { return IICD_COMMIT; }
#elif defined(__has_embed)
#if __has_embed(LOG) == __STDC_EMBED_FOUND__
#pragma clang diagnostic ignored "-Wc23-extensions"
namespace {
constexpr char log[] = {
#embed LOG
};

struct Name {
    char digits[65];
};

// Of a line of the log (old commit, new one, who, when) only this comes into the program.
constexpr Name newest() {
    unsigned long start = sizeof log - 1;
    while (start > 0 && log[start - 1] != '\n') start--;
    while (start < sizeof log && log[start] != ' ') start++;
    Name name{};
    for (unsigned long i = 0; i < 64 && start + 1 + i < sizeof log; i++) {
        char digit = log[start + 1 + i];
        if (!(digit >= '0' && digit <= '9') && !(digit >= 'a' && digit <= 'f')) break;
        name.digits[i] = digit;
    }
    return name;
}

constexpr Name commit = newest();
}  // namespace
const char *iicd_commit(void) { return commit.digits; }
#else
const char *iicd_commit(void) { return ""; }
#endif
#else
const char *iicd_commit(void) { return ""; }
#endif
