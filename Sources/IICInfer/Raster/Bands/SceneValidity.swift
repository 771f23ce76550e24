internal import CGDAL

/// What tells which of a scene's pixels hold data.
///
/// GDAL's own order decides where a file says several things: a mask hides nodata values, and so does
/// `NODATA_VALUES`, one value a band that must be met in all of them. Opacity counts beside whichever
/// it is; GDAL itself sees it in scenes of two and four bands only.
public struct SceneValidity: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case none, nodata
        /// GDAL's metadata item `NODATA_VALUES`.
        case nodataValues
        /// A mask band, in the file or in a `.msk` beside it.
        case mask
    }

    public let kind: Kind
    /// The bands that hold opacity, from 1; 0 there is no data.
    public let alpha: [Int]
    /// Whether the bands have nodata values that do not count, because something else tells.
    public let hidesNodata: Bool
    /// The bands whose masks are read: one if all share it.
    let masked: [Int]

    /// - Parameter bands: that are read as data; a band of opacity among them is no mask.
    init(dataset: borrowing GDALDataset, bands: [Int]) {
        var masked: [Int] = []
        var kind = Kind.none
        var hasNodata = false
        for number in bands {
            let band = unsafe GDALGetRasterBand(dataset.handle, Int32(number))
            var has: Int32 = 0
            _ = unsafe GDALGetRasterNoDataValue(band, &has)
            if has != 0 { hasNodata = true }
            let flags = unsafe GDALGetMaskFlags(band)
            // Opacity is read from its own band below.
            if flags & (GMF_ALL_VALID | GMF_ALPHA) != 0 { continue }
            if flags & GMF_NODATA != 0 && flags & GMF_PER_DATASET == 0 {
                if kind == .none { kind = .nodata }
                continue
            }
            kind = flags & GMF_NODATA != 0 ? .nodataValues : .mask
            masked.append(number)
            if flags & GMF_PER_DATASET != 0 { break }
        }
        var alpha: [Int] = []
        for number in 1...max(1, dataset.bandCount) where !bands.contains(number) {
            let band = unsafe GDALGetRasterBand(dataset.handle, Int32(number))
            if unsafe GDALGetRasterColorInterpretation(band) == GCI_AlphaBand {
                alpha.append(number)
            }
        }
        self.kind = kind
        self.masked = masked
        self.alpha = alpha
        hidesNodata = !masked.isEmpty && hasNodata
    }
}
