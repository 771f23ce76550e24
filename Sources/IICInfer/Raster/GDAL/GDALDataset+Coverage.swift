internal import CGDAL

extension GDALDataset {
    /// Whether the file, or the parts of a VRT, hold nothing of some bands in a window; false where
    /// the format does not tell.
    ///
    /// - Precondition: the window lies in the raster.
    func holdsNothing(of bands: [Int], in window: PixelWindow) -> Bool {
        bands.allSatisfy { band in
            // The first block that is there ends the search.
            let status = unsafe GDALGetDataCoverageStatus(
                GDALGetRasterBand(handle, Int32(band)), Int32(window.x), Int32(window.y),
                Int32(window.width), Int32(window.height), GDAL_DATA_COVERAGE_STATUS_DATA, nil)
            return status == GDAL_DATA_COVERAGE_STATUS_EMPTY
        }
    }

    /// The share of a band's pixels that the file, or the parts of a VRT, hold; nil where the format
    /// does not tell.
    func heldShare(of band: Int) -> Double? {
        var percent = 0.0
        let status = unsafe GDALGetDataCoverageStatus(
            GDALGetRasterBand(handle, Int32(band)), 0, 0, Int32(width), Int32(height), 0, &percent)
        guard status & GDAL_DATA_COVERAGE_STATUS_UNIMPLEMENTED == 0 else { return nil }
        return percent / 100
    }

    /// A block that the file does not hold; nil if there is none.
    func missingBlock(of band: Int) -> PixelWindow? {
        let size = blockSize(band: band)
        func window(x: Int, y: Int, width: Int) -> PixelWindow {
            PixelWindow(x: x, y: y, width: width, height: size.height)
                .clipped(toWidth: self.width, height: height)
        }
        for y in stride(from: 0, to: height, by: size.height) {
            let row = window(x: 0, y: y, width: width)
            let status = unsafe GDALGetDataCoverageStatus(
                GDALGetRasterBand(handle, Int32(band)), 0, Int32(y), Int32(row.width),
                Int32(row.height), GDAL_DATA_COVERAGE_STATUS_EMPTY, nil)
            guard status & GDAL_DATA_COVERAGE_STATUS_EMPTY != 0 else { continue }
            for x in stride(from: 0, to: width, by: size.width) {
                let block = window(x: x, y: y, width: size.width)
                if holdsNothing(of: [band], in: block) { return block }
            }
        }
        return nil
    }

    var isTIFF: Bool {
        guard let driver = unsafe GDALGetDatasetDriver(handle) else { return false }
        return unsafe String(cString: GDALGetDriverShortName(driver)) == "GTiff"
    }
}
