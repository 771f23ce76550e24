import IICInfer

/// Which truth belongs to which scene, by their names.
enum TruthMatching {
    /// - Returns: the truth of each scene, nil where none has its name, and the truths that are left.
    /// - Throws: ``PreparationError`` if a scene has two, or none has any although some are given.
    static func match(
        scenes: [String], truths: [String]
    ) throws(PreparationError) -> (truths: [String?], unused: [String]) {
        if scenes.count == 1, truths.count == 1 { return ([truths[0]], []) }
        var byName: [FileName: String] = [:]
        for (path, name) in zip(truths, names(of: truths)) {
            if let other = byName.updateValue(path, forKey: name) {
                throw .ambiguous(other, path)
            }
        }
        var unused = byName
        var found: [String?] = []
        // A scene's whole name comes first: where “a” and “a_2” are scenes, “a_2” is no “a”.
        for (path, short) in zip(scenes, names(of: scenes)) {
            let name = [FileName(stem(path)), short].first { byName[$0] != nil }
            if let name, unused.removeValue(forKey: name) == nil {
                throw .ambiguous(path, scenes[found.firstIndex(of: byName[name]) ?? 0])
            }
            found.append(name.flatMap { byName[$0] })
        }
        guard truths.isEmpty || found.contains(where: { $0 != nil }) else {
            throw .noTruth(truths: truths[0])
        }
        return (
            found,
            truths.filter { path in unused.values.contains { FileName($0) == FileName(path) } }
        )
    }

    /// Names without ending, and without the words that all of them end in: of `…_2_10_label` and
    /// `…_2_11_label`, `…_2_10` and `…_2_11`. A word with a digit is a number, and stays.
    static func names(of paths: [String]) -> [FileName] {
        var stems = paths.map { FileName(stem($0)).bytes }
        let underscore = UInt8(ascii: "_")
        while let first = stems.first, let cut = first.lastIndex(of: underscore) {
            let ending = first[cut...]
            let isWord = !ending.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isWord, stems.allSatisfy({ $0.count > ending.count && $0.ends(with: ending) })
            else { break }
            stems = stems.map { Array($0.dropLast(ending.count)) }
        }
        return stems.map { FileName(bytes: $0) }
    }

    /// A file's name without its ending.
    static func stem(_ path: String) -> String {
        let bytes = FileName(path.pathName).bytes
        guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > 0 else {
            return path.pathName
        }
        return String(pathBytes: bytes[..<dot])
    }
}

extension Array where Element == UInt8 {
    fileprivate func ends(with ending: ArraySlice<UInt8>) -> Bool { suffix(ending.count) == ending }
}
