import IICKernels
import Testing

@Suite struct GridTests {
    static let axes: [(pixels: Int, step: Double)] = [
        (1, 2), (1, 0.3), (7, 2), (8, 2), (9, 2), (100, 3), (101, 1.6), (50, 0.5), (51, 0.25),
        (33, 0.7), (200, 16), (10, 64), (1000, 1.0001), (999, 0.9999), (64, 1),
    ]

    @Test(arguments: axes)
    func `each pixel lies in one place, the one that holds its centre`(
        pixels: Int, step: Double
    ) {
        let axis = GridAxis(pixels: pixels, step: step)
        #expect(Double(axis.count) * axis.step >= Double(pixels))
        #expect(Double(axis.count - 1) * axis.step < Double(pixels))
        var next = 0
        for place in 0..<axis.count {
            let found = axis.pixels(of: place..<place + 1)
            #expect(found.lowerBound == next)
            next = found.upperBound
            for pixel in found {
                let centre = Double(pixel) + 0.5
                #expect(axis.place(of: pixel) == place)
                #expect(Double(place) * axis.step <= centre)
                #expect(centre < Double(place + 1) * axis.step)
            }
        }
        #expect(next == pixels)
        #expect(axis.places(of: 0..<pixels).upperBound <= axis.count)
    }

    @Test(arguments: axes)
    func `weights are those of the definition`(pixels: Int, step: Double) {
        let axis = GridAxis(pixels: pixels, step: step)
        let weights = AxisWeights(axis, places: 0..<axis.count)
        for place in 0..<axis.count {
            let parts = weights.parts(of: place)
            if axis.step > 1 {
                let low = Double(place) * axis.step
                let high = min(low + axis.step, Double(pixels))
                let sum = parts.reduce(0.0) { $0 + Double($1.weight) }
                #expect(abs(sum - (high - low)) < 1e-5)
                #expect(parts.allSatisfy { $0.isOwn && $0.weight > 0 })
            } else {
                let centre = min(
                    max((Double(place) + 0.5) * axis.step - 0.5, 0), Double(pixels - 1))
                let found = parts.reduce(0.0) { $0 + Double($1.weight) * Double($1.pixel) }
                #expect(abs(found - centre) < 1e-5)
                #expect(abs(parts.reduce(0) { $0 + $1.weight } - 1) < 1e-6)
                #expect(parts.count { $0.isOwn } == 1)
            }
        }
    }

    @Test(arguments: [1.6, 3.0, 0.4])
    func `a row is the weighted mean of its valid pixels`(step: Double) {
        let (width, height, channels) = (23, 17, 2)
        let (columns, rows) = (
            GridAxis(pixels: width, step: step), GridAxis(pixels: height, step: step)
        )
        func value(_ x: Int, _ y: Int, _ c: Int) -> Float { Float((x * 7 + y * 13 + c * 5) % 31) }
        func isValid(_ x: Int, _ y: Int) -> Bool { (x * 3 + y * 5) % 7 != 0 && x > 3 }
        let across = AxisWeights(columns, places: 0..<columns.count)
        let down = AxisWeights(rows, places: 0..<rows.count)
        for row in 0..<rows.count {
            var line = WeightedRow(places: columns.count, channels: channels)
            for part in down.parts(of: row) {
                var pixels: [Float] = []
                var valid: [UInt8] = []
                for x in across.pixels {
                    valid.append(isValid(x, part.pixel) ? 1 : 0)
                    for c in 0..<channels {
                        pixels.append(isValid(x, part.pixel) ? value(x, part.pixel, c) : 0)
                    }
                }
                var sums = WeightedRow(places: columns.count, channels: channels)
                sums.sum(pixels.span, valid: valid.span, columns: across)
                line.add(sums, weight: part.weight, isOwn: part.isOwn)
            }
            var values = [Float](repeating: .nan, count: columns.count * channels)
            var valid = [UInt8](repeating: 9, count: columns.count)
            do {
                var span = values.mutableSpan
                var marks = valid.mutableSpan
                line.means(into: &span, valid: &marks)
            }
            for column in 0..<columns.count {
                var sums = [0.0, 0.0]
                var share = 0.0
                var own: Set<Bool> = []
                for y in down.parts(of: row) {
                    for x in across.parts(of: column) {
                        let found = isValid(x.pixel, y.pixel)
                        if x.isOwn && y.isOwn { own.insert(found) }
                        guard found else { continue }
                        let weight = Double(x.weight) * Double(y.weight)
                        share += weight
                        for c in 0..<channels {
                            sums[c] += weight * Double(value(x.pixel, y.pixel, c))
                        }
                    }
                }
                let mark: UInt8 = own.contains(true) ? (own.count == 2 ? 2 : 1) : 0
                #expect(valid[column] == mark)
                for c in 0..<channels {
                    let expected = mark == 0 ? 0 : sums[c] / share
                    #expect(abs(Double(values[column * channels + c]) - expected) < 1e-4)
                }
            }
        }
    }
}
