import IICInfer

/// Which truth belongs to which scene, by their names.
enum TruthMatching {
    /// The longest name that a truth and a scene share decides: where “x” and “x_east” are scenes,
    /// “x_east_label” is no “x”.
    ///
    /// - Returns: the truth of each scene, nil where none has its name, and the truths that are left.
    /// - Throws: ``PreparationError`` if a scene has two, or none has any although some are given.
    static func match(
        scenes: [String], truths: [String]
    ) throws(PreparationError) -> (truths: [String?], unused: [String]) {
        if scenes.count == 1, truths.count == 1 { return ([truths[0]], []) }
        var holders: [FileName: [Int]] = [:]
        for (scene, names) in possibleNames(of: scenes).enumerated() {
            for name in names { holders[name, default: []].append(scene) }
        }
        var found: [(truth: String, length: Int)?] = Array(repeating: nil, count: scenes.count)
        for (path, names) in zip(truths, possibleNames(of: truths)) {
            guard let name = names.first(where: { holders[$0] != nil }),
                let holding = holders[name]
            else { continue }
            guard holding.count == 1 else {
                throw .ambiguous(scenes[holding[1]], scenes[holding[0]])
            }
            let (scene, length) = (holding[0], name.bytes.count)
            if let other = found[scene] {
                if other.length == length { throw .ambiguous(other.truth, path) }
                if other.length > length { continue }
            }
            found[scene] = (path, length)
        }
        let used = Set(found.compactMap { match in match.map { FileName($0.truth) } })
        guard truths.isEmpty || !used.isEmpty else { throw .noTruth(truths: truths[0]) }
        return (found.map { $0?.truth }, truths.filter { !used.contains(FileName($0)) })
    }

    /// What each file may be called, the longest name first: that without ending, and those without one,
    /// two, … of the last words that all of them end in: of `…_2_10_label` and `…_2_11_label`, `…_2_10`
    /// and `…_2_11`. A word with a digit is a number, and stays.
    private static func possibleNames(of paths: [String]) -> [[FileName]] {
        var stems = paths.map { FileName(stem($0)).bytes }
        var names = stems.map { [FileName(bytes: $0)] }
        let underscore = UInt8(ascii: "_")
        while let first = stems.first, let cut = first.lastIndex(of: underscore) {
            let ending = first[cut...]
            let isWord = !ending.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard isWord, stems.allSatisfy({ $0.count > ending.count && $0.ends(with: ending) })
            else { break }
            stems = stems.map { Array($0.dropLast(ending.count)) }
            for (index, stem) in stems.enumerated() { names[index].append(FileName(bytes: stem)) }
        }
        return names
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
