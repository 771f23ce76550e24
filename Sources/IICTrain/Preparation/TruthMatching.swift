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
        var found: [[(truth: String, length: Int)]] = Array(repeating: [], count: scenes.count)
        for (path, names) in zip(truths, possibleNames(of: truths)) {
            guard let name = names.first(where: { holders[$0] != nil }),
                let holding = holders[name]
            else { continue }
            guard holding.count == 1 else {
                throw .ambiguous(scenes[holding[1]], scenes[holding[0]])
            }
            found[holding[0]].append((path, name.bytes.count))
        }
        var chosen: [String?] = []
        for candidates in found {
            let longest = candidates.map(\.length).max()
            let best = candidates.filter { $0.length == longest }.map(\.truth)
            if best.count > 1 { throw .ambiguous(best[0], best[1]) }
            chosen.append(best.first)
        }
        let used = Set(chosen.compactMap { $0.map { FileName($0) } })
        guard truths.isEmpty || !used.isEmpty else { throw .noTruth(truths: truths[0]) }
        return (chosen, truths.filter { !used.contains(FileName($0)) })
    }

    /// What each file may be called, the longest name first: that without ending, that without the last
    /// word that more than half of the files end in, and those without further ones that all end in: of `…_2_10_label` and `…_2_11_label`,
    /// `…_2_10` and `…_2_11`. A word with a digit is a number, and stays.
    private static func possibleNames(of paths: [String]) -> [[FileName]] {
        var stems = paths.map { FileName(stem($0)).bytes }
        var names = stems.map { [FileName(bytes: $0)] }
        // That of most is a kind of file; a word that only some share further on may be a place.
        var needed = paths.count / 2 + 1
        while true {
            let words = stems.map(lastWord)
            var counts: [[UInt8]: Int] = [:]
            for word in words { if let word { counts[word, default: 0] += 1 } }
            guard let ending = counts.first(where: { $0.value >= needed })?.key else {
                return names
            }
            for index in stems.indices where words[index] == ending {
                stems[index].removeLast(ending.count)
                names[index].append(FileName(bytes: stems[index]))
            }
            needed = paths.count
        }
    }

    /// The last word with the underscore before it; nil if it has a digit or is the whole name.
    private static func lastWord(of stem: [UInt8]) -> [UInt8]? {
        guard let cut = stem.lastIndex(of: UInt8(ascii: "_")), cut > 0 else { return nil }
        let word = Array(stem[cut...])
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return word.contains(where: digits.contains) ? nil : word
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
