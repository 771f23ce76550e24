/// How a map is cut into parts that are computed by processes of their own.
///
/// A part's rows are those of the whole: only what it reads beyond its sides is computed twice.
enum SceneParts {
    /// Pixels a side that no part falls below: at a cut a swath computes about 58 again.
    private static let least = 64

    /// Parts of nearly equal size that share no pixel and together are `bounds`: cut in two again and
    /// again, across the longer side.
    ///
    /// - Parameters:
    ///   - bounds: in the pixels of the scene's file.
    ///   - wholeRows: whether reading any part of a row costs all of it, so that cuts down the scene are
    ///     dearer.
    /// - Returns: one a part; nil for those of a scene that is too small for so many.
    static func windows(
        of bounds: PixelWindow, count: Int, geometry: Geometry, wholeRows: Bool
    ) -> [PixelWindow?] {
        guard count > 1 else { return [bounds] }
        let first = count / 2
        func halves(_ isDown: Bool) -> (PixelWindow, PixelWindow)? {
            let (start, length) = isDown ? (bounds.y, bounds.height) : (bounds.x, bounds.width)
            // Where swaths are cut as well: nothing more is computed twice than must be.
            let tile = SwathLayout.tile
            let place = start + length * first / count
            let cut =
                geometry == .paper ? (place + tile / 2) / tile * tile : SwathLayout.cut(place + 10)
            let least = geometry == .paper ? 1 : least
            guard cut - start >= least, start + length - cut >= least else { return nil }
            var (one, other) = (bounds, bounds)
            if isDown {
                (one.height, other.y, other.height) = (cut - start, cut, start + length - cut)
            } else {
                (one.width, other.x, other.width) = (cut - start, cut, start + length - cut)
            }
            return (one, other)
        }
        let isDown = bounds.height * (wholeRows ? 4 : 1) >= bounds.width
        guard let (one, other) = halves(isDown) ?? halves(!isDown) else {
            return [bounds] + [PixelWindow?](repeating: nil, count: count - 1)
        }
        return windows(of: one, count: first, geometry: geometry, wholeRows: wholeRows)
            + windows(of: other, count: count - first, geometry: geometry, wholeRows: wholeRows)
    }
}
