internal import CGDAL

/// What `iicd inspect` tells of a scene.
public struct SceneSummary: Sendable {
    /// One band as the file describes it.
    public struct Band: Sendable {
        /// GDAL's name of the samples' type, such as `UInt16`.
        public var type: String
        /// What the colour interpretation tells; nil if that is nothing.
        public var role: BandRole?
        public var isAlpha: Bool
        public var description: String
        public var nodata: Double?
        public var unit: BandUnit
        public var overviews: Int
    }

    public var width: Int
    public var height: Int
    /// GDAL's name of the format, such as `GTiff`.
    public var format: String
    public var bands: [Band]
    public var blockSize: (width: Int, height: Int)
    /// Bytes of the largest block once decoded.
    public var largestBlockBytes: Int
    /// Such as `DEFLATE`; nil if the file is not compressed.
    public var compression: String?
    /// `PIXEL` or `BAND`.
    public var interleave: String?
    public var georeference: Georeference
    /// The name of the reference system.
    public var crsName: String?
    public var pixelSizeMetres: Double?
    /// What tells which pixels hold data.
    public var validity: SceneValidity
    /// What users should know of the file, as sentences.
    public var notes: [String]

    /// Opens a scene; nothing of its pixels is read.
    ///
    /// - Throws: ``RasterError`` or ``TIFFCheckError``.
    public init(path: String) throws {
        // The reader's checks are those of every use of a scene; one band passes all of them.
        let shown = try SceneItem(path: path)?.coloured ?? []
        let bands = shown.isEmpty ? [1] : shown
        let scene = try SceneReader(path: path, roles: bands.map { _ in .other }, bands: bands)
        let handle = unsafe scene.dataset.handle
        func structure(_ name: String) -> String? {
            unsafe GDALGetMetadataItem(handle, name, "IMAGE_STRUCTURE").map {
                unsafe String(cString: $0)
            }
        }
        validity =
            shown.isEmpty
            ? SceneValidity(dataset: scene.dataset, bands: scene.dataset.dataBands) : scene.validity
        notes = scene.notes
        width = scene.width
        height = scene.height
        blockSize = scene.blockSize
        largestBlockBytes = scene.largestBlockBytes
        compression = structure("COMPRESSION")
        interleave = structure("INTERLEAVE")
        georeference = scene.georeference
        pixelSizeMetres = georeference.pixelSizeMetres(width: width, height: height)
        format =
            unsafe GDALGetDatasetDriver(handle).map {
                unsafe String(cString: GDALGetDriverShortName($0))
            } ?? ""
        crsName = georeference.crsName
        self.bands = scene.dataset.bandSummaries.enumerated().map { index, band in
            let handle = unsafe GDALGetRasterBand(handle, Int32(index + 1))
            var known: Int32 = 0
            let nodata = unsafe GDALGetRasterNoDataValue(handle, &known)
            let type = unsafe GDALGetDataTypeName(GDALGetRasterDataType(handle))
            return Band(
                type: unsafe type.map { unsafe String(cString: $0) } ?? "",
                role: band.colour, isAlpha: band.isAlpha, description: band.description,
                nodata: known != 0 ? nodata : nil, unit: unsafe BandUnit(of: handle),
                overviews: Int(unsafe GDALGetOverviewCount(handle)))
        }
    }
}
