/// Where a raster lies on Earth. Every part may be missing; what is there passes from a scene to
/// its map exactly.
public struct Georeference: Hashable, Sendable {
    /// A pixel whose place is known, as in scanned or not yet rectified images.
    public struct ControlPoint: Hashable, Sendable {
        public var pixel: Double
        public var line: Double
        public var x: Double
        public var y: Double
        public var z: Double

        public init(pixel: Double, line: Double, x: Double, y: Double, z: Double = 0) {
            self.pixel = pixel
            self.line = line
            self.x = x
            self.y = y
            self.z = z
        }
    }

    /// The coordinate reference system as WKT 2 (2019); x is easting or longitude, whatever order
    /// of axes the system's authority names.
    public var crs: String?
    /// The decimal year of coordinates in a dynamic reference system.
    public var epoch: Double?
    /// GDAL's six numbers: x = t[0] + column · t[1] + row · t[2], y = t[3] + column · t[4] +
    /// row · t[5], from the outer corner of the upper left pixel.
    public var transform: [Double]?
    /// Whether the file says that its samples are points, not areas; the transform does not change.
    public var pixelIsPoint = false
    public var controlPoints: [ControlPoint] = []
    /// The reference system of the control points, as WKT.
    public var controlPointCRS: String?
    /// Rational polynomial coefficients under GDAL's names (`LINE_OFF`, …).
    public var rationalCoefficients: [String: String] = [:]

    public init(crs: String? = nil, transform: [Double]? = nil) {
        precondition(transform == nil || transform?.count == 6, "a transform has six numbers")
        self.crs = crs
        self.transform = transform
    }

    /// No place at all.
    public static var none: Georeference { Georeference() }

    /// What a GeoTIFF can hold of it: control points have no place beside a transform, which is the
    /// exact one of the two.
    var inGeoTIFF: Georeference {
        guard transform != nil, !controlPoints.isEmpty else { return self }
        var result = self
        result.controlPoints = []
        result.controlPointCRS = nil
        return result
    }

    /// The same place seen from a window whose upper left pixel is (`x`, `y`).
    public func shifted(x: Int, y: Int) -> Georeference {
        guard x != 0 || y != 0 else { return self }
        var result = self
        let (x, y) = (Double(x), Double(y))
        if let t = transform {
            result.transform?[0] = t[0] + x * t[1] + y * t[2]
            result.transform?[3] = t[3] + x * t[4] + y * t[5]
        }
        for index in controlPoints.indices {
            result.controlPoints[index].pixel -= x
            result.controlPoints[index].line -= y
        }
        // An RPC model's offsets are in pixels too.
        for (name, shift) in [("SAMP_OFF", x), ("LINE_OFF", y)] {
            if let text = rationalCoefficients[name], let offset = Double(text) {
                result.rationalCoefficients[name] = "\(offset - shift)"
            }
        }
        return result
    }
}
