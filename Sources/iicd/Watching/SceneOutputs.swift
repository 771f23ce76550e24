import IICDaemon
import IICInfer

/// What `iicd watch` makes of each scene: a map, and what goes with it, in folders.
struct SceneOutputs: Sendable {
    /// What is asked for, the map first.
    private let requests: [OutputRequest]
    private let network: Architecture

    /// - Parameter maps: the folder of the maps.
    init(maps: String, others: [OutputRequest], network: Architecture) {
        requests = [OutputRequest.map(maps)] + others
        self.network = network
    }

    /// The folder that a scene's output goes to: of a scene in a folder inside the watched one, one of
    /// that name. Without a slash at its end.
    private func folder(_ request: OutputRequest, of scene: FileName) -> String {
        let inner = String(
            pathBytes: scene.bytes[..<(scene.bytes.lastIndex(of: UInt8(ascii: "/")) ?? 0)])
        guard !inner.isEmpty else { return SegmentOutput.trimmed(request.target) }
        return SegmentOutput.path(of: inner, in: request.target)
    }

    /// The name, without its folder, of what a scene's outputs begin with.
    private static func stem(of scene: FileName) -> String {
        // Up to the map's “.tif”, and by bytes: a slash and an accent after it are one `Character`.
        let name = SceneNames.mapName(for: scene.text.pathName)
        return String(pathBytes: name.pathBytes.dropLast(4))
    }

    /// Makes the folders that the outputs of a scene go to.
    ///
    /// - Throws: ``UsageError`` for a scene with which another could share a file;
    ///   ``AtomicFileError``.
    func prepare(scene: FileName) throws {
        let stem = Self.stem(of: scene)
        try check(stem)
        for request in requests {
            let file = request.make("\(stem).\(request.ending)", network)
            let longest = file.files.map { FileName($0).bytes.count }.max() ?? 0
            guard longest <= 255 else {
                throw UsageError(
                    description:
                        "“\(scene)” cannot be mapped: with \(longest) bytes, the name of a "
                        + "file that is made of it would be longer than the 255 that there may be. "
                        + "Rename the scene.")
            }
        }
        for request in requests { try OutputFolder.make(folder(request, of: scene)) }
    }

    /// Removes what a worker that was killed has left of a scene's outputs.
    func removeLeftovers(scene: FileName) {
        let stem = Self.stem(of: scene)
        AtomicFile.removeLeftovers(
            of: requests.flatMap { request in
                let path = "\(folder(request, of: scene))/\(stem).\(request.ending)"
                let output = request.make(path, network)
                return output.files + output.companions
            })
    }

    /// Bytes of all outputs of a scene, of whatever version; nil if one is not there.
    func bytes(scene: FileName) -> Int? {
        let stem = Self.stem(of: scene)
        var bytes = 0
        for request in requests {
            let path = "\(folder(request, of: scene))/\(stem).\(request.ending)"
            for file in request.make(path, network).files {
                guard let stamp = try? FileStamp(file) else { return nil }
                bytes += stamp.size
            }
        }
        return bytes
    }

    /// The flags of `iicd segment` that send a scene's outputs there, a token each.
    func flags(scene: FileName) -> [String] {
        requests.map { request in
            let name = request.flag == "-o" ? "--output" : request.flag
            return "\(name)=\(folder(request, of: scene))/"
        }
    }

    /// The map of a scene “a.confidence.tif” would be called like the confidence of “a.tif”.
    ///
    /// It is refused whether there is another such scene or not, which may arrive at any time.
    private func check(_ stem: String) throws {
        for one in requests {
            for other in requests where other.ending.hasSuffix(".\(one.ending)") {
                let middle = other.ending.dropLast(one.ending.count)
                guard stem.hasSuffix(".\(middle.dropLast())"),
                    try Self.isSame(one.target, other.target)
                else { continue }
                throw UsageError(
                    description: "“\(stem).\(one.ending)” could be an output of two scenes, by "
                        + "\(one.flag) and by \(other.flag): rename the scene, or give each of the "
                        + "flags a folder of its own.")
            }
        }
    }

    /// Whether two names are one folder's.
    private static func isSame(_ one: String, _ other: String) throws(FileError) -> Bool {
        guard let first = try FileStamp(one), let second = try FileStamp(other) else {
            return false
        }
        return first.file == second.file
    }
}
