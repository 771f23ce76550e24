import Foundation
public import IICInfer

/// A dataset folder in the layout of the IIC authors' Potsdam set: `imgs/N.mat`, truth in
/// `gt/N.mat` where there is any, and text files that list tiles for each purpose.
public struct MatFolder: Sendable {
    /// One tile of the folder; its pixels stay on the disk.
    public struct Tile: Sendable, Hashable {
        /// The name without `.mat`.
        public let name: String
        public let imagePath: String
        /// Nil where the folder has no truth for it.
        public let truthPath: String?
    }

    public let path: String
    /// In natural order: 2 before 10.
    public let tiles: [Tile]
    /// Names of the split lists, without `.txt`, in order.
    public let splits: [String]
    private let splitFolder: String

    /// Lists the tiles of a folder.
    ///
    /// - Throws: ``MatFolderError`` if it is no such folder or has no tiles.
    public init(path: String) throws(MatFolderError) {
        guard let all = try Self.names(in: path) else { throw .missing(path) }
        guard let images = try Self.matFiles(in: "\(path)/imgs") else { throw .noImages(path) }
        guard !images.isEmpty else { throw .noTiles(path) }
        let truth = Dictionary(
            uniqueKeysWithValues: try (Self.matFiles(in: "\(path)/gt") ?? []).map {
                (FileName($0.stem), $0.path)
            })
        tiles = images.sorted { Self.comesBefore($0.stem, $1.stem) }.map { stem, image in
            Tile(name: stem, imagePath: image, truthPath: truth[FileName(stem)])
        }
        splits = all.compactMap(\.text).filter { $0.hasSuffix(".txt") && !$0.hasPrefix(".") }
            .map { String($0.dropLast(4)) }.sorted()
        splitFolder = path
        self.path = path
    }

    /// Whether any tile has truth.
    public var hasTruth: Bool { tiles.contains { $0.truthPath != nil } }

    /// The tiles that `NAME.txt` lists, one name a line, in the list's order.
    ///
    /// - Throws: ``MatFolderError`` if there is no such list, or it names a tile that is not there.
    public func tiles(split: String) throws(MatFolderError) -> [Tile] {
        let list = "\(splitFolder)/\(split).txt"
        guard splits.contains(split) else {
            throw .noSplit(path, split, found: splits)
        }
        let text: [UInt8]
        do throws(FileError) {
            let file = try InputFile(list)
            text = try file.read(0..<file.size)
        } catch {
            throw .unreadable(error)
        }
        let byName = Dictionary(
            tiles.map { (FileName($0.name), $0) }, uniquingKeysWith: { first, _ in first })
        var result: [Tile] = []
        let blanks = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        for line in text.split(whereSeparator: { [0x0A, 0x0D].contains($0) }) {
            var rest = line
            while let first = rest.first, blanks.contains(first) { rest.removeFirst() }
            while let last = rest.last, blanks.contains(last) { rest.removeLast() }
            let entry = String(pathBytes: rest)
            guard !entry.isEmpty else { continue }
            let name = FileName(entry).hasEnding(".mat") ? String(entry.dropLast(4)) : entry
            guard let tile = byName[FileName(name)] else {
                throw .noSuchTile(list: list, name: name)
            }
            result.append(tile)
        }
        guard !result.isEmpty else { throw .emptySplit(list) }
        return result
    }

    /// What lies in a folder; nil if there is no such folder.
    private static func names(in folder: String) throws(MatFolderError) -> [FileName]? {
        do {
            return try FolderListing.names(in: folder)
        } catch {
            switch error.reason {
            case .noFolder: return nil
            case .isNoFolder: throw .notAFolder(folder)
            default: throw .unreadable(error)
            }
        }
    }

    /// A folder's .mat files and their names without the ending, which may be in capitals; nil if
    /// there is no such folder.
    private static func matFiles(
        in folder: String
    ) throws(MatFolderError) -> [(stem: String, path: String)]? {
        guard let names = try Self.names(in: folder) else { return nil }
        var files: [(stem: String, path: String)] = []
        var known: [FileName: String] = [:]
        for name in names where name.hasEnding(".mat") && !name.isHidden {
            let text = name.text
            let (stem, path) = (String(text.dropLast(4)), "\(folder)/\(text)")
            if let other = known.updateValue(path, forKey: FileName(stem)) {
                throw .sameName(other, path)
            }
            files.append((stem, path))
        }
        return files
    }

    /// Numbers in names count as numbers: "tile 2" before "tile 10".
    static func comesBefore(_ left: String, _ right: String) -> Bool {
        let (a, b) = (parts(left), parts(right))
        for (x, y) in zip(a, b) where x != y {
            if let m = number(x), let n = number(y), m != n { return m < n }
            return x < y
        }
        if a.count != b.count { return a.count < b.count }
        // Equal strings may be two files.
        return left == right ? FileName(left) < FileName(right) : left < right
    }

    private static func number(_ text: Substring) -> UInt64? { UInt64(text) }

    /// Runs of digits and of other characters, in turn.
    private static func parts(_ text: String) -> [Substring] {
        var result: [Substring] = []
        var start = text.startIndex
        for index in text.indices.dropFirst() {
            let isDigit = text[index].isASCII && text[index].isNumber
            let before = text[text.index(before: index)]
            if isDigit != (before.isASCII && before.isNumber) {
                result.append(text[start..<index])
                start = index
            }
        }
        result.append(text[start...])
        return result
    }
}

/// Why a folder cannot be used as a dataset of .mat tiles.
public enum MatFolderError: UserError, Equatable {
    case missing(String)
    case notAFolder(String)
    case noImages(String)
    case noTiles(String)
    case unreadable(FileError)
    case sameName(String, String)
    case noSplit(String, String, found: [String])
    case noSuchTile(list: String, name: String)
    case emptySplit(String)

    public var exitStatus: ExitStatus {
        switch self {
        case .missing: .noInput
        case .unreadable(let error): error.exitStatus
        default: .badInput
        }
    }

    public var description: String {
        switch self {
        case .missing(let path):
            "There is no folder “\(path)”."
        case .notAFolder(let path):
            "“\(path)” is not a folder; a dataset has its tiles in imgs/N.mat."
        case .noImages(let path):
            "“\(path)” has no folder “imgs”; a dataset has its tiles in imgs/N.mat."
        case .noTiles(let path):
            "There are no .mat files in “\(path)/imgs”; a dataset has its tiles in imgs/N.mat."
        case .unreadable(let error):
            error.description
        case .sameName(let one, let other):
            "“\(one)” and “\(other)” are two files for one tile; rename or remove one."
        case .noSplit(let path, let name, let found):
            "“\(path)” has no list “\(name).txt”"
                + (found.isEmpty
                    ? "." : "; it has \(found.map { "“\($0).txt”" }.joined(separator: ", ")).")
        case .noSuchTile(let list, let name):
            "“\(list)” names the tile “\(name)”, which is not in imgs; remove or correct the line."
        case .emptySplit(let list):
            "“\(list)” names no tiles."
        }
    }
}
