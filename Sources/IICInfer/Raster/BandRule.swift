internal import CGDAL

/// How one band's raw samples become physical values.
struct BandRule {
    let type: SampleType
    let scale: Float
    let offset: Float
    /// The raw value that means no data.
    let nodata: Float?
    /// Whether ``nodata`` in this band alone makes a pixel invalid: not for values that real data
    /// take too, where one dark or saturated band would tear a hole.
    let isAlone: Bool

    /// - Throws: ``RasterError/unsupportedType(path:type:)``.
    init(dataset: borrowing GDALDataset, band: Int, path: String) throws(RasterError) {
        let handle = unsafe GDALGetRasterBand(dataset.handle, Int32(band))
        let gdalType = unsafe GDALGetRasterDataType(handle)
        guard let type = SampleType(gdal: gdalType) else {
            let name = unsafe GDALGetDataTypeName(gdalType).map { unsafe String(cString: $0) }
            throw .unsupportedType(path: path, type: name?.lowercased() ?? "unknown")
        }
        // GDAL 3.6 has signed bytes as unsigned ones with a note beside them.
        if type == .uint8,
            unsafe GDALGetMetadataItem(handle, "PIXELTYPE", "IMAGE_STRUCTURE")
                .map({ unsafe String(cString: $0) }) == "SIGNEDBYTE"
        {
            throw .unsupportedType(path: path, type: "int8")
        }
        var has: Int32 = 0
        let nodata = unsafe GDALGetRasterNoDataValue(handle, &has)
        self.type = type
        self.nodata = has != 0 && nodata.isFinite ? Float(nodata) : nil
        isAlone = nodata != 0 && !(type == .uint8 && nodata == 255)
        let scale = unsafe GDALGetRasterScale(handle, &has)
        self.scale = has != 0 && Float(scale).isFinite && scale != 0 ? Float(scale) : 1
        let offset = unsafe GDALGetRasterOffset(handle, &has)
        self.offset = has != 0 && Float(offset).isFinite ? Float(offset) : 0
    }
}

extension GDALDataset {
    /// What the file tells of its bands.
    var bandSummaries: [BandMatching.Band] {
        (0..<bandCount).map { index in
            let band = unsafe GDALGetRasterBand(handle, Int32(index + 1))
            let colours = [GCI_RedBand: BandRole.red, GCI_GreenBand: .green, GCI_BlueBand: .blue]
            let colour = unsafe GDALGetRasterColorInterpretation(band)
            let text = unsafe GDALGetDescription(band).map { unsafe String(cString: $0) } ?? ""
            return BandMatching.Band(
                colour: colours[colour], isAlpha: colour == GCI_AlphaBand, description: text)
        }
    }

    /// The bands whose masks tell which pixels of `bands` are valid: one if all share it.
    ///
    /// Nodata values are not among them: those are compared with the samples themselves. An alpha
    /// band that is read as data is no mask.
    func maskBands(for bands: [Int]) -> [Int] {
        let alpha = (1...bandCount).first { band in
            unsafe GDALGetRasterColorInterpretation(GDALGetRasterBand(handle, Int32(band)))
                == GCI_AlphaBand
        }
        var result: [Int] = []
        for band in bands {
            let flags = unsafe GDALGetMaskFlags(GDALGetRasterBand(handle, Int32(band)))
            if flags & (GMF_ALL_VALID | GMF_NODATA) != 0 { continue }
            if flags & GMF_ALPHA != 0, let alpha, bands.contains(alpha) { continue }
            result.append(band)
            if flags & GMF_PER_DATASET != 0 { break }
        }
        return result
    }

    func blockSize(band: Int) -> (width: Int, height: Int) {
        var width: Int32 = 0
        var height: Int32 = 0
        unsafe GDALGetBlockSize(GDALGetRasterBand(handle, Int32(band)), &width, &height)
        return (Int(width), Int(height))
    }

    /// Bytes of the largest decoded block, in this file and in those that a VRT is made of.
    var largestBlockBytes: Int {
        var largest = 0
        let interleave = unsafe GDALGetMetadataItem(handle, "INTERLEAVE", "IMAGE_STRUCTURE")
            .map { unsafe String(cString: $0) }
        for band in 1...max(1, bandCount) {
            let size = blockSize(band: band)
            let type = unsafe GDALGetRasterDataType(GDALGetRasterBand(handle, Int32(band)))
            let together = interleave == "PIXEL" ? bandCount : 1
            let bytes = [size.height, Int(GDALGetDataTypeSizeBytes(type)), together].reduce(
                size.width
            ) { product, factor in
                let (result, overflow) = product.multipliedReportingOverflow(by: factor)
                return overflow ? Int.max : result
            }
            largest = max(largest, bytes)
        }
        guard isVRT else { return largest }
        for file in ownFiles.dropFirst() {
            if let part = try? GDALDataset(reading: file) {
                let isVRT = file.lowercased().hasSuffix(".vrt")  // Its own parts are in the list.
                if !isVRT { largest = max(largest, part.largestBlockBytes) }
            }
        }
        return largest
    }
}
