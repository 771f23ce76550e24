import Foundation
import IICKernels
import Testing

@Suite struct HeadRowsTests {
    @Test(arguments: [1, 2, 6, 19, 40])
    func `probabilities and labels are those of plain loops`(classes: Int) {
        let (columns, width) = (53, 56)
        let logits = waves(lanes(classes) * width * laneWidth, seed: 8).map { $0 * 6 }
        var row = [Float](repeating: -1, count: classes * width)
        do {
            var span = row.mutableSpan
            HeadRows.softmax(
                logits.span, columns: 0..<columns, capacity: width, classes: classes,
                into: &span, width: width, first: 2)
        }
        for column in 0..<columns {
            let powers = (0..<classes).map {
                Foundation.exp(Double(logits[($0 / 16 * width + column) * 16 + $0 % 16]))
            }
            for k in 0..<classes {
                let exact = powers[k] / powers.reduce(0, +)
                #expect(abs(Double(row[k * width + column + 2]) - exact) < 1e-6)
            }
        }
        // An exact doubling takes the fast path, the same places one by one the plain one.
        let places = (0..<2 * columns - 2).map { x in
            let position = 2 + (Double(x) + 0.5) / 2
            return HeadRows.Place(
                low: Int(position), high: Int(position) + 1,
                weight: Float(position - position.rounded(.down)))
        }
        let labels = labels(row, classes: classes, places: places, width: width)
        for (index, place) in places.enumerated() {
            let alone = self.labels(row, classes: classes, places: [place], width: width)
            #expect(labels[index] == alone[0], "column \(index)")
        }
    }

    private func labels(
        _ row: [Float], classes: Int, places: [HeadRows.Place], width: Int
    ) -> [UInt16] {
        var labels = [UInt16](repeating: 99, count: places.count)
        var span = labels.mutableSpan
        HeadRows.label(
            row.span, classes: classes, columns: HeadRows.Columns(places, width: width),
            into: &span)
        return labels
    }

    /// Where images lie side by side, a run of 32 outputs may begin and end as a doubling does and
    /// be none.
    @Test(arguments: 1..<16) func `a doubling that is broken in the middle is none`(at: Int) {
        let (classes, width) = (5, 64)
        let row = waves(classes * width, seed: 3)
        let places = (0..<16).flatMap { pair -> [HeadRows.Place] in
            // Another image begins at pair `at`; one column is left out and one comes twice.
            let low = 20 + (pair == at ? pair - 1 : pair)
            return [0.25, 0.75].map { HeadRows.Place(low: low, high: low + 1, weight: $0) }
        }
        let labels = labels(row, classes: classes, places: places, width: width)
        for (index, place) in places.enumerated() {
            let alone = self.labels(row, classes: classes, places: [place], width: width)
            #expect(labels[index] == alone[0], "column \(index)")
        }
    }

    @Test func `labels beyond 255 are distinguished`() {
        let classes = 600
        var row = [Float](repeating: 0, count: classes * 40)
        for column in 0..<40 {
            let label: Int = 100 + 12 * column
            row[label * 40 + column] = 1
        }
        let places = (0..<40).map { HeadRows.Place(low: $0, high: $0, weight: 0) }
        let expected: [UInt16] = Array(stride(from: 100, to: 580, by: 12))
        #expect(labels(row, classes: classes, places: places, width: 40) == expected)
    }

    /// Images side by side, each magnified by a factor; its edges are repeated.
    private func places(images: [(columns: Int, factor: Double)]) -> (
        places: [HeadRows.Place], width: Int
    ) {
        var (places, start): ([HeadRows.Place], Int) = ([], 0)
        for (columns, factor) in images {
            for x in 0..<Int(Double(columns) * factor) {
                let position = max(0, (Double(x) + 0.5) / factor - 0.5)
                let low = min(columns - 1, Int(position))
                places.append(
                    HeadRows.Place(
                        low: start + low, high: start + min(columns - 1, low + 1),
                        weight: Float(position - position.rounded(.down))))
            }
            start += columns
        }
        return (places, start)
    }

    @Test(arguments: [[(60, 2.0)], [(40, 2), (21, 2), (40, 2)], [(20, 2), (30, 1.7), (33, 2)]])
    func `planes are what is spread, to the bit, in any range`(
        images: [(columns: Int, factor: Double)]
    ) {
        let (places, width) = places(images: images)
        let (classes, stride, count) = (3, 160, places.count)
        let row = waves(classes * width, seed: 4)
        let columns = HeadRows.Columns(places, width: width)
        // They begin and end before, in and behind the runs of a doubling.
        for start in Array(0..<40) + [count - 33, count - 1, count] {
            for end in [start, start + 1, start + 31, start + 32, start + 33, count - 1, count]
            where start <= end && end <= count && end - start <= stride {
                let range = start..<end
                let planes: [Float] = written(classes * stride, over: -1) {
                    HeadRows.planes(
                        row.span, classes: classes, columns: columns, range: range, into: &$0,
                        stride: stride)
                }
                let spread: [Float] = written(range.count * classes) {
                    HeadRows.spread(
                        row.span, classes: classes, columns: columns, range: range, into: &$0)
                }
                let expected = (0..<classes * stride).map { index in
                    let (k, pixel) = (index / stride, index % stride)
                    return pixel < range.count ? spread[pixel * classes + k] : -1
                }
                #expect(planes == expected, "\(range)")
            }
        }
    }
}
