/// Memory while maps are finished, when nothing is computed any more.
struct FinishingMemory: Hashable, Sendable {
    /// Bytes that the whole program may take.
    var limit: Int
    /// The part of them that is free, GDAL's least cache being taken.
    var free: Int
}
