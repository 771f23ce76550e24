import Glibc
import IICInfer

/// One look into a folder and the folders inside.
struct FolderScan {
    private(set) var listing = SceneListing()
    private let folder: String
    private let rules: SceneRules
    private let parts: VRTPartList
    private let calls: FileCalls
    private let outputs: Set<FileStamp.File>
    /// The folder's absolute path without links, found out at the first link.
    private var base: String?

    init(folder: String, rules: SceneRules, parts: VRTPartList, calls: FileCalls) {
        self.folder = folder
        self.rules = rules
        self.parts = parts
        self.calls = calls
        outputs = Set(rules.outputs.compactMap { (try? FileStamp($0))?.file })
    }

    mutating func run() throws(FileError) {
        var waiting: [FileName] = [FileName(bytes: [])]
        while let place = waiting.popLast() {
            let entries: [FolderListing.Entry]
            do throws(FileError) {
                entries = try FolderListing.entries(in: path(place))
            } catch {
                if place.bytes.isEmpty { throw error }
                // It has gone since, or cannot be read.
                guard error.reason != .noFolder, error.reason != .isNoFolder else { continue }
                listing.unreadable.insert(place)
                listing.problems[place] = error.description
                continue
            }
            listing.folders.append(place)
            let names = entries.filter { !rules.ignores($0.name, at: place.appending($0.name)) }
            look(at: names, in: place)
            guard rules.isRecursive else { continue }
            for entry in names.reversed() where entry.kind == .folder {
                let inner = place.appending(entry.name)
                guard let stamp = try? FileStamp(path(inner)), !outputs.contains(stamp.file) else {
                    continue
                }
                waiting.append(inner)
            }
        }
    }

    private func path(_ name: FileName) -> String {
        name.bytes.isEmpty ? folder : "\(folder)/\(name.text)"
    }

    mutating func look(at entries: [FolderListing.Entry], in place: FileName) {
        var found: Set<FileName> = []
        for entry in entries where SceneNames.isScene(entry.name) {
            let name = place.appending(entry.name)
            if entry.name.hasEnding(".vrt"), !rules.trustsVRT {
                guard entry.kind == .file || entry.kind == .link else { continue }
                listing.refusals[name] =
                    "“\(path(name))” is not opened: a VRT file may name any file there is. Give "
                    + "--trust-vrt if all who may write here are trusted, or make a GeoTIFF of it."
                continue
            }
            guard let stamp = self.stamp(entry, in: place, of: [name]) else { continue }
            found.insert(entry.name)
            listing.scenes[name] = SceneStamp(main: stamp)
        }
        addSidecars(among: entries, of: found, in: place)
        for scene in found { addParts(of: place.appending(scene)) }
        for entry in entries where entry.name.hasEnding(".done") {
            let scene = FileName(bytes: Array(entry.name.bytes.dropLast(".done".utf8.count)))
            if found.contains(scene) {
                release(place.appending(scene), by: place.appending(entry.name))
            }
        }
    }

    private mutating func addSidecars(
        among entries: [FolderListing.Entry], of found: Set<FileName>, in place: FileName
    ) {
        let byStem = Dictionary(grouping: found, by: SceneNames.stem)
        for entry in entries where SceneNames.canBeSidecar(entry.name) {
            let owners = Set(
                (byStem[SceneNames.stem(of: entry.name)] ?? [])
                    + SceneNames.prefixes(of: entry.name).filter { found.contains($0) }
            ).map { place.appending($0) }
            guard !owners.isEmpty, let stamp = self.stamp(entry, in: place, of: owners) else {
                continue
            }
            for owner in owners { listing.scenes[owner]?.sidecars[entry.name] = stamp }
        }
    }

    /// Of a regular file; nil for anything else, what has just gone, a link to nothing, and what is
    /// refused or cannot be examined, which is the end of the `scenes` that it belongs to.
    private mutating func stamp(
        _ entry: FolderListing.Entry, in place: FileName, of scenes: [FileName]
    ) -> FileStamp? {
        guard entry.kind == .file || entry.kind == .link else { return nil }
        let path = self.path(place.appending(entry.name))
        var status = stat()
        guard calls.status(path, &status) == 0 else {
            let code = errno
            if code == ENOENT || code == ENOTDIR || code == ELOOP { return nil }
            for scene in scenes {
                listing.scenes[scene] = nil
                listing.problems[scene] = FileError(path: path, code: code).description
            }
            return nil
        }
        guard status.st_mode & S_IFMT == S_IFREG else { return nil }
        if entry.kind == .link, leadsOut(path) {
            for scene in scenes {
                listing.scenes[scene] = nil
                listing.refusals[scene] =
                    "“\(path)” is refused: it is a link that leads out of “\(folder)”. Copy the file "
                    + "itself."
            }
            return nil
        }
        return FileStamp(status)
    }

    private mutating func leadsOut(_ path: String) -> Bool {
        if base == nil { base = PathCalls.resolved(folder) }
        guard let base, let real = PathCalls.resolved(path) else { return true }
        return !PathCalls.isInside(real, base)
    }

    /// The parts of a VRT are files of its own.
    private mutating func addParts(of scene: FileName) {
        guard scene.hasEnding(".vrt"), let main = listing.scenes[scene]?.main else { return }
        do {
            let stamps = try parts.stamps(
                of: path(scene), main, inside: folder, calls: calls)
            listing.scenes[scene]?.parts = stamps
        } catch let error as VRTTrustError {
            listing.scenes[scene] = nil
            listing.refusals[scene] = error.description
        } catch let error as FileError where error.reason != .ended {
            listing.scenes[scene] = nil
            listing.problems[scene] = error.description
        } catch {
            // Not whole yet: the check of its structure will say so.
        }
    }

    private mutating func release(_ scene: FileName, by mark: FileName) {
        guard let stamp = listing.scenes[scene], let done = try? FileStamp(path(mark)),
            stamp.files.allSatisfy({ $0.changed <= done.changed })
        else { return }
        listing.released[scene] = done
    }
}
