/// How places of a ``GridAxis`` are made from pixels: which ones, and with what weights.
///
/// A place longer than a pixel is the mean of all pixels that it covers, each by its covered part:
/// what a coarser sensor would see, and every pixel counts. A shorter one lies between the centres of
/// two pixels, beyond the first and last centre at one (bilinear): no value is outside of those around
/// it, as it may be with a cubic curve.
///
/// A place's *own* pixels decide whether it holds data: those that it covers, or the one in which its
/// centre lies.
public struct AxisWeights: Sendable {
    /// All pixels that are needed.
    public let pixels: Range<Int>
    /// The first pixel of each place.
    let firsts: [Int]
    /// Where the weights of each place begin, and where those of the last end.
    let starts: [Int]
    let weights: [Float]
    /// The own pixels of each place.
    let own: [Range<Int>]

    public var count: Int { firsts.count }

    public init(_ axis: GridAxis, places: Range<Int>) {
        check(places.lowerBound >= 0 && places.upperBound <= axis.count, "\(places) of \(axis)")
        var firsts: [Int] = []
        var starts = [0]
        var weights: [Float] = []
        var own: [Range<Int>] = []
        for place in places {
            if axis.step > 1 {
                let low = Double(place) * axis.step
                let high = min(Double(place + 1) * axis.step, Double(axis.pixels))
                var pixel = Int(low)
                firsts.append(pixel)
                while Double(pixel) < high {
                    weights.append(
                        Float(min(high, Double(pixel + 1)) - max(low, Double(pixel))))
                    pixel += 1
                }
                own.append(firsts[firsts.count - 1]..<pixel)
            } else {
                let centre = (Double(place) + 0.5) * axis.step
                let left = (centre - 0.5).rounded(.down)
                let share = Float(centre - 0.5 - left)
                let (first, second) = (max(0, Int(left)), min(axis.pixels - 1, Int(left) + 1))
                let isBetween = Int(left) >= 0 && second > first && share > 0
                firsts.append(min(first, axis.pixels - 1))
                weights.append(isBetween ? 1 - share : 1)
                if isBetween { weights.append(share) }
                let nearest = min(axis.pixels - 1, Int(centre))
                own.append(nearest..<nearest + 1)
            }
            starts.append(weights.count)
        }
        let ends = firsts.indices.map { firsts[$0] + starts[$0 + 1] - starts[$0] }
        pixels = firsts.isEmpty ? 0..<0 : firsts[0]..<(ends.last ?? 0)
        self.firsts = firsts
        self.starts = starts
        self.weights = weights
        self.own = own
    }

    /// The pixels of the place with this number among those given, their weights, and whether each is
    /// its own.
    public func parts(of index: Int) -> [(pixel: Int, weight: Float, isOwn: Bool)] {
        (starts[index]..<starts[index + 1]).map { place in
            let pixel = firsts[index] + place - starts[index]
            return (pixel, weights[place], own[index].contains(pixel))
        }
    }
}
