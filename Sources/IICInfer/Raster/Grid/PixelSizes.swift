/// A scene's pixel size beside that of a model's training data, in metres.
public struct PixelSizes: Hashable, Sendable, CustomStringConvertible {
    public let scene: Double
    public let model: Double

    /// Beyond this quotient maps suffer: a network knows textures by their pixels.
    static let tolerance = 1.5
    /// Beyond this one a scene is not resampled: hardly anything of it would be left, or there is
    /// hardly anything in it.
    static let most = 64.0
    /// Within this one sizes are the same: those of one grid vary by as much between projections.
    static let same = 1.05

    /// Nil unless both are known.
    init?(of georeference: Georeference, width: Int, height: Int, model: Double?) {
        guard let model, let scene = georeference.pixelSizeMetres(width: width, height: height)
        else { return nil }
        self.scene = scene
        self.model = model
    }

    /// How much larger the larger one is.
    private var quotient: Double { max(scene / model, model / scene) }

    /// Whether they differ by more than maps bear.
    public var differ: Bool { quotient > Self.tolerance }
    var areFarApart: Bool { quotient > Self.most }
    var areSame: Bool { quotient <= Self.same }

    /// “its pixels have 2.0 m, those of the training 0.5 m”.
    public var description: String {
        "its pixels have \(Self.digits(scene)) m, those of the training \(Self.digits(model)) m"
    }

    /// Three digits that count.
    static func digits(_ metres: Double) -> String {
        guard metres > 0, metres.isFinite else { return "\(metres)" }
        var unit = 0.001
        while metres / unit >= 1000, unit < 1e9 { unit *= 10 }
        return unit >= 1
            ? "\(Int((metres / unit).rounded() * unit))"
            : "\((metres / unit).rounded() / (1 / unit).rounded())"
    }
}
