internal import CGDAL

extension Georeference {
    /// The mean area in m² of the pixels of some rows of a raster `width` pixels wide; as
    /// `PixelArea` has it. Nil without both a reference system and a transform.
    public func pixelAreaSquareMetres(rows: Range<Int>, width: Int) -> Double? {
        PixelArea(self)?.squareMetres(rows: rows, width: width)
    }

    /// The side in metres of a square as large as a pixel at the raster's centre; nil if unknown.
    public func pixelSizeMetres(width: Int, height: Int) -> Double? {
        let middle = height / 2
        return pixelAreaSquareMetres(rows: middle..<middle + 1, width: width)?.squareRoot()
    }

    /// The parts in which a written file, which says `other`, does not say what this does.
    ///
    /// Text forms of one reference system vary, so these are compared by meaning.
    func missing(from other: Georeference) -> Georeference? {
        var rest = Georeference()
        if let crs, !Georeference.same(crs, other.crs) || epoch != other.epoch {
            rest.crs = crs
            rest.epoch = epoch
        }
        if transform != other.transform { rest.transform = transform }
        if controlPoints != other.controlPoints
            || !Georeference.same(controlPointCRS, other.controlPointCRS)
        {
            rest.controlPoints = controlPoints
            rest.controlPointCRS = controlPointCRS
        }
        if Georeference.numbers(rationalCoefficients)
            != Georeference.numbers(other.rationalCoefficients)
        {
            rest.rationalCoefficients = rationalCoefficients
        }
        return rest == .none ? nil : rest
    }

    /// TIFF's tag holds the numbers, not the texts: “1.0” comes back as “1”.
    private static func numbers(_ coefficients: [String: String]) -> [String: [Double?]] {
        coefficients.filter { $0.key.contains("_") && !$0.key.hasPrefix("ERR_") }.mapValues {
            $0.split(separator: " ").map { Double($0) }
        }
    }

    /// Whether two reference systems, as WKT, are one.
    static func same(_ one: String?, _ other: String?) -> Bool {
        guard one != other else { return true }
        guard let one, let other else { return false }
        return unsafe withSystem(one, epoch: nil) { first in
            unsafe withSystem(other, epoch: nil) { unsafe OSRIsSame(first, $0) != 0 }
        }
    }
}
