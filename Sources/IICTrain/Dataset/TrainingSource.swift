package import IICInfer

/// Where crops come from: a folder of tiles, or scenes. One thread uses it at a time.
package protocol TrainingSource: AnyObject {
    /// What the bands show, in order.
    var roles: [BandRole] { get }
    var scaling: Scaling { get }
    /// How the data are distributed, from a sample that depends on data and seed alone; nil if there
    /// is nothing to tell.
    var quantiles: BandQuantiles? { get }
    var pixelSizeMetres: Double? { get }
    /// Crops that one epoch draws.
    var count: Int { get }
    /// What the data are, for people and for a resumption to compare.
    var summary: JSONValue { get }
    /// Bytes of each file that crops come from, in order; -1 for one that tells none.
    var fileSizes: [Int] { get throws }
    /// Bytes that all data would take in memory, to be read from there and not from files.
    var byteCount: Int { get }
    /// Bytes that reading takes for a moment, the crop left out.
    var readingBytes: Int { get }

    /// Lets it keep so many bytes of data in memory; its crops do not depend on that.
    func allowCache(bytes: Int)

    /// A crop.
    ///
    /// - Parameters:
    ///   - index: which of ``count``; of a folder, the tile.
    ///   - size: pixels a side.
    ///   - random: decides where the crop lies.
    func crop(_ index: Int, size: Int, random: inout SplitMix64) throws -> Patch

    /// Images that crops come from: tiles, or scenes.
    var imageCount: Int { get }

    /// Pixels of an image.
    func size(ofImage image: Int) throws -> (width: Int, height: Int)

    /// A window inside an image: `(H, W, C)`, scaled to 0…1 and 0 where invalid, and `(H, W)`, 1 for
    /// valid, else 0.
    func read(
        image: Int, window: PixelWindow
    ) throws -> (values: [Float], valid: [UInt8])
}

/// The bands that models are trained on.
package let trainingRoles: [BandRole] = [.red, .green, .blue, .infrared]
