import TestSupport
import Testing

@testable import IICInfer

@Suite struct MajorityFilterTests {
    /// The map of a filter by its definition.
    private func filtered(_ labels: [UInt8], width: Int, size: Int) -> [UInt8] {
        let (height, radius) = (labels.count / width, size / 2)
        return labels.indices.map { place in
            guard labels[place] != 255 else { return 255 }
            let (x, y) = (place % width, place / width)
            var votes = [Int](repeating: 0, count: 256)
            for row in max(0, y - radius)...min(height - 1, y + radius) {
                for column in max(0, x - radius)...min(width - 1, x + radius) {
                    votes[Int(labels[row * width + column])] += 1
                }
            }
            votes[255] = 0
            let most = votes.max() ?? 0
            return votes[Int(labels[place])] == most
                ? labels[place] : UInt8(votes.firstIndex(of: most) ?? 0)
        }
    }

    private func labels(_ width: Int, _ height: Int, classes: Int) -> [UInt8] {
        (0..<width * height).map { place in
            let (x, y) = (place % width, place / width)
            return noise(x / 5, y / 4, 3) < 60 ? 255 : UInt8(Int(noise(x, y, 1)) % classes)
        }
    }

    @Test(arguments: [3, 5, 11, 99], [(1, 1), (1, 40), (64, 1), (67, 53), (130, 70)])
    func `every pixel gets the most frequent class around it`(size: Int, sides: (Int, Int)) throws {
        let (width, height) = sides
        for classes in [2, 5, 19] {
            let before = labels(width, height, classes: classes)
            let expected = filtered(before, width: width, size: size)
            for (strip, rows) in [(1024, 64), (max(17, size / 2), 7), (50, 1), (64, 512)] {
                guard strip >= size / 2 else { continue }
                var filter = MajorityFilter(size: size, classes: classes)
                filter.stripWidth = strip
                filter.rowsAtOnce = rows
                var map = before
                var last = 0.0
                try filter.apply(
                    width: width, height: height,
                    read: { window, target in
                        if target.count < window.count {
                            target = [UInt8](repeating: 0, count: window.count)
                        }
                        for place in 0..<window.count {
                            let row = window.y + place / window.width
                            target[place] = map[row * width + window.x + place % window.width]
                        }
                    },
                    write: { source, window in
                        for place in 0..<window.count {
                            let row = window.y + place / window.width
                            map[row * width + window.x + place % window.width] = source[place]
                        }
                    },
                    progress: { share in
                        #expect(share >= last && share <= 1)
                        last = share
                    })
                #expect(map == expected, "strips of \(strip), \(rows) rows")
                #expect(last == 1)
            }
        }
    }
}
