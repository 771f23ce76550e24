package import IICInfer

/// The scenes that lie in a folder at one moment, and in the folders inside; names are paths below it.
package struct SceneListing: Sendable {
    /// Regular files with a scene's name.
    package var scenes: [FileName: SceneStamp] = [:]
    /// Why other scenes that are there cannot be examined now, as sentences; folders too.
    package var problems: [FileName: String] = [:]
    /// Why others will not be opened as they are, as sentences.
    package var refusals: [FileName: String] = [:]
    /// The file `NAME.done` of scenes that have one, made after all of their files.
    package var released: [FileName: FileStamp] = [:]
    /// Folders that cannot be read now: what is known of their scenes stays known.
    package var unreadable: Set<FileName> = []
    /// All folders that were looked into, the watched one first, as the empty name.
    package var folders: [FileName] = []

    package init(scenes: [FileName: SceneStamp] = [:], problems: [FileName: String] = [:]) {
        self.scenes = scenes
        self.problems = problems
    }

    /// - Parameter parts: what is known of VRT files from the listing before.
    /// - Throws: if the folder itself cannot be read.
    package init(
        folder: String, rules: SceneRules = SceneRules(), parts: VRTPartList = VRTPartList(),
        calls: FileCalls = .system
    ) throws(FileError) {
        var scan = FolderScan(folder: folder, rules: rules, parts: parts, calls: calls)
        try scan.run()
        self = scan.listing
    }

    /// Whether nothing can be said of a scene because of the folder that it lies in.
    func hides(_ name: FileName) -> Bool {
        guard !unreadable.isEmpty else { return false }
        return name.bytes.indices.contains {
            name.bytes[$0] == UInt8(ascii: "/")
                && unreadable.contains(FileName(bytes: Array(name.bytes[..<$0])))
        }
    }
}
