public import IICInfer

/// Four bands as a model wants them.
public let rgbInfrared: [BandRole] = [.red, .green, .blue, .infrared]

extension TemporaryFolder {
    /// Writes a scene whose sample in column x, row y, band c is `value(x, y, c)`.
    ///
    /// Inlinable, since the generic code appends each sample through witness calls.
    @discardableResult @inlinable
    public func scene<Sample: RasterSample>(
        _ name: String, width: Int, height: Int, roles: [BandRole] = rgbInfrared,
        georeference: Georeference = .none, nodata: Double? = nil,
        value: (Int, Int, Int) -> Sample
    ) throws -> String {
        let writer = try RasterWriter(
            path: self(name), width: width, height: height, bands: roles.map { .init(role: $0) },
            type: Sample.sampleType, georeference: georeference, nodata: nodata)
        var samples: [Sample] = []
        for y in 0..<height {
            for x in 0..<width {
                for band in roles.indices { samples.append(value(x, y, band)) }
            }
        }
        try writer.write(
            interleaved: samples.span, window: PixelWindow(x: 0, y: 0, width: width, height: height)
        )
        try writer.finish()
        return self(name)
    }

    /// Converts a raster with gdal_translate.
    public func translate(_ from: String, _ to: String, _ options: String...) throws -> String {
        try translate(from, to, options)
    }

    public func translate(_ from: String, _ to: String, _ options: [String]) throws -> String {
        _ = try output(of: "gdal_translate", ["-q"] + options + [from, self(to)])
        return self(to)
    }
}

extension SceneReader {
    /// A window's values and validity as arrays.
    public func pixels(_ window: PixelWindow) throws -> (values: [Float], valid: [UInt8]) {
        var values = [Float](repeating: .nan, count: window.count * bands.count)
        var valid = [UInt8](repeating: 9, count: window.count)
        do {
            var valueSpan = values.mutableSpan
            var validSpan = valid.mutableSpan
            try read(window, into: &valueSpan, valid: &validSpan)
        }
        return (values, valid)
    }

    /// All of the scene.
    public func pixels() throws -> (values: [Float], valid: [UInt8]) {
        try pixels(PixelWindow(x: 0, y: 0, width: width, height: height))
    }
}

/// A reproducible hash of three numbers, for scenes that look like noise.
public func noise(_ x: Int, _ y: Int, _ z: Int) -> UInt8 {
    var h = UInt64(truncatingIfNeeded: x &* 73_856_093 ^ y &* 19_349_663 ^ z &* 83_492_791)
    h = (h ^ h >> 33) &* 0xFF51_AFD7_ED55_8CCD
    return UInt8(truncatingIfNeeded: h >> 40)
}
