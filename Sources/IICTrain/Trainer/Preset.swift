import IICInfer

/// Settings with a name: the paper's, its reproduction's, and one for a first map in minutes.
public enum Preset: String, Sendable, CaseIterable, Codable {
    case quick, potsdam3, potsdam6, reproduction3, reproduction6

    public var settings: TrainingSettings {
        switch self {
        case .quick:
            TrainingSettings(
                preset: rawValue, classes: 6, overclusters: 24, subheadsA: 1, subheadsB: 8,
                width: 0.25, geometry: .seamless, loss: .uncollapsed, displacementRadius: 3,
                lambdaA: 1.2,
                lambdaB: 1.2, rate: 1e-3, decay: 60, batch: 12, group: 15, heads: .averaged,
                views: .combined, crop: 88, flip: 0.5, jitter: JitterAmounts(0.1), tracking: false,
                averaging: 50, refine: true, seed: 1)
        case .potsdam3: Self.paper(rawValue, 24, 3, lambdaB: 1.5, rate: 1e-5, batch: 75, h: 10)
        case .potsdam6: Self.paper(rawValue, 36, 6, lambdaB: 1, rate: 1e-6, batch: 60, h: 5)
        case .reproduction3: Self.reproduction(rawValue, 9, 3)
        case .reproduction6: Self.reproduction(rawValue, 18, 6)
        }
    }

    /// When the preset ends unless told otherwise.
    public var limit: TrainingLimit {
        switch self {
        case .quick: TrainingLimit(seconds: 180, patience: 100)
        case .potsdam3, .potsdam6: TrainingLimit(epochs: 4800)
        case .reproduction3, .reproduction6: TrainingLimit(epochs: 10)
        }
    }

    /// The authors' runs on Potsdam.
    private static func paper(
        _ name: String, _ overclusters: Int, _ classes: Int, lambdaB: Double, rate: Double,
        batch: Int, h: Int
    ) -> TrainingSettings {
        TrainingSettings(
            preset: name, classes: classes, overclusters: overclusters, subheadsA: 1, subheadsB: 1,
            width: 1, geometry: .paper, loss: .uncollapsed, displacementRadius: h, lambdaA: 1,
            lambdaB: lambdaB, rate: rate, batch: batch, group: 15, heads: .alternate,
            views: .combined, crop: 200, flip: 0.5, jitter: JitterAmounts(0.1), tracking: true,
            seed: 1)
    }

    /// The reproduction's runs: two view pairs, batch statistics only.
    private static func reproduction(
        _ name: String, _ overclusters: Int, _ classes: Int
    ) -> TrainingSettings {
        TrainingSettings(
            preset: name, classes: classes, overclusters: overclusters, subheadsA: 1, subheadsB: 1,
            width: 1, geometry: .paper, loss: .collapsed, displacementRadius: 10, lambdaA: 1,
            lambdaB: 1,
            rate: 1e-3, batch: 20, group: 15, heads: .averaged, views: .separate, crop: 200,
            flip: 1, jitter: JitterAmounts(0.1), tracking: false, seed: 1)
    }
}
