#include <matio.h>
#include <zlib.h>

#include "dataset.h"

/* What inflating found of a zlib stream. */
struct iicd_inflated {
    int is_whole; /* whether the stream has ended, and its check is right */
    int is_wrong; /* whether it is no zlib stream, or a damaged one */
    unsigned long long count; /* bytes that came out of it */
    unsigned int kept; /* the first of them that were kept */
};

/* Inflates what there is of a zlib stream and keeps the first `room` bytes of it in `start`; all
   else is thrown away. Without `to_end` it stops when `start` is full. */
static inline struct iicd_inflated iicd_inflate(const unsigned char *bytes, unsigned int count,
                                                unsigned char *start, unsigned int room,
                                                int to_end) {
    unsigned char out[1 << 16];
    struct iicd_inflated found = {0, 1, 0, 0};
    z_stream stream = {.next_in = (unsigned char *)bytes, .avail_in = count};
    if (inflateInit(&stream) != Z_OK) return found;
    int status;
    do {
        stream.next_out = out;
        stream.avail_out = sizeof out;
        status = inflate(&stream, Z_NO_FLUSH);
        unsigned int made = sizeof out - stream.avail_out;
        unsigned int rest = room - found.kept;
        unsigned int taken = made < rest ? made : rest;
        memcpy(start + found.kept, out, taken);
        found.kept += taken;
        found.count += made;
    } while (status == Z_OK && (to_end || found.kept < room));
    inflateEnd(&stream);
    found.is_whole = status == Z_STREAM_END;
    /* Z_BUF_ERROR: no more bytes to read, which is no fault of a stream that is read in part. */
    found.is_wrong = !found.is_whole && (to_end || (status != Z_OK && status != Z_BUF_ERROR));
    return found;
}
