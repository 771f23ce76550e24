import IICInfer
import TestSupport
import Testing

/// The fast engine on whole scenes, against the reference engine and against itself cut otherwise.
@Suite struct StreamingEngineTests {
    /// A network of 1/16 width with random weights.
    static func weights() -> ParameterBlock {
        var weights = ParameterBlock(
            atRest: Architecture(width: 1.0 / 16, overclusters: 19, classes: 6))
        func random(_ count: Int, _ seed: Int, spread: Float) -> [Float] {
            (0..<count).map { (Float(noise($0, seed, 5)) / 127.5 - 1) * spread }
        }
        for (index, layer) in weights.architecture.layers.enumerated() {
            let spread = (6 / Float(9 * layer.inputs)).squareRoot()
            weights[.convolution(index)] = random(
                9 * layer.inputs * layer.outputs, index, spread: spread)
            weights[.shift(index)] = random(layer.outputs, 20 + index, spread: 0.25)
            weights[.runningMean(index)] = random(layer.outputs, 30 + index, spread: 0.1)
        }
        for (head, seed) in [(Head.A, 41), (.B, 40)] {
            let tensor = NetworkTensor.head(head, 0)
            weights[tensor] = random(weights.layout[tensor].count, seed, spread: 1)
        }
        return weights
    }

    static func image(_ height: Int, _ width: Int, changed: (y: Int, x: Int)? = nil) -> [Float] {
        var image: [Float] = []
        for y in 0..<height {
            for x in 0..<width {
                for band in 0..<4 {
                    let value = noise(x / 17, y / 23, band) / 2 + noise(x, y, band) / 3
                    image.append(Float(value) / 255)
                }
            }
        }
        if let changed {
            for band in 0..<4 { image[(changed.y * width + changed.x) * 4 + band] += 6 }
        }
        return image
    }

    static func probabilities(
        _ engine: any Engine, _ image: [Float], _ height: Int, _ width: Int, head: Head = .B
    ) -> [Float] {
        let classes = head == .A ? 19 : 6
        var output = [Float](repeating: -1, count: height * width * classes)
        var span = output.mutableSpan
        engine.probabilities(of: image.span, height: height, width: width, head: head, into: &span)
        return output
    }

    static let engine = WinogradEngine(weights: weights(), geometry: .seamless)

    @Test(arguments: [
        (1, 1), (1, 2), (2, 3), (7, 5), (16, 17), (33, 40), (31, 9), (100, 3), (3, 130), (65, 77),
        (199, 201),
    ])
    func `any size gives what the reference engine gives`(height: Int, width: Int) {
        let image = Self.image(height, width)
        for head in Head.allCases {
            let plain = Self.probabilities(
                ReferenceEngine(weights: Self.weights(), geometry: .seamless), image, height, width,
                head: head)
            let fast = Self.probabilities(Self.engine, image, height, width, head: head)
            let difference = zip(plain, fast).map { abs($0 - $1) }.max() ?? 1
            #expect(difference < 2e-5, "head \(head)")
        }
    }

    @Test(arguments: [(8, 8), (9, 14), (27, 50), (101, 64), (200, 200)])
    func `paper tiles of any size give what the reference engine gives`(height: Int, width: Int) {
        let image = Self.image(height, width)
        let plain = Self.probabilities(
            ReferenceEngine(weights: Self.weights(), geometry: .paper), image, height, width)
        let fast = Self.probabilities(
            WinogradEngine(weights: Self.weights(), geometry: .paper), image, height, width)
        #expect((zip(plain, fast).map { abs($0 - $1) }.max() ?? 1) < 2e-5)
    }

    @Test func `tiles side by side give what each gives alone, to the bit`() {
        let engine = WinogradEngine(weights: Self.weights(), geometry: .paper)
        let tiles = (0..<3).map { tile in Self.image(60, 52).map { $0 / Float(1 + tile) } }
        let alone = tiles.flatMap { Self.probabilities(engine, $0, 60, 52) }
        var together = [Float](repeating: -1, count: alone.count)
        var span = together.mutableSpan
        let images = tiles.flatMap(\.self)
        engine.probabilities(of: images.span, height: 60, width: 52, head: .B, into: &span)
        #expect(together == alone)
    }

