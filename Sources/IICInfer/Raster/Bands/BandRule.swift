internal import CGDAL

/// How one band's raw samples become physical values.
struct BandRule {
    let type: SampleType
    /// What samples are multiplied by and moved by; at first what the file says.
    var unit: BandUnit
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
        unit = unsafe BandUnit(of: handle)
    }

    /// Whether a sample is the nodata value.
    ///
    /// For float32, as GDAL compares: texts of the value (“-3.40282e+38”) are rounded.
    func isNodata(_ value: Float) -> Bool {
        guard let nodata else { return false }
        if value == nodata { return true }
        guard type == .float32 else { return false }
        return abs(value - nodata) < .ulpOfOne * abs(value + nodata) * 2
    }
}

/// What a band's samples are in physical units: sample · ``scale`` + ``offset``.
public struct BandUnit: Codable, Hashable, Sendable, CustomStringConvertible {
    public var scale: Float
    public var offset: Float

    public init(scale: Float, offset: Float) {
        self.scale = scale
        self.offset = offset
    }

    /// As an object of a sentence.
    public var description: String {
        self == .plain ? "no scale or offset" : "scale \(scale) and offset \(offset)"
    }

    /// Samples as they lie.
    public static let plain = BandUnit(scale: 1, offset: 0)

    /// What a file says; numbers that make no sense say nothing.
    init(of band: GDALRasterBandH?) {
        var has: Int32 = 0
        let scale = unsafe GDALGetRasterScale(band, &has)
        self.scale = has != 0 && Float(scale).isFinite && Float(scale) != 0 ? Float(scale) : 1
        let offset = unsafe GDALGetRasterOffset(band, &has)
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
            let items = unsafe GDALDataset.items(of: band)
            return BandMatching.Band(
                colour: colours[colour], isAlpha: colour == GCI_AlphaBand, description: text,
                commonName: items["eo:common_name"] ?? items["common_name"] ?? items["bandname"],
                nanometres: GDALDataset.wavelength(in: items))
        }
    }

    /// All bands but those of opacity, from 1; the first one of a file that has none else.
    var dataBands: [Int] {
        let bands = bandSummaries.indices.filter { !bandSummaries[$0].isAlpha }.map { $0 + 1 }
        return bands.isEmpty ? [1] : bands
    }

    /// What a user should know of `NODATA_VALUES` that are not one number a band: GDAL passes over them,
    /// or takes words for 0.
    func nodataNote(_ path: String) -> String? {
        guard let text = unsafe GDALDataset.items(of: handle, domains: [nil])["nodata_values"]
        else { return nil }
        let words = text.split(separator: " ")
        let isPlain = words.count == bandCount && words.allSatisfy { Double($0) != nil }
        return isPlain
            ? nil
            : """
            The NODATA_VALUES of “\(path)” (“\(text)”) are not one number for each of its \(bandCount) \
            bands: GDAL does not read them as they are meant.
            """
    }

    /// The sensor that the file's metadata name, if it is one whose band numbers are known.
    var sensor: SensorBands? {
        let items = unsafe GDALDataset.items(of: handle)
        return SensorBands(named: items.filter { SensorBands.items.contains($0.key) }.map(\.value))
    }

    /// The further pages of a TIFF file, as GDAL names and describes them; empty for one of a page.
    var pages: [(name: String, description: String)] {
        let items = unsafe GDALDataset.items(of: handle, domains: ["SUBDATASETS"])
        return (1...max(1, items.count)).compactMap { number in
            guard let name = items["subdataset_\(number)_name"] else { return nil }
            return (name, items["subdataset_\(number)_desc"] ?? "")
        }
    }

    /// Metadata items by their names in lower case.
    private static func items(
        of object: GDALMajorObjectH?, domains: [String?] = [nil, "IMAGERY"]
    ) -> [String: String] {
        var items: [String: String] = [:]
        for domain in domains {
            var entry = unsafe GDALGetMetadata(object, domain)
            while let text = unsafe entry?.pointee {
                let pair = unsafe String(cString: text).split(
                    separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                if pair.count == 2 { items[pair[0].lowercased()] = String(pair[1]) }
                unsafe entry = entry?.advanced(by: 1)
            }
        }
        return items
    }

    /// A central wavelength in nm, as GDAL (`CENTRAL_WAVELENGTH_UM`), ENVI files (`wavelength`) and
    /// STAC (`eo:center_wavelength`, in µm) give it.
    private static func wavelength(in items: [String: String]) -> Double? {
        for name in ["central_wavelength_um", "eo:center_wavelength", "center_wavelength"] {
            if let value = items[name].flatMap({ Double($0) }), value > 0 { return value * 1000 }
        }
        guard let value = items["wavelength"] else { return nil }
        var unit = items["wavelength_units"] ?? items["wavelength_unit"] ?? ""
        if ["", "unknown"].contains(unit.lowercased()), let number = Double(value) {
            // No light of a picture can be meant in the other unit.
            unit = number > 100 ? "nm" : number < 20 ? "µm" : ""
        }
        return BandName.wavelength(in: "\(value) \(unit)")
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
