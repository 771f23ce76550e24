/// How each band's values are distributed: the value below which each of some shares of the pixels
/// lies.
public struct BandQuantiles: Codable, Hashable, Sendable {
    /// Shares of the pixels, the same for all bands; they rise from 0 to 1.
    public var probabilities: [Double]
    /// As many values for each band, in the order of the model's bands; they never fall. Their units
    /// are the scene's after its scale and offset.
    public var bands: [[Float]]

    public init(probabilities: [Double], bands: [[Float]]) {
        self.probabilities = probabilities
        self.bands = bands
    }

    /// What models keep: 64ths, and at both ends also their halves down to 1/1024, since the values
    /// of a scene's darkest and brightest pixels lie far apart.
    ///
    /// More of them changed no score (docs/runs/transfer.txt).
    public static let usual: [Double] = {
        let low = [0] + [1024, 512, 256, 128].map { 1 / Double($0) }
        let middle = (1...63).map { Double($0) / 64 }
        return low + middle + low.reversed().map { 1 - $0 }
    }()

    /// Of histograms of a band's whole numbers.
    ///
    /// - Parameters:
    ///   - histograms: how often each number occurs, from `least` upwards, for each band.
    ///   - least: the first number that is counted.
    /// - Returns: nil if a band has no value.
    public init?(histograms: [[Int]], from least: Int = 0, at probabilities: [Double] = usual) {
        var bands: [[Float]] = []
        for histogram in histograms {
            let count = histogram.reduce(0, +)
            guard count > 0 else { return nil }
            var values: [Float] = []
            // Ranks rise, so one way through the histogram finds them all.
            var (value, below) = (0, 0)
            for probability in probabilities {
                let rank = Self.rank(of: probability, among: count)
                while below + histogram[value] <= rank {
                    below += histogram[value]
                    value += 1
                }
                values.append(Float(least + value))
            }
            bands.append(values)
        }
        self.init(probabilities: probabilities, bands: bands)
    }

    /// - Parameter sorted: each band's values, which never fall.
    /// - Returns: nil if a band has none.
    public init?(sorted: [[Float]], at probabilities: [Double] = usual) {
        guard sorted.allSatisfy({ !$0.isEmpty }) else { return nil }
        self.init(
            probabilities: probabilities,
            bands: sorted.map { values in
                probabilities.map { values[Self.rank(of: $0, among: values.count)] }
            })
    }

    /// The place, from 0, of the value at a probability among `count` sorted ones.
    package static func rank(of probability: Double, among count: Int) -> Int {
        Int((probability * Double(max(0, count - 1))).rounded())
    }

    private static let mostProbabilities = 1025

    /// What is wrong with them, as the end of a sentence; nil if nothing is.
    var problem: String? {
        guard (2...Self.mostProbabilities).contains(probabilities.count) else {
            return "its quantiles have \(probabilities.count) probabilities"
        }
        let pairs = zip(probabilities, probabilities.dropFirst())
        guard probabilities.first == 0, probabilities.last == 1, pairs.allSatisfy({ $0 < $1 })
        else { return "the probabilities of its quantiles do not rise from 0 to 1" }
        for (index, values) in bands.enumerated() {
            guard values.count == probabilities.count else {
                return "its quantiles of band \(index + 1) are \(values.count) and not "
                    + "\(probabilities.count)"
            }
            guard values.allSatisfy(\.isFinite),
                zip(values, values.dropFirst()).allSatisfy({ $0 <= $1 })
            else { return "its quantiles of band \(index + 1) fall or are not finite" }
        }
        return nil
    }

    /// As a model's file holds them.
    var document: JSONValue {
        [
            "probabilities": .array(probabilities.map(JSONValue.number)),
            "bands": .array(bands.map { .array($0.map(JSONValue.number)) }),
        ]
    }
}
