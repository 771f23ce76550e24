package import IICInfer

/// Where crops come from: a folder of tiles, or scenes. One thread uses it at a time.
package protocol TrainingSource: AnyObject {
    /// What the bands show, in order.
    var roles: [BandRole] { get }
    var scaling: Scaling { get }
    var pixelSizeMetres: Double? { get }
    /// Crops that one epoch draws.
    var count: Int { get }
    /// What the data are, for people and for a resumption to compare.
    var summary: JSONValue { get }

    /// A crop.
    ///
    /// - Parameters:
    ///   - index: which of ``count``; of a folder, the tile.
    ///   - random: decides where the crop lies.
    func crop(_ index: Int, random: inout SplitMix64) throws -> Patch
}

/// The bands that models are trained on.
package let trainingRoles: [BandRole] = [.red, .green, .blue, .infrared]
