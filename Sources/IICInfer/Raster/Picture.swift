internal import CGDAL

/// Pixels of red, green, blue and opacity, transparent at first.
package struct Picture {
    let width: Int
    let height: Int
    private var bytes: [UInt8]

    package init(width: Int, height: Int) {
        self.width = width
        self.height = height
        bytes = [UInt8](repeating: 0, count: width * height * 4)
    }

    /// Makes one pixel opaque, of this red, green and blue.
    package mutating func set(_ pixel: Int, _ colour: [UInt8]) {
        for (index, part) in colour.prefix(3).enumerated() { bytes[pixel * 4 + index] = part }
        bytes[pixel * 4 + 3] = 255
    }

    /// The bytes of a PNG file.
    ///
    /// - Throws: what GDAL says if it cannot make one.
    package var png: [UInt8] { get throws { try png([]) } }

    /// The same in half the time, and somewhat larger: for a picture that is looked at once.
    package var quickPNG: [UInt8] { get throws { try png(["ZLEVEL=1"]) } }

    private func png(_ options: [String]) throws -> [UInt8] {
        let path = "/vsimem/iicd-\(UInt64.random(in: .min ... .max)).png"
        defer { _ = unsafe VSIUnlink(path) }
        try copy(to: path, options: options)
        var count: vsi_l_offset = 0
        guard let data = unsafe VSIGetMemFileBuffer(path, &count, 0) else {
            throw GDALError.last()
        }
        return unsafe Array(UnsafeBufferPointer(start: data, count: Int(count)))
    }

    /// Writes a PNG file.
    ///
    /// - Parameter metadata: items that the file is to carry.
    func copy(
        to path: String, metadata: [String: String] = [:], options: [String] = []
    ) throws(GDALError) {
        let memory = try GDALDataset(
            creating: "", driver: "MEM", width: width, height: height, bands: 4,
            type: GDT_Byte, options: [])
        let colours = [GCI_RedBand, GCI_GreenBand, GCI_BlueBand, GCI_AlphaBand]
        for (index, colour) in colours.enumerated() {
            unsafe GDALSetRasterColorInterpretation(
                GDALGetRasterBand(memory.handle, Int32(index + 1)), colour)
        }
        CPLErrorReset()
        let status = unsafe bytes.withUnsafeBytes { buffer in
            unsafe GDALDatasetRasterIOEx(
                memory.handle, GF_Write, 0, 0, Int32(width), Int32(height),
                UnsafeMutableRawPointer(mutating: buffer.baseAddress), Int32(width),
                Int32(height), GDT_Byte, 4, nil, 4, GSpacing(4 * width), 1, nil)
        }
        guard status == CE_None, let driver = unsafe GDALGetDriverByName("PNG") else {
            throw GDALError.last()
        }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            unsafe GDALSetMetadataItem(memory.handle, name, value, nil)
        }
        let copy = unsafe withStringList(["WRITE_METADATA_AS_TEXT=YES"] + options) { options in
            unsafe path.withCPath {
                unsafe GDALCreateCopy(driver, $0, memory.handle, 0, options, nil, nil)
            }
        }
        guard let copy = unsafe copy else { throw GDALError.last() }
        try unsafe GDALDataset(owning: copy).close()
    }
}
