package import IICInfer

/// The work behind a page or a file of answers: scenes, what names are learnt on, and what is known
/// of answered pixels. One thread at a time.
package final class NamingWork {
    package let scenes: NamingScenes
    package let ground: NamingGround
    private let seed: UInt64
    /// Features of answered pixels, ``FeatureSpace/count`` each; empty where there is no data.
    private var features: [ScenePixel: [Float]] = [:]

    package init(_ scenes: NamingScenes, ground: NamingGround, seed: UInt64) {
        self.scenes = scenes
        self.ground = ground
        self.seed = seed
    }

    /// Looks at pixels before they are asked for: those that are not known are read.
    package func describe(
        _ pixels: [ScenePixel], isCancelled: @Sendable () -> Bool = { false }
    ) throws {
        let unknown = pixels.filter { features[$0] == nil }
        guard !unknown.isEmpty else { return }
        let count = ground.space.count
        let values = try scenes.describe(unknown, isCancelled: isCancelled)
        let found = ground.space.features(values)
        for (index, pixel) in unknown.enumerated() {
            let row = Array(found[index * count..<(index + 1) * count])
            features[pixel] = row.contains(where: \.isNaN) ? [] : row
        }
    }

    /// Whether a pixel holds data.
    package func hasData(_ pixel: ScenePixel) throws -> Bool {
        try describe([pixel])
        return features[pixel]?.isEmpty == false
    }

    /// Answers that name a class and hold data; nil unless they name two classes at least.
    private func known(_ book: AnswerBook) throws -> AnswerFit.Known? {
        // In an order of their own: who answered what first is not what is known.
        let labels = book.labels.sorted {
            ($0.pixel.scene, $0.pixel.y, $0.pixel.x) < ($1.pixel.scene, $1.pixel.y, $1.pixel.x)
        }
        try describe(labels.map(\.pixel))
        var known = AnswerFit.Known(features: [], labels: [], classes: book.named.count)
        for (pixel, label) in labels {
            guard let row = features[pixel], !row.isEmpty else { continue }
            known.features += row
            known.labels.append(label)
        }
        return Set(known.labels).count > 1 ? known : nil
    }

    /// What the answers say; nil while they name less than two classes.
    ///
    /// - Parameter start: as ``AnswerFit/init(_:on:start:)``.
    package func fit(_ book: AnswerBook, start: [Double]? = nil) throws -> AnswerFit? {
        try known(book).map { AnswerFit($0, on: ground, start: start) }
    }

    /// Pixels to be asked for next.
    package func next(_ count: Int, after book: AnswerBook, fit: AnswerFit?) throws -> [ScenePixel]
    {
        let pixels = book.entries.map(\.pixel)
        try describe(pixels)
        let points = pixels.compactMap { features[$0] }.filter { !$0.isEmpty }
        let asked = Proposer.Asked(
            points.flatMap { $0.prefix(ground.space.near) }, on: ground)
        let places = Proposer(ground, seed: seed).next(
            count, after: asked, weights: fit?.weights)
        return places.map { ground.sample.pixels[$0] }
    }

    /// The model with what the answers name: the same answers give the same bytes.
    ///
    /// - Throws: ``NamingError``.
    package func model(_ book: AnswerBook) throws -> ModelBundle {
        guard let known = try known(book) else { throw NamingError.tooFewClasses }
        guard known.classes <= 255 else { throw NamingError.tooManyClasses(known.classes) }
        let fit = AnswerFit(known, on: ground)
        var model = scenes.model
        model.naming = Naming(
            .learnt(ground.space.named(fit.weights)), majority: Self.majority)
        model.legend = book.legend
        model.softwareVersion = Software.version
        return model
    }

    /// Crumbs of a few pixels are mistakes more often than not (docs/naming.md).
    package static let majority = 5

    /// Shares of the classes among the sample's pixels.
    package func shares(_ fit: AnswerFit) -> [Double] {
        let labels = LogisticRegression.predict(
            ground.features, dimensions: ground.space.count, weights: fit.weights
        ).labels
        var counts = [Int](repeating: 0, count: fit.weights.count / (ground.space.count + 1))
        for label in labels { counts[label] += 1 }
        return counts.map { Double($0) / Double(labels.count) }
    }
}
