public import IICInfer

/// Writes a synthetic scene, its truth, and both as .mat tiles, into a folder.
public struct SampleWriter {
    /// Pixels a side of the .mat tiles.
    public static let tileSize = 200

    /// The pixel types that a synthetic scene may have.
    public enum PixelType: String, CaseIterable, Sendable {
        case uint8, uint16
    }

    /// What was written.
    public struct Summary: Sendable {
        public var scene: String
        public var truth: String
        /// The folder with `imgs` and `gt`; nil for a scene smaller than one tile.
        public var tiles: String?
        public var tileCount: Int
        /// The share of each class in the scene, by raw value of ``SampleClass``.
        public var shares: [Double]
    }

    private let scene: SampleScene
    private let folder: String
    private let type: PixelType

    public init(scene: SampleScene, folder: String, type: PixelType = .uint8) {
        self.scene = scene
        self.folder = folder
        self.type = type
    }

    /// Where the scenes lie: UTM zone 33 north, pixels of 0.3 m.
    static var georeference: Georeference {
        Georeference(epsg: 32633, left: 390_000, top: 5_820_000, pixelSize: 0.3) ?? .none
    }

    /// The classes' names and colours.
    public static var legend: Legend {
        Legend(entries: SampleClass.allCases.map { .init(name: $0.name, colour: $0.colour) })
    }

    /// Makes and writes everything, some rows at a time.
    ///
    /// - Parameter progress: told rows done, of ``SampleScene/size``; may throw to stop.
    /// - Throws: `AtomicFileError` (exit code 73). What was written goes again, and folders that were
    ///   made.
    public func write(progress: (Int) throws -> Void = { _ in }) throws -> Summary {
        var made: [String] = []
        do {
            return try write(made: &made, progress: progress)
        } catch {
            for path in made.reversed() { PathCalls.remove(path) }
            throw error
        }
    }

    private func write(
        made: inout [String], progress: (Int) throws -> Void
    ) throws -> Summary {
        let size = scene.size
        let across = size / Self.tileSize
        let tiles = "\(folder)/tiles"
        try OutputFolder.make(folder, made: &made)
        if across > 0 {
            try OutputFolder.make("\(tiles)/imgs", made: &made)
            try OutputFolder.make("\(tiles)/gt", made: &made)
            // Tiles of a larger scene would stay behind and mix with these.
            if try FileStamp("\(tiles)/imgs/\(across * across).mat") != nil {
                throw AtomicFileError(
                    path: "\(tiles)/imgs",
                    reason: "it holds more tiles than this scene has; "
                        + "name another folder or delete it")
            }
        }
        let sceneFile = try RasterWriter(
            path: "\(folder)/scene.tif", width: size, height: size,
            bands: [BandRole.red, .green, .blue, .infrared].map { .init(role: $0) },
            type: type == .uint8 ? .uint8 : .uint16, georeference: Self.georeference)
        let truthFile = try MapWriter(
            path: "\(folder)/truth.tif", width: size, height: size,
            georeference: Self.georeference, legend: Self.legend)
        var counts = [Int](repeating: 0, count: SampleClass.allCases.count)
        for top in stride(from: 0, to: size, by: Self.tileSize) {
            let rows = scene.rows(top..<min(size, top + Self.tileSize))
            let window = PixelWindow(x: 0, y: top, width: size, height: rows.truth.count / size)
            let bytes = rows.uint8
            if type == .uint8 {
                try sceneFile.write(interleaved: bytes.span, window: window)
            } else {
                try sceneFile.write(interleaved: rows.uint16.span, window: window)
            }
            try truthFile.write(rows.truth.span, window: window)
            for label in rows.truth { counts[Int(label)] += 1 }
            if window.height == Self.tileSize {
                for column in 0..<across {
                    try writeTile(
                        bytes, rows.truth, column: column,
                        number: top / Self.tileSize * across + column, made: &made)
                }
            }
            try progress(top + window.height)
        }
        try truthFile.finish()
        made += ["\(folder)/truth.tif", "\(folder)/truth.tif.aux.xml"]
        try sceneFile.finish()
        return Summary(
            scene: "\(folder)/scene.tif", truth: "\(folder)/truth.tif",
            tiles: across > 0 ? tiles : nil, tileCount: across * across,
            shares: counts.map { Double($0) / Double(size * size) })
    }

    /// Writes one tile of rows that are one tile high.
    private func writeTile(
        _ pixels: [UInt8], _ truth: [UInt8], column: Int, number: Int, made: inout [String]
    ) throws(AtomicFileError) {
        let side = Self.tileSize
        var tilePixels: [UInt8] = []
        var labels: [Int32] = []
        for row in 0..<side {
            let start = row * scene.size + column * side
            tilePixels += pixels[start * 4..<(start + side) * 4]
            labels += truth[start..<start + side].map(Int32.init)
        }
        let image = "\(folder)/tiles/imgs/\(number).mat"
        try MatFile.write(
            MatTile(height: side, width: side, channels: 4, pixels: tilePixels), to: image)
        made.append(image)
        let labelled = "\(folder)/tiles/gt/\(number).mat"
        try MatFile.write(MatLabels(height: side, width: side, labels: labels), to: labelled)
        made.append(labelled)
    }
}
