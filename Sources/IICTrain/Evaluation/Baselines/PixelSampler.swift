import IICInfer

/// Draws a bounded number of pixels from a stream whose length is known, with what lies around them.
///
/// Which ones are drawn depends on the seed and their place in the stream, not on how it is cut.
package struct PixelSampler: Sendable {
    /// What k-means is fitted to at most, about.
    package static let limit = 50_000

    private let halo: Int
    private let threshold: UInt64
    private let key: UInt64
    private var position: UInt64 = 0
    private var channels = 1
    /// Each row of all patches, `(n, side, C)`, and which of its pixels are valid.
    private var rows: [(values: [Float], valid: [UInt8])]

    private var side: Int { 2 * halo + 1 }

    /// - Parameters:
    ///   - total: pixels to come.
    ///   - limit: about how many are drawn.
    ///   - halo: pixels on either side that are drawn with them.
    package init(total: Int, seed: UInt64, limit: Int, halo: Int = 0) {
        self.halo = halo
        let share = Double(limit) / Double(max(total, 1))
        threshold = share >= 1 ? .max : UInt64(share * 0x1p64)
        key = SplitMix64.mix(seed ^ 0x5A3D)
        rows = Array(repeating: ([], []), count: 2 * halo + 1)
    }

    /// Takes the next pixels, those of the block's own rows; those that are not valid count, but are
    /// never drawn.
    package mutating func add(_ block: PixelBlock) {
        channels = block.channels
        for pixel in block.pixels {
            position += 1
            guard SplitMix64.mix(position ^ key) <= threshold, block.valid[pixel] != 0 else {
                continue
            }
            for row in 0..<side {
                for column in 0..<side {
                    let x = pixel % block.width + column - halo
                    let y = pixel / block.width + row - halo
                    guard (0..<block.width).contains(x), (0..<block.height).contains(y) else {
                        rows[row].values += repeatElement(0, count: channels)
                        rows[row].valid.append(0)
                        continue
                    }
                    let index = y * block.width + x
                    rows[row].values += block.values[index * channels..<(index + 1) * channels]
                    rows[row].valid.append(block.valid[index])
                }
            }
        }
    }

    /// The pixels that were drawn, each in the middle of a patch, patches side by side: `(side,
    /// n · side, C)`. Nil if there are none.
    package var drawn: PixelBlock? {
        guard let width = rows.first?.valid.count, width > 0 else { return nil }
        return PixelBlock(
            width: width, channels: channels, values: rows.flatMap(\.values),
            valid: rows.flatMap(\.valid), rows: halo..<halo + 1)
    }
}

extension Scaling {
    /// How models would scale these pixels: `uint8` values from 0…255, others from their 0.5 and
    /// 99.5 percentiles.
    ///
    /// - Parameter sample: valid pixels, at least one.
    init(_ sample: PixelBlock, source: SampleType) {
        guard source != .uint8 else {
            self = .uint8(channels: sample.channels)
            return
        }
        let bands = (0..<sample.channels).map { channel in
            Range(
                sorted: stride(from: channel, to: sample.values.count, by: sample.channels)
                    .map { sample.values[$0] }.sorted())
        }
        self.init(bands: bands, source: source)
    }
}
