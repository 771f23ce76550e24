import IICInfer
import Testing

@Suite struct MapOverviewsTests {
    @Test func `the most frequent of four wins, then the first, and no data never does`() {
        let values: [UInt8] = [0, 1, 2, 3, 255]
        for a in values {
            for b in values {
                for c in values {
                    for d in values {
                        let four = [a, b, c, d].filter { $0 != 255 }
                        let most = four.map { value in four.count { $0 == value } }.max() ?? 0
                        let expected = four.first { value in
                            four.count { $0 == value } == most
                        }
                        #expect(MapOverviews.mode(a, b, c, d) == expected ?? 255)
                    }
                }
            }
        }
    }
}
