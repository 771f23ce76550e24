import IICInfer

/// A map output of one's own: how far each pixel's class is ahead of the next one, in five steps.
struct MarginMap: MapOutput {
    static let steps = 5
    /// Pixels whose probabilities are in memory at once.
    private static let block = 256

    let path: String

    var kind: String { "margin" }
    var files: [String] { [path, path + ".aux.xml"] }
    /// What its pixels depend on: another number of steps makes another map, and `isDone` knows.
    var settings: JSONValue { ["margin": .integer(Self.steps)] }
    var labellings: [Labelling] { [.classes] }
    var pixelBytes: Int { 1 }

    func workspaceBytes(pixels: Int, architecture: Architecture) -> Int {
        Self.block * architecture.classes * MemoryLayout<Float>.stride
    }

    func diskBytes(width: Int, height: Int) -> Int {
        MapWriter.diskBytes(width: width, height: height).sure
    }

    /// Called on several threads at once, a row each.
    func encode(_ row: PixelRow, into pixels: inout MutableSpan<UInt8>) {
        let classes = row.classes(of: .classes)
        let valid = row.valid
        for first in stride(from: 0, to: row.count, by: Self.block) {
            let block = first..<min(first + Self.block, row.count)
            var values = [Float](repeating: 0, count: block.count * classes)
            var span = values.mutableSpan
            row.probabilities(of: .classes, pixels: block, into: &span)
            for pixel in block {
                guard valid[pixel] != 0 else {
                    pixels[pixel] = MapWriter.nodata
                    continue
                }
                let shares = values[(pixel - first) * classes..<(pixel - first + 1) * classes]
                    .sorted()
                let margin = shares[classes - 1] - (classes > 1 ? shares[classes - 2] : 0)
                pixels[pixel] = UInt8(min(Self.steps - 1, Int(margin * Float(Self.steps))))
            }
        }
    }

    func begin(_ frame: MapFrame) throws -> any MapProduct {
        let entries = (0..<Self.steps).map { step in
            Legend.Entry(
                name: "\(step * 100 / Self.steps) to \((step + 1) * 100 / Self.steps) %",
                colour: [255, UInt8(255 * step / (Self.steps - 1)), 60])
        }
        return try ClassMapProduct(of: self, frame: frame, legend: Legend(entries: entries))
    }
}
