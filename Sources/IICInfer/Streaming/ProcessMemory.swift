/// What this program takes before it does anything: the one figure that every memory limit is
/// reckoned from.
package enum ProcessMemory {
    /// Bytes of code, GDAL and its tables (about 80 MiB), and of what is at hand only for a while,
    /// such as GDAL's copy to a COG, when swaths are gone.
    package static let base = 140 << 20
}
