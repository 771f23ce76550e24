internal import CGDAL

/// Small pictures of maps, for a look.
public enum Preview {
    /// No side of a picture is longer, in pixels.
    public static let longestSide = 1024

    /// Draws a finished map in its classes' colours; pixels without data are transparent.
    ///
    /// - Throws: ``RasterError`` or ``AtomicFileError``.
    public static func write(map: String, legend: Legend, to path: String) throws {
        let picture = try draw(map: map, legend: legend, longest: longestSide)
        try picture.write(to: path)
    }

    /// Draws a scene's red, green and blue beside its map, both stretched to the same size.
    ///
    /// The scene's values between its 2nd and 98th percentile fill the range from black to white.
    public static func write(
        scene: SceneReader, map: String, legend: Legend, to path: String
    ) throws {
        let gap = 16
        let right = try draw(map: map, legend: legend, longest: (longestSide - gap) / 2)
        let left = try draw(scene: scene, width: right.width, height: right.height)
        var both = Picture(width: 2 * right.width + gap, height: right.height)
        both.paste(left, x: 0)
        both.paste(right, x: right.width + gap)
        try both.write(to: path)
    }

    /// A picture's size: at most `longest` a side; small rasters are magnified by whole numbers.
    static func size(of width: Int, _ height: Int, longest: Int) -> (width: Int, height: Int) {
        let side = max(width, height)
        guard side > longest else {
            let times = max(1, longest / 2 / side)
            return (width * times, height * times)
        }
        return (
            max(1, Int((Double(width) * Double(longest) / Double(side)).rounded())),
            max(1, Int((Double(height) * Double(longest) / Double(side)).rounded()))
        )
    }

    private static func draw(map: String, legend: Legend, longest: Int) throws -> Picture {
        let dataset: GDALDataset
        do {
            dataset = try GDALDataset(reading: map)
        } catch {
            throw RasterError.notARaster(path: map, reason: error.description)
        }
        let (width, height) = size(of: dataset.width, dataset.height, longest: longest)
        var labels = [UInt8](repeating: MapWriter.nodata, count: width * height)
        // With overviews by mode, the nearest pixel of the next larger one is a mode as well.
        let status = unsafe GDALRasterIO(
            GDALGetRasterBand(dataset.handle, 1), GF_Read, 0, 0, Int32(dataset.width),
            Int32(dataset.height), &labels, Int32(width), Int32(height), GDT_Byte, 0, 0)
        guard status == CE_None else {
            throw RasterError.notARaster(path: map, reason: GDALError.last().description)
        }
        var picture = Picture(width: width, height: height)
        for (pixel, label) in labels.enumerated() where Int(label) < legend.entries.count {
            picture.set(pixel, legend.entries[Int(label)].colour)
        }
        return picture
    }

    private static func draw(scene: SceneReader, width: Int, height: Int) throws -> Picture {
        let channels = scene.bands.count
        let (values, valid) = try scene.thumbnail(width: width, height: height)
        // Red, green and blue where they are known, else the first bands, else one as gray.
        let colours = [BandRole.red, .green, .blue].compactMap { scene.roles.firstIndex(of: $0) }
        let shown = colours.count == 3 ? colours : channels >= 3 ? [0, 1, 2] : [0, 0, 0]
        var picture = Picture(width: width, height: height)
        let limits = shown.map { band -> (low: Float, high: Float) in
            let sorted = valid.indices.filter { valid[$0] != 0 }
                .map { values[$0 * channels + band] }.sorted()
            guard let last = sorted.indices.last else { return (0, 1) }
            let low = sorted[last * 2 / 100]
            return (low, max(sorted[last * 98 / 100], low.nextUp))
        }
        for pixel in valid.indices where valid[pixel] != 0 {
            picture.set(
                pixel,
                zip(shown, limits).map { band, limit in
                    let value = values[pixel * channels + band]
                    let part = (value - limit.low) / (limit.high - limit.low)
                    return UInt8((min(max(part, 0), 1) * 255).rounded())
                })
        }
        return picture
    }
}
