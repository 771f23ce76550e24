package import IICInfer

/// Random crops from GeoTIFF scenes, drawn in proportion to the scenes' areas.
package final class SceneSource: TrainingSource {
    package let roles: [BandRole]
    package let scaling: Scaling
    package let quantiles: BandQuantiles?
    package let pixelSizeMetres: Double?
    package let count: Int
    package let byteCount: Int
    package let readingBytes: Int
    private let scenes: [SceneReader]

    /// Share of a crop's pixels that must be valid.
    private static let leastValid = 0.9
    /// Bytes of GDAL's cache that ``TrainingMemory`` counts for every process.
    private static let leastCache = 32 << 20
    /// Crops tried before the scenes count as empty.
    private static let tries = 500

    /// - Parameters:
    ///   - bands: band numbers from 1; found by their descriptions unless given.
    ///   - size: of the largest crop that will be drawn.
    ///   - batch: crops a step; ``count`` is a multiple of it, since a last batch of a few crops
    ///     would teach a wrong balance of the classes.
    ///   - seed: decides which windows the quantiles and the scaling of other than 8-bit data come
    ///     from.
    package init(
        paths: [String], bands: [Int]?, crop size: Int, batch: Int, seed: UInt64
    ) throws {
        scenes = try paths.map { try SceneReader(path: $0, roles: trainingRoles, bands: bands) }
        roles = trainingRoles
        for scene in scenes {
            guard scene.width >= size, scene.height >= size else {
                throw TrainingError.badData(
                    "“\(scene.path)” is \(scene.width) × \(scene.height) pixels, smaller than a "
                        + "crop of \(size): give a larger scene, a smaller --crop or less "
                        + "--random-scale.")
            }
            guard scene.sampleType == scenes[0].sampleType else {
                throw TrainingError.badData(
                    "“\(scene.path)” is \(scene.sampleType.rawValue) and “\(scenes[0].path)” "
                        + "\(scenes[0].sampleType.rawValue): train on scenes of one pixel type.")
            }
            guard scene.units == scenes[0].units else {
                throw TrainingError.badData(
                    "The samples of “\(scene.path)” and “\(scenes[0].path)” differ in scale or "
                        + "offset: bring them to one unit with gdal_translate -unscale -ot Float32."
                )
            }
        }
        let area = scenes.reduce(0) { $0 + $1.width * $1.height }
        count = max(1, (area + batch * size * size / 2) / (batch * size * size)) * batch
        byteCount = scenes.reduce(0) {
            $0 + $1.width * $1.height * $1.bandCount * $1.sampleType.byteCount
        }
        // The block as it lies in the file, and decoded.
        readingBytes = 2 * (scenes.map(\.largestBlockBytes).max() ?? 0)
        pixelSizeMetres = scenes[0].georeference.pixelSizeMetres(
            width: scenes[0].width, height: scenes[0].height)
        let samples = try Self.samples(of: scenes, size: size, seed: seed)
        scaling =
            scenes[0].sampleType == .uint8
            ? .uint8(channels: roles.count)
            : Scaling(
                bands: samples.map(Scaling.Range.init(sorted:)), source: scenes[0].sampleType,
                units: scenes[0].units)
        quantiles = BandQuantiles(sorted: samples)
    }

    package var summary: JSONValue {
        [
            "kind": "scenes",
            "scenes": .array(
                scenes.map { scene in
                    [
                        "name": .string(
                            (SceneItem.name(of: scene.path) ?? scene.path.pathName).shown),
                        "width": .integer(scene.width), "height": .integer(scene.height),
                    ]
                }),
            "type": .string(scenes[0].sampleType.rawValue),
        ]
    }

    package var fileSizes: [Int] {
        get throws {
            try scenes.flatMap { try FileIdentity(scene: $0.path, bands: $0.bands).sizes }
        }
    }

    /// Decoded blocks are GDAL's to keep.
    package func allowCache(bytes: Int) { GDAL.limitCache(bytes: Self.leastCache + bytes) }

    package func crop(_ index: Int, size: Int, random: inout SplitMix64) throws -> Patch {
        for _ in 0..<Self.tries {
            let (scene, window) = SceneReader.window(of: scenes, side: size, random: &random)
            let (values, valid) = try scene.pixels(in: window)
            let good = valid.reduce(0) { $0 + Int($1) }
            guard Double(good) >= Self.leastValid * Double(valid.count) else { continue }
            var scaled = values
            var span = scaled.mutableSpan
            scaling.apply(to: &span, valid: valid.span)
            return Patch(
                size: size, values: scaled, valid: valid, isByte: scaling.source == .uint8)
        }
        throw TrainingError.badData(
            "No crop of \(size) × \(size) pixels with 90 % valid ones was found in "
                + "“\(scenes[0].path)” after \(Self.tries) tries: the scene is mostly nodata.")
    }

    package var imageCount: Int { scenes.count }

    package func size(ofImage image: Int) throws -> (width: Int, height: Int) {
        (scenes[image].width, scenes[image].height)
    }

    package func read(
        image: Int, window: PixelWindow
    ) throws -> (values: [Float], valid: [UInt8]) {
        try scenes[image].scaled(window, scaling: scaling)
    }

    /// Each band's sorted values in 256 windows of at most 64 × 64 pixels.
    private static func samples(
        of scenes: [SceneReader], size: Int, seed: UInt64
    ) throws -> [[Float]] {
        var random = SplitMix64(seed: SplitMix64.mix(seed &+ 0x5CA1E))
        let channels = scenes[0].bands.count
        var samples = [[Float]](repeating: [], count: channels)
        for _ in 0..<256 {
            let (scene, window) = SceneReader.window(
                of: scenes, side: min(size, 64), random: &random)
            let (values, valid) = try scene.pixels(in: window)
            for pixel in valid.indices where valid[pixel] != 0 {
                for band in 0..<channels { samples[band].append(values[pixel * channels + band]) }
            }
        }
        return samples.map { $0.sorted() }
    }
}
