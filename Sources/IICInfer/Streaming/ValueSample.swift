import IICKernels

/// How a scene's values lie to a model's limits, by some windows of it.
public struct ValueSample: Sendable, Hashable {
    /// One band.
    public struct Band: Sendable, Hashable {
        public var role: BandRole
        public var limits: Scaling.Range
        /// The values below and above which 5 % of those looked at lie.
        public var low: Float
        public var high: Float
        /// Shares of the pixels, 0…1.
        public var below: Double
        public var above: Double
    }

    /// What is odd about a band.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        public var band: Band

        public var description: String {
            let isAbove = band.above > band.below
            let share = Int((max(band.above, band.below) * 100).rounded(.down))
            return """
                \(share) % of its pixels are \(isAbove ? "above" : "below") the model's limits in \
                \(band.role.rawValue) (\(band.limits.low) … \(band.limits.high); nine tenths of the \
                scene's values lie in \(band.low) … \(band.high))
                """
        }
    }

    /// Empty if no valid pixel was found.
    public let bands: [Band]
    /// Valid pixels that were looked at.
    private let count: Int

    /// Shares of clipped pixels beyond which a scene is refused, and beyond which users are warned.
    private static let absurd = 0.99
    private static let odd = 0.5
    /// Valid pixels that are enough.
    private static let enough = 500

    /// Reads windows that lie evenly in the scene: 25, or 225 where those are nearly empty.
    ///
    /// - Parameter bounds: the part that is mapped; all of it if nil.
    public init(of scene: SceneReader, bounds: PixelWindow? = nil, scaling: Scaling) throws {
        let whole = PixelWindow(x: 0, y: 0, width: scene.width, height: scene.height)
        let part = scene.grid == nil ? bounds ?? whole : whole
        var sample = try Self.values(of: scene, in: part, across: 5)
        if (sample.first?.count ?? 0) < Self.enough {
            sample = try Self.values(of: scene, in: part, across: 15)
        }
        let count = sample.first?.count ?? 0
        self.count = count
        guard count > 0 else {
            bands = []
            return
        }
        bands = sample.indices.map { index in
            let values = sample[index].sorted()
            let limits = scaling.bands[index]
            func share(_ isIn: (Float) -> Bool) -> Double {
                Double(values.count(where: isIn)) / Double(count)
            }
            return Band(
                role: scene.roles[index], limits: limits,
                low: values[BandQuantiles.rank(of: 0.05, among: count)],
                high: values[BandQuantiles.rank(of: 0.95, among: count)],
                below: share { $0 < limits.low }, above: share { $0 > limits.high })
        }
    }

    private var worst: Band? { bands.max { max($0.below, $0.above) < max($1.below, $1.above) } }

    /// A band in which hardly a pixel lies within the limits.
    public var refusal: Finding? {
        // A few pixels, in a shadow perhaps, are no verdict.
        guard count >= Self.enough else { return nil }
        return worst.flatMap { max($0.below, $0.above) > Self.absurd ? Finding(band: $0) : nil }
    }

    /// A band in which most pixels lie beyond them.
    public var warning: Finding? {
        worst.flatMap { max($0.below, $0.above) > Self.odd ? Finding(band: $0) : nil }
    }

    private static func values(
        of scene: SceneReader, in part: PixelWindow, across: Int
    ) throws -> [[Float]] {
        let side = 24
        let channels = scene.bands.count
        var sample = [[Float]](repeating: [], count: channels)
        // No pixel twice: in a small part there are fewer windows.
        let columns = max(1, min(across, part.width / side))
        let rows = max(1, min(across, part.height / side))
        for row in 0..<rows {
            for column in 0..<columns {
                let window = PixelWindow(
                    x: part.x + (2 * column + 1) * part.width / (2 * columns) - side / 2,
                    y: part.y + (2 * row + 1) * part.height / (2 * rows) - side / 2,
                    width: side, height: side
                ).intersection(part)
                guard window.count > 0 else { continue }
                var values = [Float](repeating: 0, count: window.count * channels)
                var valid = [UInt8](repeating: 0, count: window.count)
                do {
                    var span = values.mutableSpan
                    var marks = valid.mutableSpan
                    try scene.read(window, into: &span, valid: &marks)
                }
                for pixel in valid.indices where valid[pixel] != 0 {
                    for band in 0..<channels {
                        sample[band].append(values[pixel * channels + band])
                    }
                }
            }
        }
        return sample
    }
}
