@testable import IICInfer
import Testing

@Suite struct PercentTests {
    @Test(
        arguments: [
            (0, 0), (0.004999, 0), (0.125, 13), (0.375, 38), (0.5, 50), (0.994999, 99),
            (0.999, 100),
            (1, 100), (Float(1).nextUp, 100), (.nan, 0), (-.infinity, 0), (.infinity, 100),
        ] as [(Float, UInt8)])
    func `shares are rounded half up and stay per cent`(share: Float, percent: UInt8) {
        #expect(Percent.rounded(share) == percent)
    }

    /// 100 times these, computed in single precision, would be a half or more.
    @Test func `what is just below a half is rounded down`() {
        for whole in 0..<100 {
            var share = Float((Double(whole) + 0.5) / 100)
            while Double(share) * 100 >= Double(whole) + 0.5 { share = share.nextDown }
            #expect(Percent.rounded(share) == UInt8(whole))
            #expect(Percent.rounded(share.nextUp) == UInt8(whole + 1))
        }
    }

    @Test func `a mean of four per cents leaves out no data and is rounded half up`() {
        let values: [UInt8] = [0, 1, 2, 50, 99, 100, 255]
        for a in values {
            for b in values {
                for c in values {
                    for d in values {
                        let four = [a, b, c, d].filter { $0 != 255 }.map(Double.init)
                        let sum: Double = four.reduce(0, +)
                        let mean = (sum / Double(four.count) + 0.5).rounded(.down)
                        let expected = four.isEmpty ? 255 : UInt8(mean)
                        #expect(MeanPercent().pool(a, b, c, d) == expected)
                    }
                }
            }
        }
    }

    @Test func `a mean of four numbers leaves out what is none`() {
        #expect(MeanNumber().pool(0.5, .nan, 0.25, .nan) == 0.375)
        #expect(MeanNumber().pool(1, 2, 3, 4) == 2.5)
        #expect(MeanNumber().pool(.nan, .nan, .nan, .nan).isNaN)
    }
}
