/// Whether a VRT file, which describes a raster that is made of others, can be one that is whole.
package enum VRTCheck {
    /// GDAL reads all of it at once; 100,000 parts fit.
    static let longest = 64 << 20

    /// Checks size and end; what it describes is not read.
    package static func check(
        _ path: String, calls: FileCalls = .system
    ) throws(VRTCheckError) {
        let size: Int
        let end: [UInt8]
        do throws(FileError) {
            let file = try InputFile(path, calls: calls)
            size = file.size
            end = try file.read(upTo: 1024, at: max(0, size - 1024))
        } catch {
            throw .unreadable(error)
        }
        guard size <= longest else { throw .tooLarge(path: path, size: size) }
        guard String(decoding: end, as: UTF8.self).contains("</VRTDataset>") else {
            throw .incomplete(path: path)
        }
    }

    /// Refuses a VRT file, whatever its name, that is too large to be read at once.
    static func checkSize(of file: borrowing InputFile) throws {
        // As GDAL tells one.
        let head = try file.read(upTo: 1024, at: 0)
        guard file.size > longest, head.firstRange(of: Array("<VRTDataset".utf8)) != nil else {
            return
        }
        throw VRTCheckError.tooLarge(path: file.path, size: file.size)
    }
}

/// Why a VRT file cannot be a scene.
package enum VRTCheckError: UserError, Equatable {
    case tooLarge(path: String, size: Int)
    case incomplete(path: String)
    case unreadable(FileError)

    package var exitStatus: ExitStatus {
        switch self {
        case .unreadable(let error): error.exitStatus
        case .tooLarge, .incomplete: .badInput
        }
    }

    package var description: String {
        switch self {
        case .tooLarge(let path, let size):
            """
            “\(path)” has \(size >> 20) MiB, and a VRT file of more than \(VRTCheck.longest >> 20) \
            MiB is not read: make several of it, or a GeoTIFF.
            """
        case .incomplete(let path):
            "“\(path)” is cut off, or no VRT file. Copy it again."
        case .unreadable(let error):
            error.description
        }
    }
}
