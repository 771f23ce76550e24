internal import CGDAL
import Glibc

extension Georeference {
    /// The mean area in m² of the pixels of some rows of a raster `width` pixels wide.
    ///
    /// Projected systems: the area of the transform's parallelogram. Geographic ones: exact on the
    /// ellipsoid for rows along parallels, and that of the rows' centre where the raster is rotated.
    /// Nil without both a reference system and a transform.
    ///
    /// Source: Snyder, *Map Projections: A Working Manual* (1987), equations 3-12 and 4-20 ff.
    public func pixelAreaSquareMetres(rows: Range<Int>, width: Int) -> Double? {
        guard let crs, let t = transform, !rows.isEmpty else { return nil }
        let determinant = abs(t[1] * t[5] - t[2] * t[4])
        var area: Double?
        _ = unsafe Georeference.withSystem(crs, epoch: nil) { system in
            if unsafe OSRIsProjected(system) != 0 {
                let unit = unsafe OSRGetLinearUnits(system, nil)
                area = determinant * unit * unit
                return true
            }
            guard unsafe OSRIsGeographic(system) != 0 else { return false }
            let radian = unsafe OSRGetAngularUnits(system, nil)
            let a = unsafe OSRGetSemiMajor(system, nil)
            let b = unsafe OSRGetSemiMinor(system, nil)
            let e2 = 1 - (b * b) / (a * a)
            if t[2] == 0 && t[4] == 0 {
                let top = (t[3] + Double(rows.lowerBound) * t[5]) * radian
                let bottom = (t[3] + Double(rows.upperBound) * t[5]) * radian
                let zone = abs(
                    Georeference.zone(to: top, a: a, e2: e2)
                        - Georeference.zone(to: bottom, a: a, e2: e2))
                area = zone * abs(t[1]) * radian / Double(rows.count)
            } else {
                let row = Double(rows.lowerBound + rows.upperBound) / 2
                let latitude = (t[3] + Double(width) / 2 * t[4] + row * t[5]) * radian
                let w2 = 1 - e2 * sin(latitude) * sin(latitude)
                area = a * a * (1 - e2) / (w2 * w2) * cos(latitude) * determinant * radian * radian
            }
            return true
        }
        return area.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
    }

    /// The side in metres of a square as large as a pixel at the raster's centre; nil if unknown.
    public func pixelSizeMetres(width: Int, height: Int) -> Double? {
        let middle = height / 2
        return pixelAreaSquareMetres(rows: middle..<middle + 1, width: width)?.squareRoot()
    }

    /// The ellipsoid's area from the equator to a latitude, for one radian of longitude.
    private static func zone(to latitude: Double, a: Double, e2: Double) -> Double {
        let s = sin(min(max(latitude, -.pi / 2), .pi / 2))
        guard e2 > 1e-12 else { return a * a * s }
        let e = e2.squareRoot()
        return a * a * (1 - e2) / 2 * (s / (1 - e2 * s * s) + atanh(e * s) / e)
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

    private static func same(_ one: String?, _ other: String?) -> Bool {
        guard one != other else { return true }
        guard let one, let other else { return false }
        return unsafe withSystem(one, epoch: nil) { first in
            unsafe withSystem(other, epoch: nil) { unsafe OSRIsSame(first, $0) != 0 }
        }
    }
}
