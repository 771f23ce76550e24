extension Scaling {
    /// The 0.5 and 99.5 percentiles of each band over all valid pixels of a scene, exactly.
    ///
    /// The scene is read twice, in windows of bounded size: a first histogram, of the upper halves
    /// of the values' ordered bits, finds where a percentile lies, a second one, of the lower
    /// halves, which value it is. A scene without valid pixels gets 0…1.
    ///
    /// - Throws: what reading throws, or ``Interrupted``.
    public static func percentiles(
        of scene: SceneReader, low: Double = 0.005, high: Double = 0.995,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> Scaling {
        precondition(0 <= low && low <= high && high <= 1, "\(low) \(high)")
        let channels = scene.bands.count
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
        var done = 0
        func visit(_ body: (_ band: Int, _ key: UInt32) -> Void) throws {
            var values = [Float](repeating: 0, count: width * height * channels)
            var valid = [UInt8](repeating: 0, count: width * height)
            for window in windows {
                if isCancelled() { throw Interrupted() }
                do {
                    var valueSpan = values.mutableSpan
                    var validSpan = valid.mutableSpan
                    try scene.read(window, into: &valueSpan, valid: &validSpan)
                }
                for pixel in valid.indices where valid[pixel] != 0 {
                    for band in 0..<channels {
                        body(band, orderedBits(values[pixel * channels + band]))
                    }
                }
                done += 1
                progress(done, 2 * windows.count)
            }
        }
        var upper = [[Int]](repeating: [Int](repeating: 0, count: 65_536), count: channels)
        try visit { band, key in upper[band][Int(key >> 16)] += 1 }
        // Band b's low percentile is number 2 b, its high one 2 b + 1.
        let wanted = (0..<2 * channels).map { index in
            let total = upper[index / 2].reduce(0, +)
            let part = index.isMultiple(of: 2) ? low : high
            return place(
                of: Int((part * Double(max(0, total - 1))).rounded()), in: upper[index / 2])
        }
        var lower = [[Int]](repeating: [Int](repeating: 0, count: 65_536), count: 2 * channels)
        try visit { band, key in
            for index in [2 * band, 2 * band + 1] where Int(key >> 16) == wanted[index].bin {
                lower[index][Int(key & 0xFFFF)] += 1
            }
        }
        let limits = wanted.enumerated().map { index, want in
            value(UInt32(want.bin << 16 | place(of: want.rank, in: lower[index]).bin))
        }
        return Scaling(
            bands: (0..<channels).map { band in
                upper[band].allSatisfy { $0 == 0 }
                    ? Range(low: 0, high: 1)
                    : Range(low: limits[2 * band], high: limits[2 * band + 1])
            }, source: scene.sampleType)
    }

    /// The bin that holds the value of a rank, from 0, and the rank within it.
    private static func place(of rank: Int, in histogram: [Int]) -> (bin: Int, rank: Int) {
        var rest = rank
        for (bin, count) in histogram.enumerated() {
            if rest < count { return (bin, rest) }
            rest -= count
        }
        return (0, 0)
    }

    /// Bits that order as the values do.
    private static func orderedBits(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        return bits >> 31 == 0 ? bits | 0x8000_0000 : ~bits
    }

    private static func value(_ key: UInt32) -> Float {
        Float(bitPattern: key >> 31 == 1 ? key & 0x7FFF_FFFF : ~key)
    }
}
