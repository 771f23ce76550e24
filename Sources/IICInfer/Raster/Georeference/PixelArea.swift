internal import CGDAL
import Glibc

/// How large the pixels of a raster are, whose reference system is asked once.
///
/// Projected systems: the area of the transform's parallelogram. Geographic ones: exact on the
/// ellipsoid for rows along parallels, and that of the rows' centre where the raster is rotated.
///
/// Source: Snyder, *Map Projections: A Working Manual* (1987), equations 3-12 and 4-20 ff.
package struct PixelArea: Sendable {
    private enum Rule {
        case same(Double)
        case geographic(Ellipsoid)
    }

    fileprivate struct Ellipsoid {
        /// The larger semi-axis, in metres, and the first eccentricity squared.
        var a: Double
        var e2: Double
        /// One unit of the system's angles.
        var radian: Double
    }

    private let rule: Rule
    private let transform: [Double]

    /// Nil without both a reference system and a transform, and for systems of neither kind.
    package init?(_ georeference: Georeference) {
        guard let crs = georeference.crs, let t = georeference.transform else { return nil }
        var rule: Rule?
        _ = unsafe Georeference.withSystem(crs, epoch: nil) { system in
            if unsafe OSRIsProjected(system) != 0 {
                let unit = unsafe OSRGetLinearUnits(system, nil)
                rule = .same(abs(t[1] * t[5] - t[2] * t[4]) * unit * unit)
                return true
            }
            guard unsafe OSRIsGeographic(system) != 0 else { return false }
            let a = unsafe OSRGetSemiMajor(system, nil)
            let b = unsafe OSRGetSemiMinor(system, nil)
            rule = .geographic(
                Ellipsoid(
                    a: a, e2: 1 - (b * b) / (a * a),
                    radian: unsafe OSRGetAngularUnits(system, nil)))
            return true
        }
        guard let rule else { return nil }
        self.rule = rule
        transform = t
    }

    /// The area in m² of each pixel; nil where it changes from row to row.
    package var everywhere: Double? {
        if case .same(let value) = rule, value.isFinite, value > 0 { value } else { nil }
    }

    /// The mean area in m² of the pixels of some rows of a raster `width` pixels wide; nil if that is
    /// no area.
    package func squareMetres(rows: Range<Int>, width: Int) -> Double? {
        guard !rows.isEmpty else { return nil }
        let area: Double
        switch rule {
        case .same(let value): area = value
        case .geographic(let ellipsoid):
            area = squareMetres(rows: rows, width: width, on: ellipsoid)
        }
        return area.isFinite && area > 0 ? area : nil
    }

    private func squareMetres(rows: Range<Int>, width: Int, on ellipsoid: Ellipsoid) -> Double {
        let (t, radian) = (transform, ellipsoid.radian)
        guard t[2] == 0 && t[4] == 0 else {
            let row = Double(rows.lowerBound + rows.upperBound) / 2
            let latitude = (t[3] + Double(width) / 2 * t[4] + row * t[5]) * radian
            let w2 = 1 - ellipsoid.e2 * sin(latitude) * sin(latitude)
            let metres = ellipsoid.a * ellipsoid.a * (1 - ellipsoid.e2) / (w2 * w2)
            return metres * cos(latitude) * abs(t[1] * t[5] - t[2] * t[4]) * radian * radian
        }
        let top = ellipsoid.zone(to: (t[3] + Double(rows.lowerBound) * t[5]) * radian)
        let bottom = ellipsoid.zone(to: (t[3] + Double(rows.upperBound) * t[5]) * radian)
        return abs(top - bottom) * abs(t[1]) * radian / Double(rows.count)
    }
}

extension PixelArea.Ellipsoid {
    /// The area from the equator to a latitude, for one radian of longitude.
    fileprivate func zone(to latitude: Double) -> Double {
        let s = sin(min(max(latitude, -.pi / 2), .pi / 2))
        guard e2 > 1e-12 else { return a * a * s }
        let e = e2.squareRoot()
        return a * a * (1 - e2) / 2 * (s / (1 - e2 * s * s) + atanh(e * s) / e)
    }
}
