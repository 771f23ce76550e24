internal import CGDAL

/// Which files a VRT may name that anyone may have written: rasters inside one folder, by names
/// relative to its own place.
package enum VRTTrust {
    /// The files that a VRT is made of, those of VRTs inside it too, whether they are there or not.
    ///
    /// - Parameter folder: what no part may lie outside of.
    /// - Throws: ``VRTTrustError`` for a VRT that is refused; ``FileError``.
    package static func parts(of path: String, inside folder: String) throws -> [String] {
        var files = [path]
        var known: Set = [FileName(path)]
        var next = 0
        while next < files.count {
            if let text = try description(files[next]) {
                for part in try parts(named: text, in: files[next], inside: folder)
                where known.insert(FileName(part)).inserted { files.append(part) }
            }
            next += 1
        }
        return Array(files.dropFirst())
    }

    /// The elements of a file that GDAL would read as a VRT, whatever its name; nil for other rasters,
    /// and for what is not there or was not written yet.
    private static func description(_ path: String) throws -> [Node]? {
        guard try FileStamp(path) != nil else { return nil }
        let file = try InputFile(path)
        if try TIFFCheck.byteOrder(of: file) != nil || JP2Check.isJP2(file) { return nil }
        let head = try file.read(upTo: 1024, at: 0)
        // What was not written yet is for the check of its structure.
        guard file.size >= 12, head.prefix(12).contains(where: { $0 != 0 }) else { return nil }
        guard head.firstRange(of: Array("<VRTDataset".utf8)) != nil else {
            guard !FileName(path).hasEnding(".vrt") else {
                throw VRTCheckError.incomplete(path: path)
            }
            throw VRTTrustError(
                path: path, reason: "it is neither GeoTIFF nor JPEG 2000, nor a VRT")
        }
        try VRTCheck.check(path)
        return try nodes(of: path)
    }

    private struct Node {
        var name: String
        var value: String
        var isRelative: Bool
        var subclass: String
    }

    private static func nodes(of path: String) throws -> [Node] {
        GDAL.start
        guard let root = unsafe path.withCPath({ unsafe CPLParseXMLFile($0) }) else {
            throw VRTTrustError(path: path, reason: "its text is not XML as GDAL reads it")
        }
        defer { unsafe CPLDestroyXMLNode(root) }
        var found: [Node] = []
        var nodes = unsafe [root]
        while let node = unsafe nodes.popLast() {
            if let next = unsafe node.pointee.psNext { unsafe nodes.append(next) }
            if let child = unsafe node.pointee.psChild { unsafe nodes.append(child) }
            guard unsafe node.pointee.eType == CXT_Element else { continue }
            found.append(
                Node(
                    name: unsafe String(cString: node.pointee.pszValue),
                    value: unsafe String(cPath: CPLGetXMLValue(node, "", "")),
                    isRelative: unsafe String(cString: CPLGetXMLValue(node, "relativeToVRT", "0"))
                        == "1",
                    subclass: unsafe String(cPath: CPLGetXMLValue(node, "subClass", ""))))
        }
        return found
    }

    private static func parts(
        named nodes: [Node], in path: String, inside folder: String
    ) throws -> [String] {
        guard let base = PathCalls.resolved(folder), let place = PathCalls.resolved(path) else {
            throw FileError(path: path, reason: .ended)
        }
        var parts: [String] = []
        for node in nodes {
            // Bands of raw bytes, warps and the like name files in ways of their own.
            guard ["", "VRTSourcedRasterBand"].contains(node.subclass) else {
                throw VRTTrustError(
                    path: path, reason: "it has a part of the kind “\(node.subclass.shown)”")
            }
            // GDAL does not mind the case of names.
            guard ["sourcefilename", "sourcedataset"].contains(node.name.lowercased()) else {
                continue
            }
            parts.append(try part(node, in: path, place: place, base: base))
        }
        return parts
    }

    private static func part(
        _ node: Node, in path: String, place: String, base: String
    ) throws -> String {
        let name = node.value
        func refusal(_ reason: String) -> VRTTrustError {
            VRTTrustError(path: path, reason: "it names “\(name.shown)”, \(reason)")
        }
        guard !name.isEmpty else { throw refusal("which is no name") }
        guard node.isRelative, name.utf8.first != UInt8(ascii: "/") else {
            throw refusal("which is not relative to its own place (relativeToVRT=\"1\")")
        }
        guard !name.utf8.contains(where: { [UInt8(ascii: ":"), UInt8(ascii: "<")].contains($0) })
        else { throw refusal("which GDAL may take for more than a file's name") }
        var steps: [Substring.UTF8View.SubSequence] = []
        let whole = AtomicFile.folder(of: place) + "/" + name
        for step in Substring(whole).utf8.split(separator: UInt8(ascii: "/")) {
            if step.elementsEqual(".".utf8) { continue }
            if step.elementsEqual("..".utf8) {
                _ = steps.popLast()
            } else {
                steps.append(step)
            }
        }
        let part = steps.reduce(into: "") { $0 += "/" + String(Substring($1)) }
        guard PathCalls.isInside(part, base) else {
            throw refusal("which lies outside the watched folder")
        }
        // Links may lead elsewhere.
        if let real = PathCalls.resolved(whole), !PathCalls.isInside(real, base) {
            throw refusal("a link that leads out of the watched folder")
        }
        return whole
    }
}

/// Why a VRT is not opened.
package struct VRTTrustError: UserError, Equatable {
    package let path: String
    /// As the end of a sentence.
    package let reason: String

    package var exitStatus: ExitStatus { .badInput }

    package var description: String {
        "“\(path)” is refused: \(reason). A VRT here may name nothing but GeoTIFF, JPEG 2000 and "
            + "such VRT files inside the watched folder."
    }
}