    /// Labels of a part of an image, through the streaming interface.
    private func labels(
        _ image: [Float], _ height: Int, _ width: Int, rows: Range<Int>, columns: Range<Int>,
        heads: [Head] = [.B], of head: Head = .B
    ) throws -> [UInt8] {
        let swath = Swath(height: height, rows: rows, width: width, columns: columns)
        let inputs = Self.engine.inputs(of: swath)
        var labels: [UInt8] = []
        try Self.engine.run(swath, heads: heads) { rows, values, _ in
            var index = 0
            for y in rows {
                for x in inputs.columns {
                    for band in 0..<4 {
                        values[index] = image[(y * width + x) * 4 + band]
                        index += 1
                    }
                }
            }
        } isCancelled: {
            false
        } emit: { _, scores in
            guard let row = scores.first(where: { $0.head == head }) else { return }
            let found = row.labels()
            for index in found.indices { labels.append(UInt8(found[index])) }
        }
        return labels
    }

    @Test func `one pass for both heads gives the labels of two`() throws {
        let image = Self.image(61, 83)
        for head in Head.allCases {
            let alone = try labels(
                image, 61, 83, rows: 3..<60, columns: 5..<80, heads: [head], of: head)
            let together = try labels(
                image, 61, 83, rows: 3..<60, columns: 5..<80, heads: [.B, .A], of: head)
            #expect(Set(alone).count > 2 && alone == together, "\(head)")
        }
    }

    @Test func `every cut of a scene gives the same labels`() throws {
        let (height, width) = (151, 207)
        let image = Self.image(height, width)
        let all = try labels(image, height, width, rows: 0..<height, columns: 0..<width)
        #expect(Set(all).count > 3)
        for rows in [0..<151, 0..<1, 150..<151, 13..<14, 17..<90, 64..<128, 33..<151] {
            for columns in [0..<207, 0..<1, 206..<207, 31..<32, 40..<120, 18..<34, 65..<207] {
                let part = try labels(image, height, width, rows: rows, columns: columns)
                let expected = rows.flatMap { y in columns.map { all[y * width + $0] } }
                #expect(part == expected, "rows \(rows), columns \(columns)")
            }
        }
    }

    /// Probabilities of a whole image, made swath by swath.
    private func probabilities(_ image: [Float], _ size: Int, cuts: [Int]) throws -> [Float] {
        var result = [Float](repeating: -1, count: size * size * 6)
        for (from, to) in zip(cuts, cuts.dropFirst()) {
            let swath = Swath(height: size, rows: 0..<size, width: size, columns: from..<to)
            let inputs = Self.engine.inputs(of: swath).columns
            try Self.engine.probabilities(swath, head: .B) { rows, values in
                var index = 0
                for y in rows {
                    for k in (y * size + inputs.lowerBound) * 4..<(y * size + inputs.upperBound) * 4
                    {
                        values[index] = image[k]
                        index += 1
                    }
                }
            } emit: { row, values in
                for k in values.indices { result[(row * size + from) * 6 + k] = values[k] }
            }
        }
        return result
    }

    /// A perturbed input changes the outputs that depend on it, and no others: by more than
    /// Winograd's rounding, which reaches a little further. Neither the image's swaths nor where
    /// their sides lie change that.
    @Test(
        arguments: [(70, 70), (71, 70), (64, 96), (79, 81)],
        [[0, 150], [0, 63, 72, 95, 150], [0, 50, 74, 98, 150]])
    func `a pixel depends on the inputs around it that it should`(
        place: (y: Int, x: Int), cuts: [Int]
    ) throws {
        let (size, (y, x)) = (150, place)
        let before = try probabilities(Self.image(size, size), size, cuts: cuts)
        let after = try probabilities(Self.image(size, size, changed: (y, x)), size, cuts: cuts)
        #expect(before == Self.probabilities(Self.engine, Self.image(size, size), size, size))
        var (rows, columns) = (Set<Int>(), Set<Int>())
        for pixel in 0..<size * size {
            let change = (0..<6).map { abs(before[pixel * 6 + $0] - after[pixel * 6 + $0]) }
            guard change.contains(where: { $0 > 4e-6 }) else { continue }
            rows.insert(pixel / size)
            columns.insert(pixel % size)
        }
        // 15 inputs before an output and 16 after it, or the other way round where it is odd.
        func reach(_ center: Int) -> ClosedRange<Int> {
            center / 2 * 2 - 15...center / 2 * 2 + 16
        }
        #expect(rows.min() == reach(y).lowerBound && rows.max() == reach(y).upperBound)
        #expect(columns.min() == reach(x).lowerBound && columns.max() == reach(x).upperBound)
    }
}
