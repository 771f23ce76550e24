/// Why a scene cannot be read.
public enum RasterError: UserError, Equatable {
    case noSuchFile(path: String)
    case notReadable(path: String, reason: String)
    case isFolder(path: String)
    case notARaster(path: String, reason: String)
    case notLabels(path: String, reason: String)
    case unsupportedType(path: String, type: String)
    case bands(path: String, reason: String)
    /// The bands that the user named.
    case chosenBands(path: String, reason: String)
    case blockTooLarge(path: String, blockBytes: Int, leastMemory: Int)
    case damagedWindow(path: String, window: PixelWindow, reason: String)

    public var exitStatus: ExitStatus {
        switch self {
        case .noSuchFile, .notReadable, .isFolder: .noInput
        case .chosenBands: .usage
        default: .badInput
        }
    }

    public var description: String {
        switch self {
        case .noSuchFile(let path):
            "There is no file “\(path)”."
        case .notReadable(let path, let reason):
            "Cannot open “\(path)”: \(reason)."
        case .isFolder(let path):
            "“\(path)” is a folder: name the scene's file in it."
        case .notARaster(let path, let reason):
            "“\(path)” is not a scene that can be read: \(reason)."
        case .notLabels(let path, let reason):
            "“\(path)” is no raster of class numbers: \(reason)."
        case .unsupportedType(let path, let type):
            """
            “\(path)” has samples of type \(type): uint8, uint16, int16 and float32 are supported; \
            convert it with gdal_translate -ot.
            """
        case .bands(let path, let reason), .chosenBands(let path, let reason):
            "The bands of “\(path)” do not fit: \(reason)."
        case .blockTooLarge(let path, let blockBytes, let leastMemory):
            """
            “\(path)” is stored in blocks of \(blockBytes >> 20) MiB, which do not fit in the \
            memory limit: give --memory \((leastMemory + 1 << 20 - 1) >> 20)MiB or more.
            """
        case .damagedWindow(let path, let window, let reason):
            """
            “\(path)” is damaged: the \(window.width) × \(window.height) pixels from column \
            \(window.x), row \(window.y) cannot be read (\(reason)).
            """
        }
    }
}
