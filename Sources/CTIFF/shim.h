#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

/* TIFFGetField is variadic and handlers take a va_list: neither can be called from Swift. */

typedef struct {
    char message[240];
} iicd_tiff_message;

static inline int iicd_tiff_note(TIFF *file, void *data, const char *module, const char *format,
                                 va_list arguments) {
    (void)file;
    (void)module;
    iicd_tiff_message *note = (iicd_tiff_message *)data;
    /* The first error is the cause, the others its consequences. */
    if (note && !note->message[0])
        vsnprintf(note->message, sizeof note->message, format, arguments);
    return 1; /* Handled: libtiff prints nothing. */
}

static inline int iicd_tiff_ignore(TIFF *file, void *data, const char *module, const char *format,
                                   va_list arguments) {
    (void)file, (void)data, (void)module, (void)format, (void)arguments;
    return 1;
}

/* Opens for reading, silently, without mmap (a file that shrinks would kill the process), with no
   single allocation above `limit` bytes. The first error's text goes to `note`. */
static inline TIFF *iicd_tiff_open(const char *path, tmsize_t limit, iicd_tiff_message *note) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, limit);
    TIFFOpenOptionsSetErrorHandlerExtR(options, iicd_tiff_note, note);
    TIFFOpenOptionsSetWarningHandlerExtR(options, iicd_tiff_ignore, NULL);
    TIFF *file = TIFFOpenExt(path, "rm", options);
    TIFFOpenOptionsFree(options);
    return file;
}

static inline int iicd_tiff_uint32(TIFF *file, uint32_t tag, uint32_t *value) {
    return TIFFGetField(file, tag, value);
}
