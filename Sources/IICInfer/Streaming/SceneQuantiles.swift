extension BandQuantiles {
    /// Those of all valid pixels of a scene; nil if it has none.
    ///
    /// Memory is bounded and does not depend on the scene. Whole numbers of at most 16 bits are read
    /// once, and their quantiles are exact. Others are read twice: a first histogram, of the upper
    /// halves of the values' ordered bits, finds where a quantile lies, a second one, of the lower
    /// halves, which value it is. For more than a few probabilities it leaves out the last bits, so
    /// that a quantile is too low by less than a 10,000th of itself.
    ///
    /// - Throws: what reading throws, or ``Interrupted``.
    public init?(
        of scene: SceneReader, at probabilities: [Double] = usual,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: () -> Bool = { false }
    ) throws {
        precondition(
            zip(probabilities, probabilities.dropFirst()).allSatisfy { $0 <= $1 }
                && probabilities.allSatisfy { 0 <= $0 && $0 <= 1 }, "\(probabilities)")
        if scene.holdsWholeNumbers {
            try self.init(
                wholeNumbersOf: scene, at: probabilities, progress: progress,
                isCancelled: isCancelled)
        } else {
            try self.init(
                orderedBitsOf: scene, at: probabilities, progress: progress,
                isCancelled: isCancelled)
        }
    }

    /// One histogram with a bin for each value.
    private init?(
        wholeNumbersOf scene: SceneReader, at probabilities: [Double],
        progress: (_ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool
    ) throws {
        let channels = scene.bands.count
        // From the least int16 to the largest uint16.
        let least = 32_768
        let size = 3 * least
        var bins = [Int](repeating: 0, count: channels * size)
        try Self.visit(scene, pass: 0, of: 1, progress: progress, isCancelled: isCancelled) {
            values, valid in
            for pixel in valid.indices where valid[pixel] != 0 {
                for band in 0..<channels {
                    bins[band * size + Int(values[pixel * channels + band]) + least] += 1
                }
            }
        }
        let histograms = (0..<channels).map { Array(bins[$0 * size..<($0 + 1) * size]) }
        self.init(histograms: histograms, from: -least, at: probabilities)
    }

    /// Bytes of a band's second histograms: enough for all bits of two quantiles.
    private static let refinedBytes = 2 << 20

    private init?(
        orderedBitsOf scene: SceneReader, at probabilities: [Double],
        progress: (_ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool
    ) throws {
        let channels = scene.bands.count
        var upper = [Int](repeating: 0, count: channels << 16)
        try Self.visit(scene, pass: 0, of: 2, progress: progress, isCancelled: isCancelled) {
            values, valid in
            for pixel in valid.indices where valid[pixel] != 0 {
                for band in 0..<channels {
                    let key = Self.orderedBits(values[pixel * channels + band])
                    upper[band << 16 + Int(key >> 16)] += 1
                }
            }
        }
        // Where a quantile lies: an upper half, and how many of the values there are below it.
        var places: [[(bin: Int, rank: Int)]] = []
        // The second histogram of each upper half that holds a quantile, from 0; -1 for the others.
        var slots = [Int32](repeating: -1, count: channels << 16)
        var count = 0
        for band in 0..<channels {
            let bins = upper[band << 16..<(band + 1) << 16]
            let total = bins.reduce(0, +)
            guard total > 0 else { return nil }
            var (bin, below) = (bins.startIndex, 0)
            places.append(
                probabilities.map { probability in
                    let rank = Self.rank(of: probability, among: total)
                    while below + bins[bin] <= rank {
                        below += bins[bin]
                        bin += 1
                    }
                    if slots[bin] < 0 {
                        slots[bin] = Int32(count)
                        count += 1
                    }
                    return (bin, rank - below)
                })
        }
        var bits = 16
        while count << bits * MemoryLayout<Int>.size > channels * Self.refinedBytes { bits -= 1 }
        let dropped = UInt32(16 - bits)
        var lower = [Int](repeating: 0, count: count << bits)
        try Self.visit(scene, pass: 1, of: 2, progress: progress, isCancelled: isCancelled) {
            values, valid in
            for pixel in valid.indices where valid[pixel] != 0 {
                for band in 0..<channels {
                    let key = Self.orderedBits(values[pixel * channels + band])
                    let slot = slots[band << 16 + Int(key >> 16)]
                    if slot >= 0 {
                        lower[Int(slot) << bits + Int((key & 0xFFFF) >> dropped)] += 1
                    }
                }
            }
        }
        let bands = places.map { places in
            places.map { bin, rank in
                let start = Int(slots[bin]) << bits
                var (place, rest) = (start, rank)
                while rest >= lower[place] {
                    rest -= lower[place]
                    place += 1
                }
                return Self.value(
                    UInt32(bin & 0xFFFF) << 16 | UInt32(place - start) << dropped)
            }
        }
        self.init(probabilities: probabilities, bands: bands)
    }

    /// Bits that order as the values do.
    private static func orderedBits(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    }

    private static func value(_ key: UInt32) -> Float {
        Float(bitPattern: key >> 31 == 1 ? key & 0x7FFF_FFFF : ~key)
    }

    /// Reads a scene once, window by window.
    ///
    /// - Parameters:
    ///   - pass: from 0, for the progress.
    ///   - body: takes `(H, W, C)` values, and 1 for each valid pixel, else 0.
    private static func visit(
        _ scene: SceneReader, pass: Int, of passes: Int,
        progress: (_ done: Int, _ total: Int) -> Void, isCancelled: () -> Bool,
        body: (_ values: Span<Float>, _ valid: Span<UInt8>) -> Void
    ) throws {
        // Of 200 × 200 pixels, or as many in whole rows where blocks are as wide as the scene.
        let side = SwathLayout.tile
        let wholeRows = scene.blockSize.width >= scene.width
        let width = wholeRows ? scene.width : side
        let height = max(1, side * side / width)
        let windows = stride(from: 0, to: scene.height, by: height).flatMap { y in
            stride(from: 0, to: scene.width, by: width).map { x in
                PixelWindow(x: x, y: y, width: width, height: height)
            }
        }
        var values = [Float](repeating: 0, count: width * height * scene.bands.count)
        var valid = [UInt8](repeating: 0, count: width * height)
        for (index, window) in windows.enumerated() {
            if isCancelled() { throw Interrupted() }
            let hasData: Bool
            do {
                var valueSpan = values.mutableSpan
                var validSpan = valid.mutableSpan
                hasData = try scene.read(window, into: &valueSpan, valid: &validSpan)
            }
            if hasData { body(values.span, valid.span) }
            progress(pass * windows.count + index + 1, passes * windows.count)
        }
    }
}
