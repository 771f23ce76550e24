/// Polygons in which scenes are mapped, as a vector file has them.
///
/// Polygons may overlap and have holes; what lies in any of them is of interest.
public struct AreaOfInterest: Sendable, Hashable {
    package struct Point: BitwiseCopyable, Hashable, Sendable {
        package var x: Double
        package var y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Polygons with one reference system. Flat, because a file may have a million corners.
    package struct Layer: Sendable {
        /// As WKT, x being easting or longitude; nil if the file does not tell.
        package var crs: String?
        /// Of all rings, one after the other; the first one is not repeated at a ring's end.
        package var corners: [Point] = []
        /// Where each ring ends in ``corners``.
        package var ringEnds: [Int] = []
        /// Where each polygon ends in ``ringEnds``.
        package var polygonEnds: [Int] = []

        package init(crs: String?) { self.crs = crs }

        /// Takes the polygons of another layer of the same system.
        package mutating func append(_ other: Layer) {
            let (corners, rings) = (self.corners.count, ringEnds.count)
            self.corners += other.corners
            ringEnds += other.ringEnds.map { $0 + corners }
            polygonEnds += other.polygonEnds.map { $0 + rings }
        }

        /// The rings of each polygon, as ranges of ``corners``.
        var polygons: [[Range<Int>]] {
            var start = 0
            var first = 0
            return polygonEnds.map { end in
                defer { first = end }
                return (first..<end).map { ring in
                    defer { start = ringEnds[ring] }
                    return start..<ringEnds[ring]
                }
            }
        }
    }

    /// More corners than this are refused: they take memory for every scene.
    static let mostCorners = 1_000_000

    public let path: String
    let layers: [Layer]
    /// SHA-256 of the polygons and their reference systems. What else is in the file changes no map.
    package let contentHash: String

    init(path: String, layers: [Layer]) {
        self.path = path
        self.layers = layers
        var hash = SHA256()
        for layer in layers {
            hash.update("\(layer.crs ?? "")\n\(layer.ringEnds)\n\(layer.polygonEnds)\n")
            for start in stride(from: 0, to: layer.corners.count, by: 4096) {
                var bytes: [UInt8] = []
                for corner in layer.corners[start..<min(start + 4096, layer.corners.count)] {
                    for number in [corner.x, corner.y] {
                        let bits = number.bitPattern
                        for shift in stride(from: 0, to: 64, by: 8) {
                            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
                        }
                    }
                }
                hash.update(bytes.span)
            }
        }
        contentHash = hash.hex()
    }

    var memoryBytes: Int {
        layers.reduce(0) {
            $0 + 16 * $1.corners.count + 8 * ($1.ringEnds.count + $1.polygonEnds.count)
        }
    }

    public static func == (left: AreaOfInterest, right: AreaOfInterest) -> Bool {
        left.contentHash == right.contentHash
    }

    public func hash(into hasher: inout Hasher) { hasher.combine(contentHash) }
}
