#include <gdal.h>
#include <gdal_utils.h>
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <ogr_srs_api.h>

/* libgdal exports its SHA-256, but its header is not installed. The context of GDAL 3.6
   (port/cpl_sha256.h) takes 112 bytes; this one has room to spare. */
typedef struct {
    unsigned long long words[64];
} iicd_sha256;
void CPL_SHA256Init(iicd_sha256 *context);
void CPL_SHA256Update(iicd_sha256 *context, const void *data, size_t count);
void CPL_SHA256Final(iicd_sha256 *context, unsigned char hash[32]);
