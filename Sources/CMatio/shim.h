#include <matio.h>
#include <zlib.h>

/* Whether `bytes` begin with a whole zlib stream whose check is right. matio stops at the last
   value it needs, and takes what a damaged stream gives it. */
static inline int iicd_is_whole_stream(const unsigned char *bytes, unsigned int count) {
    unsigned char out[1 << 16];
    z_stream stream = {.next_in = (unsigned char *)bytes, .avail_in = count};
    if (inflateInit(&stream) != Z_OK) return 0;
    int status;
    do {
        stream.next_out = out;
        stream.avail_out = sizeof out;
        status = inflate(&stream, Z_NO_FLUSH);
    } while (status == Z_OK);
    inflateEnd(&stream);
    return status == Z_STREAM_END;
}
