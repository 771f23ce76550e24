package import IICInfer

/// The work behind a page or a file of answers: scenes, what names are learnt on, and what is known
/// of answered pixels. One thread at a time.
package final class NamingWork {
    package let scenes: NamingScenes
    package let ground: NamingGround
    private let seed: UInt64
    /// Features of answered pixels, ``FeatureSpace/count`` each; empty where there is no data.
    private var features: [ScenePixel: [Float]] = [:]
    /// Where pixels of the sample are in it.
    private let places: [ScenePixel: Int]

    package init(_ scenes: NamingScenes, ground: NamingGround, seed: UInt64) {
        self.scenes = scenes
        self.ground = ground
        self.seed = seed
        places = Dictionary(
            uniqueKeysWithValues: ground.sample.pixels.enumerated().map { ($1, $0) })
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

    /// Classes that an answer with data names, in their order: those of a map.
    package func classes(_ book: AnswerBook) throws -> [AnswerBook.Class] {
        let (named, labels) = (book.named, book.labels)
        try describe(labels.map(\.pixel))
        let used = Set(
            labels.filter { features[$0.pixel]?.isEmpty == false }.map { named[$0.label].id })
        return named.filter { used.contains($0.id) }
    }

    /// Answers that name a class and hold data; nil unless they name two classes at least.
    private func known(_ book: AnswerBook) throws -> AnswerFit.Known? {
        let classes = try classes(book)
        guard classes.count > 1 else { return nil }
        guard classes.count <= Self.mostClasses else {
            throw NamingError.tooManyClasses(classes.count)
        }
        let named = book.named
        let places = named.map { known in classes.firstIndex { $0.id == known.id } }
        // In an order of their own: who answered what first is not what is known.
        let labels = book.labels.sorted {
            ($0.pixel.scene, $0.pixel.y, $0.pixel.x) < ($1.pixel.scene, $1.pixel.y, $1.pixel.x)
        }
        var known = AnswerFit.Known(features: [], labels: [], classes: classes.count)
        for (pixel, label) in labels {
            guard let row = features[pixel], !row.isEmpty, let place = places[label] else {
                continue
            }
            known.features += row
            known.labels.append(place)
        }
        return known
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
            places: Set(pixels.compactMap { places[$0] }),
            points: points.flatMap { $0.prefix(ground.space.near) }, on: ground)
        let next = Proposer(ground, seed: seed).next(
            count, after: asked, weights: fit?.weights)
        return next.map { ground.sample.pixels[$0] }
    }

    /// The model with what the answers name: the same answers give the same bytes.
    ///
    /// - Throws: ``NamingError``.
    package func model(_ book: AnswerBook) throws -> ModelBundle {
        guard let fit = try fit(book) else { throw NamingError.tooFewClasses }
        return try model(book, fit)
    }

    /// - Parameter fit: of these answers, begun from nothing.
    package func model(_ book: AnswerBook, _ fit: AnswerFit) throws -> ModelBundle {
        var model = scenes.model
        model.naming = Naming(
            .learnt(ground.space.named(fit.weights)), majority: Self.majority)
        model.legend = Legend(
            entries: try classes(book).map { Legend.Entry(name: $0.name, colour: $0.colour) })
        model.softwareVersion = Software.version
        return model
    }

    private static let mostClasses = Int(MapWriter.nodata)

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
