import IICDaemon
import IICInfer
import Testing

@Suite struct MapPictureTests {
    private static func label(_ x: Int, _ y: Int) -> UInt8 { UInt8((x * 7 + y * 13) % 200) }

    private static func window(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> (
        [UInt8], PixelWindow
    ) {
        let labels = (0..<width * height).map { label(x + $0 % width, y + $0 / width) }
        return (labels, PixelWindow(x: x, y: y, width: width, height: height))
    }

    static let sizes: [[Int]] = [
        [1, 1], [256, 256], [257, 3], [3, 257], [1000, 700], [700, 1001], [5000, 1],
    ]

    @Test(arguments: sizes)
    func `rows come once, from the top, and show the map's pixels`(size: [Int]) {
        let (width, height) = (size[0], size[1])
        var picture = MapPicture(width: width, height: height)
        var found: [MapRows] = []
        // The right half before the left one, in bands.
        let middle = width / 2
        for top in stride(from: 0, to: height, by: 90) {
            let rows = min(90, height - top)
            for (x, count) in [(middle, width - middle), (0, middle)] where count > 0 {
                let (labels, place) = Self.window(x, top, count, rows)
                if let new = picture.add(labels.span, at: place) { found.append(new) }
            }
        }
        let (across, down) = (found[0].width, found[0].height)
        #expect(max(across, down) == min(256, max(width, height)) && min(across, down) >= 1)
        var labels: [UInt8] = []
        for rows in found {
            #expect(rows.first * across == labels.count)
            #expect(rows.width == across && rows.height == down)
            labels += rows.labels
        }
        let expected = (0..<across * down).map { index in
            Self.label(
                (2 * (index % across) + 1) * width / (2 * across),
                (2 * (index / across) + 1) * height / (2 * down))
        }
        #expect(labels == expected)
    }

    @Test func `no row comes before all those above it`() {
        var picture = MapPicture(width: 10, height: 10)
        let (below, place) = Self.window(0, 5, 10, 5)
        #expect(picture.add(below.span, at: place) == nil)
        let (above, top) = Self.window(0, 0, 10, 5)
        #expect(picture.add(above.span, at: top)?.labels.count == 100)
    }
}
