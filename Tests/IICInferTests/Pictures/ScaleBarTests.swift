import Testing

@testable import IICInfer

@Suite struct ScaleBarTests {
    @Test(arguments: [
        (0.5, "100 m", 200), (0.51, "100 m", 196), (10.0, "2 km", 200), (30.0, "5 km", 167),
        (0.001, "20 cm", 200), (0.3, "50 m", 167), (1200.0, "200 km", 167), (7.0, "1 km", 143),
    ])
    func `a bar is round and as long as it fits`(metres: Double, label: String, length: Int) throws
    {
        let bar = try #require(ScaleBar(metresPerPixel: metres, most: 200))
        #expect(bar.label == label && bar.length == length)
    }

    @Test(arguments: [0.0, -1.0, Double.nan, Double.infinity, 1e9, 1e-9])
    func `what has no round length has no bar`(metres: Double) {
        #expect(ScaleBar(metresPerPixel: metres, most: 200) == nil)
    }
}
