/// What the pixels of a ``CloudOptimisedFile`` are, and how they are stored.
enum CloudOptimisedFormat: Hashable, Sendable {
    /// One band of class numbers, 255 for no data. A pixel of an overview has the most frequent
    /// class of the four below it.
    case labels
    /// Bands of whole per cent, 255 for no data. Overviews are means.
    case percent(bands: Int)
    /// Bands of 32-bit floats, NaN for no data. Overviews are means.
    case floats(bands: Int)

    var bands: Int {
        switch self {
        case .labels: 1
        case .percent(let bands), .floats(let bands): bands
        }
    }

    var type: SampleType {
        switch self {
        case .labels, .percent: .uint8
        case .floats: .float32
        }
    }

    /// The value of all bands where there is no data.
    var nodata: Double {
        switch self {
        case .labels: Double(MapWriter.nodata)
        case .percent: Double(Percent.nodata)
        case .floats: .nan
        }
    }

    var pixelBytes: Int { bands * type.byteCount }

    /// Of the finished file's blocks, in pixels. All bands of a block lie together, and some blocks
    /// are in memory at a time: more than a MiB or so they should not be.
    private var side: Int {
        switch pixelBytes {
        case ...4: 512
        case ...16: 256
        default: 128
        }
    }

    /// Rows of the temporary's blocks, which have 512 columns. Of many bands, those that a row of
    /// pixels touches shall fit in GDAL's cache together.
    private var temporaryRows: Int {
        self == .labels ? 512 : 128 / type.byteCount
    }

    /// How the temporary is created.
    ///
    /// It is not compressed: blocks are written in parts, and a compressed one would move each time
    /// it grows, leaving a hole. Offsets have 64 bits at once: GDAL, asked to choose, does not count
    /// the overviews, with which a file of 3.5 GB passes 4 GiB.
    var temporaryOptions: [String] {
        let kind =
            self == .labels
            ? ["PHOTOMETRIC=PALETTE"]
            // ALPHA=NO: the last band is not opacity.
            : ["PHOTOMETRIC=MINISBLACK", "ALPHA=NO", "INTERLEAVE=BAND"]
        return kind + [
            "TILED=YES", "BLOCKXSIZE=512", "BLOCKYSIZE=\(temporaryRows)", "SPARSE_OK=TRUE",
            "BIGTIFF=YES",
        ]
    }

    /// How GDAL's COG driver copies it.
    ///
    /// Labels by LZW: it takes less time than DEFLATE; files of refined maps are a little smaller, and
    /// of smooth ones up to a quarter larger (docs/runs/lzw.txt).
    func copyOptions(threads: Int) -> [String] {
        let threads = min(threads, self == .labels ? 16 : Self.valueThreads)
        let compression =
            self == .labels
            ? ["COMPRESS=LZW"]
            : ["COMPRESS=DEFLATE", "LEVEL=6", "PREDICTOR=YES", "OVERVIEW_PREDICTOR=YES"]
        return compression + [
            "BLOCKSIZE=\(side)", "BIGTIFF=IF_SAFER", "OVERVIEWS=FORCE_USE_EXISTING",
            "NUM_THREADS=\(threads)",
        ]
    }

    /// Threads that compress blocks of many bytes, at most: each has a block of its own.
    private static let valueThreads = 4

    /// Bytes that finishing a file of values takes beside GDAL's cache: each compressing thread's
    /// block as it is and compressed, GDAL's own, and the parts that overviews are made of.
    var memoryBytes: Int {
        let block = side * side * pixelBytes
        return (2 * Self.valueThreads + 4) * block + 5 * 512 * 512 * type.byteCount
    }

    /// Bytes of disk that writing a file takes for a while: the temporary with its overviews, not
    /// compressed, which is `sure` where a scene has data everywhere, and at `most` a copy of it
    /// that does not get smaller.
    func diskBytes(width: Int, height: Int) -> (sure: Int, most: Int) {
        // Overviews add a quarter and a quarter of that and so on.
        let pixels = Double(width) * Double(height) * Double(pixelBytes) * 4 / 3
        return (Int(min(pixels, 1e18)), Int(min(2 * pixels, 1e18)))
    }
}
