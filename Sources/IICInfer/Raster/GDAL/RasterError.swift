/// Why a scene cannot be read.
public enum RasterError: UserError, Equatable {
    case unreadable(FileError)
    /// One of GDAL's names (`/vsicurl/…`), which are no files.
    case notReadable(path: String, reason: String)
    /// A file on a server that was there, or a part of a VRT that lies on one.
    case serverFailed(path: String, reason: String)
    case notARaster(path: String, reason: String)
    case notLabels(path: String, reason: String)
    case unsupportedType(path: String, type: String)
    case bands(path: String, reason: String)
    /// The bands that the user named.
    case chosenBands(path: String, reason: String)
    case blockTooLarge(path: String, blockBytes: Int, leastMemory: Int)
    /// A scene's `.msk`.
    case mask(path: String, reason: String)
    case damagedWindow(path: String, window: PixelWindow, reason: String)

    public var exitStatus: ExitStatus {
        switch self {
        case .unreadable(let error): error.exitStatus
        case .notReadable: .noInput
        case .serverFailed: .tryAgain
        case .chosenBands: .usage
        default: .badInput
        }
    }

    public var description: String {
        switch self {
        case .unreadable(let error):
            error.description
        case .notReadable(let path, let reason):
            "Cannot open “\(path)”: \(reason)."
        case .serverFailed(let path, let reason):
            "Cannot read “\(path)” to its end: \(reason). Try again when its server answers."
        case .notARaster(let path, let reason):
            "“\(path)” is not a scene that can be read: \(reason)."
        case .notLabels(let path, let reason):
            "“\(path)” is no raster of class numbers: \(reason)."
        case .unsupportedType(let path, let type):
            """
            “\(path)” has samples of type \(type): uint8, uint16, int16 and float32 are supported; \
            convert it \(type == "int8" ? "to one of these" : "with gdal_translate -ot Float32").
            """
        case .bands(let path, let reason), .chosenBands(let path, let reason):
            "The bands of “\(path)” do not fit: \(reason)."
        case .blockTooLarge(let path, let blockBytes, let leastMemory):
            """
            “\(path)” is stored in blocks of \(blockBytes >> 20) MiB, which do not fit in the \
            memory limit: give --memory \((leastMemory + 1 << 20 - 1) >> 20)MiB or more.
            """
        case .mask(let path, let reason):
            """
            “\(path)” lies beside the scene as its mask and cannot be used (\(reason)): copy or write \
            it again, or remove it to read the scene without a mask.
            """
        case .damagedWindow(let path, let window, let reason):
            """
            “\(path)” is damaged: the \(window.width) × \(window.height) pixels from column \
            \(window.x), row \(window.y) cannot be read (\(reason)).
            """
        }
    }
}

extension RasterError {
    /// Why a window cannot be read: its file's fault, that of what the file lies on, or a part of a
    /// VRT that is not there.
    static func window(
        _ window: PixelWindow, of path: String, after error: GDALError
    ) -> RasterError {
        if RemoteFile.isRemote(scene: path) {
            // GDAL tells of what has not come as of a damaged file.
            return .serverFailed(path: path, reason: error.description)
        }
        return (error.fileError(path) ?? VRTParts.absent(of: path)).map { .unreadable($0) }
            ?? .damagedWindow(path: path, window: window, reason: error.description)
    }
}
