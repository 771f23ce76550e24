package import IICInfer

/// The scenes that names are given on, open, with what describes their pixels.
///
/// A pixel is described by its ``NamedClasses`` numbers, then by the trunk's features. One thread at a
/// time uses it.
package final class NamingScenes {
    package let model: ModelBundle
    package let paths: [String]
    /// Maps with the model's own classes; others with another read-out.
    package let job: SegmentJob
    package let readers: [SceneReader]
    /// The side of each scene's pixels; nil where it does not tell.
    package let pixelMetres: [Double?]
    /// What a pixel covers, in the mean over all scenes; nil unless all of them tell.
    package let pixelHectares: Double?
    private let scenes: [SegmentJob.Scene]
    private let features: SegmentJob
    private let encoder: FeatureEncoder
    private var values: [Int: SegmentJob.Values] = [:]

    /// Pixels a side of what is read together.
    static let side = 128

    /// Opens all scenes and checks that they suit the model.
    ///
    /// - Parameter settings: those of later maps.
    /// - Throws: what ``SegmentJob/open(_:for:)`` throws.
    package init(_ paths: [String], model: ModelBundle, settings: SegmentSettings) throws {
        precondition(!paths.isEmpty)
        var model = model
        // Whatever was named before: it is done again.
        model.naming = nil
        model.legend = .unnamed(classes: model.architecture.classes)
        self.model = model
        self.paths = paths
        let architecture = model.architecture
        let readOut = FeatureReadOut(
            channels: architecture.channels, rows: architecture.features)
        job = try SegmentJob(model: model, settings: settings)
        features = job.with(
            readOut, projection: .identity(features: architecture.features))
        encoder = FeatureEncoder(count: readOut.classes)
        scenes = try paths.map { [job] in try job.open($0, for: [LabelEncoder(.classes)]) }
        readers = scenes.map(\.reader)
        pixelMetres = readers.map {
            $0.georeference.pixelSizeMetres(width: $0.fileWidth, height: $0.fileHeight)
        }
        pixelHectares = Self.hectares(readers)
    }

    /// Numbers that describe a pixel itself.
    package var near: Int { NamedClasses.dimensions(channels: model.architecture.channels) }
    /// Features of the trunk.
    package var trunk: Int { model.architecture.features }
    /// Both together.
    package var dimensions: Int { near + trunk }

    /// What a user should know of the scenes, as sentences.
    package func notes() throws -> [String] { try scenes.flatMap { try job.notes(on: $0) } }

    package func size(_ scene: Int) -> (width: Int, height: Int) {
        (readers[scene].fileWidth, readers[scene].fileHeight)
    }

    /// What a pixel covers, in the mean over all scenes; nil unless all of them tell.
    private static func hectares(_ readers: [SceneReader]) -> Double? {
        var (area, pixels) = (0.0, 0.0)
        for reader in readers {
            let (width, height) = (reader.fileWidth, reader.fileHeight)
            guard
                let each = PixelArea(reader.georeference)?.squareMetres(
                    rows: 0..<height, width: width)
            else { return nil }
            let count = Double(width) * Double(height)
            area += each * count
            pixels += count
        }
        return area / pixels / 10_000
    }

    package func contains(_ pixel: ScenePixel) -> Bool {
        let (width, height) = size(pixel.scene)
        return (0..<width).contains(pixel.x) && (0..<height).contains(pixel.y)
    }

    private func values(of scene: Int) throws -> SegmentJob.Values {
        if let known = values[scene] { return known }
        let found = try job.values(of: scenes[scene], isCancelled: { false })
        values[scene] = found
        return found
    }

    /// Runs a part of a scene with a read-out of one's own and hands out its labels,
    /// ``MapWriter/nodata`` where there is none: `(H, W)`.
    ///
    /// - Parameter majority: rows and columns of a majority filter; at the window's edges its labels are
    ///   not quite a map's.
    package func labels(
        _ readOut: NamedReadOut, projection: Projection, scene: Int, window: PixelWindow,
        majority: Int
    ) throws -> [UInt8] {
        let job = job.with(readOut, projection: projection)
        let part = try job.part(window, of: scenes[scene], for: [LabelEncoder(.classes)])
        var labels = [UInt8](repeating: MapWriter.nodata, count: window.count)
        try job.segment(part, values: values(of: scene)) { _, pixels, part in
            for row in 0..<part.height {
                let target = (part.y + row) * window.width + part.x
                for column in 0..<part.width {
                    labels[target + column] = pixels[row * part.width + column]
                }
            }
        }
        MajorityFilter.apply(
            to: &labels, width: window.width, size: majority, classes: readOut.classes)
        return labels
    }

    /// What describes some pixels, `(n, dimensions)`, NaN where there is no data. Those near each
    /// other are read together.
    ///
    /// - Precondition: they lie in their scenes.
    package func describe(
        _ pixels: [ScenePixel], isCancelled: @Sendable () -> Bool = { false }
    ) throws -> [Float] {
        var described = [Float](repeating: .nan, count: pixels.count * dimensions)
        let side = Self.side
        let groups = Dictionary(grouping: pixels.indices) { index in
            let pixel = pixels[index]
            return ScenePixel(scene: pixel.scene, x: pixel.x / side, y: pixel.y / side)
        }
        let order = groups.sorted { one, other in
            (one.key.scene, one.key.y, one.key.x) < (other.key.scene, other.key.y, other.key.x)
        }
        for (cell, members) in order {
            let (width, height) = size(cell.scene)
            // Small cells for few pixels: the network runs on what is asked for.
            let xs = members.map { pixels[$0].x }
            let ys = members.map { pixels[$0].y }
            guard let left = xs.min(), let right = xs.max(), let top = ys.min(),
                let bottom = ys.max()
            else { continue }
            let window = PixelWindow(
                x: left, y: top, width: right - left + 1, height: bottom - top + 1
            ).clipped(toWidth: width, height: height)
            var places: [Int: [Int]] = [:]
            for index in members {
                let place = (pixels[index].y - window.y) * window.width + pixels[index].x - window.x
                places[place, default: []].append(index)
            }
            let part = try features.part(window, of: scenes[cell.scene], for: [encoder])
            try features.segment(part, values: values(of: cell.scene)) { _, bytes, part in
                for row in 0..<part.height {
                    for column in 0..<part.width {
                        let place = (part.y + row) * window.width + part.x + column
                        guard let wanted = places[place] else { continue }
                        let found = encoder.values(bytes, at: row * part.width + column)
                        for index in wanted {
                            for k in 0..<dimensions {
                                described[index * dimensions + k] = found[k]
                            }
                        }
                    }
                }
            } isCancelled: {
                isCancelled()
            }
        }
        return described
    }
}
