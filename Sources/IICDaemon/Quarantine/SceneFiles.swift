import IICInfer

/// The files of one scene in the watched folder, as they are now.
struct SceneFiles {
    struct File {
        var path: String
        var name: FileName
        var stamp: FileStamp
        /// Whether it belongs to another scene too, as a world file of `a.tif` and `a.jp2` does.
        var isShared: Bool
        /// Whether it is of no use without the scene; not so for a text that has its name by chance.
        var isOwn: Bool
    }

    let stamp: SceneStamp
    /// The main file, then sidecars, then the word that the scene has arrived.
    private(set) var all: [File] = []
    /// The path of the first of them that is a link.
    private(set) var link: String?
    /// The path below the watched folder of the folder that they lie in.
    private let place: FileName
    private let scene: FileName

    /// - Parameter path: of the scene below `folder`.
    /// - Returns: nil if there is none, or none that would be mapped.
    init?(of path: FileName, in folder: String, rules: SceneRules) throws(FileError) {
        let slash = path.bytes.lastIndex(of: UInt8(ascii: "/"))
        let place = FileName(bytes: Array(path.bytes[..<(slash ?? 0)]))
        let scene = FileName(bytes: Array(path.bytes[(slash.map { $0 + 1 } ?? 0)...]))
        let parent = place.bytes.isEmpty ? folder : "\(folder)/\(place.text)"
        let entries: [FolderListing.Entry]
        do throws(FileError) {
            entries = try FolderListing.entries(in: parent)
                .filter { !rules.ignores($0.name, at: place.appending($0.name)) }
        } catch {
            if [.noFolder, .isNoFolder].contains(error.reason) { return nil }
            throw error
        }
        let stem = SceneNames.stem(of: scene)
        let mark = FileName(bytes: scene.bytes + ".done".utf8)
        let related = entries.filter { entry in
            entry.name == scene
                || SceneNames.canBeSidecar(entry.name)
                    && (SceneNames.stem(of: entry.name) == stem
                        || SceneNames.prefixes(of: entry.name).contains(scene))
        }
        // The look of all scenes, at one: a stamp is the same only if it was made in the same way.
        var scan = FolderScan(
            folder: folder, rules: rules, parts: VRTPartList(), calls: .system)
        scan.look(at: related, in: place)
        guard let stamp = scan.listing.scenes[path] else { return nil }
        self.stamp = stamp
        self.place = place
        self.scene = scene
        let scenes = entries.map(\.name).filter { $0 != scene && SceneNames.isScene($0) }
        let stems = Set(scenes.map(SceneNames.stem))
        let others = Set(scenes)
        add(scene, stamp.main, in: parent)
        for (name, stamp) in stamp.sidecars.sorted(by: { $0.key < $1.key }) {
            add(
                name, stamp, in: parent,
                isShared: stems.contains(SceneNames.stem(of: name))
                    || SceneNames.prefixes(of: name).contains { others.contains($0) })
        }
        if entries.contains(where: { $0.name == mark && $0.kind == .file }),
            let stamp = try FileStamp("\(parent)/\(mark.text)")
        {
            add(mark, stamp, in: parent)
        }
        let links = Set(entries.filter { $0.kind == .link }.map(\.name))
        link = all.first { links.contains($0.name) }?.path
    }

    private mutating func add(
        _ name: FileName, _ stamp: FileStamp, in parent: String, isShared: Bool = false
    ) {
        let isOwn =
            name.bytes.starts(with: scene.bytes) || Self.endings.contains { name.hasEnding($0) }
        all.append(
            File(
                path: "\(parent)/\(name.text)", name: name, stamp: stamp, isShared: isShared,
                isOwn: isOwn))
    }

    /// World files, and what else GDAL reads beside a raster by the stem of its name.
    private static let endings = [
        ".tfw", ".tifw", ".tiffw", ".j2w", ".jp2w", ".wld", ".tab", ".aux", ".prj", ".rpb", ".imd",
        ".ovr", "_rpc.txt",
    ]

    /// What goes when the scene is deleted.
    var departing: [File] { all.filter { $0.isOwn && !$0.isShared } }

    /// Where the files go below `base`, which keeps their folders.
    func folder(in base: String) -> String {
        place.bytes.isEmpty ? base : "\(base)/\(place.text)"
    }

    /// Paths in `folder` for each of ``all``, none of which is there: their own names, or with the least
    /// number that does after what all of them begin with, as in `a.1.tif` and `a.1.tfw`.
    func freeNames(in folder: String) -> [String] {
        let stem = SceneNames.stem(of: scene).bytes
        var number = 0
        while true {
            let inserted = number == 0 ? [] : Array(".\(number)".utf8)
            let paths = all.map { file in
                let name = FileName(
                    bytes: stem + inserted + Array(file.name.bytes.dropFirst(stem.count)))
                return "\(folder)/\(name.text)"
            }
            if !paths.contains(where: DepartureStep.isTaken) { return paths }
            number += 1
        }
    }
}
