import IICInfer

/// Numbers from `low` to `high`, to draw from.
public struct NumberRange: Codable, Hashable, Sendable, CustomStringConvertible {
    public var low: Double
    public var high: Double

    public init(_ low: Double, _ high: Double) {
        self.low = low
        self.high = high
    }

    public var description: String { "\(low) to \(high)" }

    /// A number between both, the same for the same generator.
    func draw(_ random: inout SplitMix64) -> Double { low + random.unit() * (high - low) }

    /// A whole number of those from `low` to `high`.
    func drawWhole(_ random: inout SplitMix64) -> Int {
        Int(low) + random.index(below: Int(high) - Int(low) + 1)
    }
}

/// How much colours change: the arguments of torchvision's `ColorJitter`.
public struct JitterAmounts: Hashable, Sendable {
    /// Factors are drawn from 1 ± these.
    public var brightness: Double
    public var contrast: Double
    public var saturation: Double
    /// In turns of the colour wheel.
    public var hue: Double

    public init(brightness: Double, contrast: Double, saturation: Double, hue: Double) {
        self.brightness = brightness
        self.contrast = contrast
        self.saturation = saturation
        self.hue = hue
    }

    /// The same amount of each.
    public init(_ amount: Double) {
        self.init(brightness: amount, contrast: amount, saturation: amount, hue: amount)
    }

    /// Whether nothing changes.
    var isNone: Bool { brightness == 0 && contrast == 0 && saturation == 0 && hue == 0 }

    var problem: String? {
        for (name, amount, most) in [
            ("brightness", brightness, 1), ("contrast", contrast, 1), ("saturation", saturation, 1),
            ("hue", hue, 0.5),
        ] where !(0...most).contains(amount) {
            return "The jitter of the \(name) must be 0 to \(most), not \(amount)."
        }
        return nil
    }
}

/// One number where all four are alike, as the first bundles have it.
extension JitterAmounts: Codable {
    private enum Key: String, CodingKey {
        case brightness, contrast, saturation, hue
    }

    public init(from decoder: any Decoder) throws {
        if let amount = try? decoder.singleValueContainer().decode(Double.self) {
            self.init(amount)
            return
        }
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            brightness: try container.decode(Double.self, forKey: .brightness),
            contrast: try container.decode(Double.self, forKey: .contrast),
            saturation: try container.decode(Double.self, forKey: .saturation),
            hue: try container.decode(Double.self, forKey: .hue))
    }

    public func encode(to encoder: any Encoder) throws {
        if self == JitterAmounts(brightness) {
            var container = encoder.singleValueContainer()
            try container.encode(brightness)
            return
        }
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(brightness, forKey: .brightness)
        try container.encode(contrast, forKey: .contrast)
        try container.encode(saturation, forKey: .saturation)
        try container.encode(hue, forKey: .hue)
    }
}

/// What a second view is drawn from x with, about its middle: the authors' `random_affine`.
public struct RandomAffine: Codable, Hashable, Sendable {
    /// In degrees.
    public var rotation: NumberRange
    /// In degrees.
    public var shear: NumberRange
    /// Of the distances in x that a distance in gx shows: above 1 gx shows more of x.
    public var scale: NumberRange

    public init(
        rotation: NumberRange = NumberRange(0, 0), shear: NumberRange = NumberRange(0, 0),
        scale: NumberRange = NumberRange(1, 1)
    ) {
        self.rotation = rotation
        self.shear = shear
        self.scale = scale
    }

    var problem: String? {
        for (name, range, limits) in [
            ("Rotations", rotation, -180.0...180.0), ("Shears", shear, -60...60),
            ("Affine scales", scale, 0.25...4),
        ] where !limits.contains(range.low) || !(range.low...limits.upperBound).contains(range.high)
        {
            return "\(name) must go up from \(limits.lowerBound) to \(limits.upperBound) at most, "
                + "not \(range)."
        }
        return nil
    }
}

/// A learning rate that is multiplied by a factor when certain epochs begin: the authors'
/// `lr_schedule` and `lr_mult`.
public struct RateSchedule: Codable, Hashable, Sendable {
    /// From 1.
    public var epochs: [Int]
    public var factor: Double

    public init(epochs: [Int], factor: Double = 0.1) {
        self.epochs = epochs
        self.factor = factor
    }

    var problem: String? {
        for epoch in epochs where !(1...1_000_000_000).contains(epoch) {
            return "The learning rate can change at epochs from 1 on, not at \(epoch)."
        }
        if !(1e-6...1).contains(factor) {
            return "The learning rate's factor must lie between 0.000001 and 1, not \(factor)."
        }
        return nil
    }

    /// What the rate is multiplied by.
    ///
    /// - Parameter epoch: from 0.
    func scale(epoch: Int) -> Double {
        epochs.reduce(1) { $1 <= epoch + 1 ? $0 * factor : $0 }
    }
}
