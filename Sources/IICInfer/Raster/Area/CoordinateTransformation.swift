internal import CGDAL

/// Brings places from one reference system to another; one thread at a time.
@safe package final class CoordinateTransformation {
    private let handle: OGRCoordinateTransformationH

    /// Both as WKT; x is easting or longitude in them. Nil if GDAL knows no way.
    package init?(from source: String, to target: String) {
        GDAL.start
        var handle: OGRCoordinateTransformationH?
        _ = unsafe Georeference.withSystem(source, epoch: nil) { source in
            unsafe Georeference.withSystem(target, epoch: nil) { target in
                unsafe handle = OCTNewCoordinateTransformation(source, target)
                return true
            }
        }
        guard let handle = unsafe handle else { return nil }
        unsafe self.handle = handle
    }

    deinit { unsafe OCTDestroyCoordinateTransformation(handle) }

    /// The same places in the other system; not finite for those that have none there.
    package func transform(_ points: [AreaOfInterest.Point]) -> [AreaOfInterest.Point] {
        guard !points.isEmpty else { return [] }
        var xs = points.map(\.x)
        var ys = points.map(\.y)
        _ = unsafe OCTTransform(handle, Int32(points.count), &xs, &ys, nil)
        return zip(xs, ys).map { AreaOfInterest.Point(x: $0, y: $1) }
    }
}
