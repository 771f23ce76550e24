internal import CGDAL

/// The reference system by its name and meaning, whatever its text.
extension Georeference {
    /// Its name, and its number if it has one: `WGS 84 / UTM zone 33N (EPSG:32633)`; nil without a
    /// system.
    public var crsName: String? {
        crs.flatMap { text in
            var name: String?
            _ = unsafe Georeference.withSystem(text, epoch: nil) { system in
                name = unsafe OSRGetName(system).map { unsafe String(cString: $0) }
                return true
            }
            return name.map { name in name + (crsCode.map { " (\($0))" } ?? "") }
        }
    }

    /// Its authority and number, which programs take for it: `EPSG:32633`; nil without these.
    public var crsCode: String? {
        crs.flatMap { text in
            var code: String?
            _ = unsafe Georeference.withSystem(text, epoch: nil) { system in
                guard let authority = unsafe OSRGetAuthorityName(system, nil),
                    let number = unsafe OSRGetAuthorityCode(system, nil)
                else { return false }
                code = unsafe "\(String(cString: authority)):\(String(cString: number))"
                return true
            }
            return code
        }
    }

    /// Whether coordinates of both mean the same place on the ground; heights, and the years of
    /// dynamic systems, are not looked at.
    ///
    /// - Returns: false if one of them has no system.
    package func hasSystem(of other: Georeference) -> Bool {
        guard let first = crs, let second = other.crs else { return false }
        guard first != second else { return true }
        return unsafe Georeference.withSystem(first, epoch: nil) { one in
            unsafe Georeference.withSystem(second, epoch: nil) { two in
                unsafe Georeference.leaveOutHeights(one)
                unsafe Georeference.leaveOutHeights(two)
                return unsafe OSRIsSame(one, two) != 0
            }
        }
    }

    /// The same places in another system's coordinates; nil if GDAL knows no way, and not finite for
    /// places that have none there.
    package func coordinates(
        _ points: [(x: Double, y: Double)], in other: Georeference
    ) -> [(x: Double, y: Double)]? {
        guard let crs, let target = other.crs,
            let transformation = CoordinateTransformation(from: crs, to: target)
        else { return nil }
        return transformation.transform(points.map { AreaOfInterest.Point(x: $0.x, y: $0.y) })
            .map { ($0.x, $0.y) }
    }

    private static func leaveOutHeights(_ system: OGRSpatialReferenceH) {
        unsafe OSRStripVertical(system)
        unsafe OSRDemoteTo2D(system, nil)
    }
}
