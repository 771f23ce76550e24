import Testing

@testable import IICInfer

@Suite struct ScenePartsTests {
    @Test(arguments: [Geometry.seamless, .paper], [false, true])
    func `every pixel is in exactly one part`(geometry: Geometry, wholeRows: Bool) {
        for (width, height) in [(430, 450), (1, 1), (1000, 37), (63, 900), (129, 128)] {
            for count in [1, 2, 3, 5, 7, 16, 64] {
                let bounds = PixelWindow(x: 37, y: 61, width: width, height: height)
                let parts = SceneParts.windows(
                    of: bounds, count: count, geometry: geometry, wholeRows: wholeRows)
                #expect(parts.count == count)
                var hits = [Int](repeating: 0, count: width * height)
                for part in parts.compactMap(\.self) {
                    #expect(part.count > 0 && part.intersection(bounds) == part)
                    for y in part.y..<part.y + part.height {
                        for x in part.x..<part.x + part.width {
                            hits[(y - bounds.y) * width + x - bounds.x] += 1
                        }
                    }
                }
                #expect(hits.allSatisfy { $0 == 1 }, "\(width) × \(height) in \(count)")
            }
        }
    }

    @Test(arguments: [2, 3, 7, 16, 64], [false, true])
    func `parts of a large scene are nearly equal`(count: Int, wholeRows: Bool) {
        let bounds = PixelWindow(x: 0, y: 0, width: 10_000, height: 12_345)
        let parts = SceneParts.windows(
            of: bounds, count: count, geometry: .seamless, wholeRows: wholeRows
        ).compactMap(\.self)
        #expect(parts.count == count)
        let most = parts.map(\.count).max() ?? 0
        #expect(Double(most) < 1.05 * Double(bounds.count) / Double(count))
    }

    @Test func `no tile of paper geometry is computed twice`() {
        let bounds = PixelWindow(x: 0, y: 0, width: 4321, height: 3333)
        let parts = SceneParts.windows(of: bounds, count: 7, geometry: .paper, wholeRows: false)
        for part in parts.compactMap(\.self) {
            #expect(part.x % 200 == 0 && part.y % 200 == 0)
        }
    }
}
