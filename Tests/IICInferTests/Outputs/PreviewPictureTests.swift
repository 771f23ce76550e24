import TestSupport
import Testing

@testable import IICInfer

@Suite struct PreviewPictureTests {
    let folder: TemporaryFolder
    let legend = Legend.unnamed(classes: 5)
    let provenance = MapProvenance(
        sceneHash: "a", modelHash: "b", settingsHash: "c", version: "d")

    init() throws { folder = try TemporaryFolder() }

    func label(_ x: Int, _ y: Int) -> UInt8 {
        x < 9 && y < 9 ? 255 : UInt8(noise(x / 3, y / 5, 2) % 5)
    }

    /// Draws a map in windows of one size, in an order that `seed` shuffles.
    func draw(
        _ name: String, _ width: Int, _ height: Int, window side: Int = 64, seed: Int = 1,
        legend other: Legend? = nil, place: Georeference = .none
    ) throws {
        let frame = MapFrame(
            width: width, height: height, georeference: place,
            architecture: Architecture(width: 0.25, overclusters: 9, classes: 5),
            legend: other ?? legend, threads: 1)
        let isNew = try !folder.files.contains(name)
        let product = try PreviewPicture(path: folder(name)).begin(frame)
        var windows = stride(from: 0, to: height, by: side).flatMap { y in
            stride(from: 0, to: width, by: side).map { x in
                PixelWindow(x: x, y: y, width: min(side, width - x), height: min(side, height - y))
            }
        }
        windows.sort { noise($0.x, $0.y, seed) < noise($1.x, $1.y, seed) }
        for window in windows {
            let labels = (0..<window.count).map {
                label(window.x + $0 % window.width, window.y + $0 / window.width)
            }
            try product.write(labels.span, window: window)
        }
        _ = try product.finish(provenance, progress: { _ in }, isCancelled: { false })
        #expect(try !isNew || !folder.files.contains(name))
        var publication = Publication()
        product.publish(in: &publication)
        try publication.commit()
    }

    /// Red, green, blue and opacity of each pixel.
    func pixels(_ name: String) throws -> (width: Int, height: Int, values: [Float]) {
        let picture = try SceneReader(
            path: folder(name), roles: [.red, .green, .blue, .other], bands: [1, 2, 3, 4])
        return (picture.width, picture.height, try picture.pixels().values)
    }

    func colour(_ label: UInt8) -> [Float] {
        label == 255 ? [0, 0, 0, 0] : legend.entries[Int(label)].colour.map(Float.init) + [255]
    }

    @Test(arguments: [(100, 37, 5), (700, 1000, 1), (1024, 3, 1), (300, 200, 1), (200, 100, 2)])
    func `a small map is shown pixel by pixel`(width: Int, height: Int, times: Int) throws {
        try draw("a.png", width, height)
        let picture = try pixels("a.png")
        #expect(picture.width == width * times)
        let hasLegend = max(width, height) * times > 400
        #expect(hasLegend == (picture.height > height * times))
        let expected = (0..<width * height * times * times).flatMap {
            colour(label($0 % picture.width / times, $0 / picture.width / times))
        }
        #expect(Array(picture.values.prefix(expected.count)) == expected)
    }

    @Test func `a large map is shown by the most frequent of nine pixels`() throws {
        let (width, height) = (2100, 1400)
        try draw("a.png", width, height, window: 500, seed: 1)
        let picture = try pixels("a.png")
        #expect(picture.width == 1024 && picture.height > 683)
        func place(_ sample: Int, _ length: Int, _ size: Int) -> Int {
            Int((Double(sample) + 0.5) * Double(size) / Double(3 * length))
        }
        for y in stride(from: 0, to: 683, by: 31) {
            let expected = (0..<1024).flatMap { x in
                let found = (0..<9).map {
                    label(place(3 * x + $0 % 3, 1024, width), place(3 * y + $0 / 3, 683, height))
                }.filter { $0 != 255 }
                let most = found.map { one in found.count { $0 == one } }.max() ?? 0
                return colour(found.first { one in found.count { $0 == one } == most } ?? 255)
            }
            #expect(Array(picture.values[y * 1024 * 4..<(y + 1) * 1024 * 4]) == expected, "\(y)")
        }
    }

    @Test func `a picture says what it was made from, in one file`() throws {
        try draw("a.png", 100, 37)
        #expect(PreviewPicture(path: folder("a.png")).provenance == provenance)
        #expect(try folder.files == ["a.png"])
        try folder.write(Array("text".utf8), to: "b.png")
        #expect(PreviewPicture(path: folder("b.png")).provenance == nil)
    }

    @Test func `windows and their order change nothing`() throws {
        try draw("a.png", 2500, 1300, window: 333, seed: 1)
        try draw("b.png", 2500, 1300, window: 200, seed: 2)
        #expect(try folder.bytes(of: "a.png") == folder.bytes(of: "b.png"))
    }
}
