import Dispatch
import Foundation
import Glibc
import Synchronization

/// Maps scenes with one model and one set of settings: all that lies between a scene's file and
/// its map's. One value serves any number of scenes.
public struct SegmentJob: Sendable {
    /// What is going on, for a progress display.
    public enum Stage: Sendable, Hashable {
        /// The scene's percentiles are looked for.
        case scaling
        case segmenting
        /// Overviews are made and the map is compressed; a hundred for each map.
        case finishing
    }

    /// What a map shows.
    public struct Summary: Sendable, Hashable {
        public var width: Int
        public var height: Int
        public var legend: Legend
        /// Pixels of each class of the legend.
        public var pixels: [Int]
        /// Pixels without data.
        public var nodata: Int
    }

    public let settings: SegmentSettings
    public let engine: any Engine
    private let bands: [BandRole]
    private let scaling: Scaling
    private let legend: Legend
    private let overclusters: Int
    private let modelHash: String

    public init(model: ModelBundle, settings: SegmentSettings) {
        self.settings = settings
        bands = model.bands
        scaling = model.scaling
        modelHash = model.modelHash
        legend = model.legend
        overclusters = model.architecture.overclusters
        engine = WinogradEngine(
            weights: NetworkWeights(tensors: model.weights, architecture: model.architecture),
            geometry: settings.geometry, pool: ComputePool(threads: settings.threads))
    }

    /// Opens a scene and checks that it suits the model and the settings, memory included.
    ///
    /// - Throws: ``RasterError``, ``TIFFCheckError``, ``SegmentError`` or ``MemoryBudgetError``.
    public func open(_ path: String) throws -> SceneReader {
        let scene = try SceneReader(path: path, roles: bands, bands: settings.bands)
        guard settings.scaling == .scene || scene.sampleType == scaling.source else {
            throw SegmentError.sampleType(
                path: path, scene: scene.sampleType, model: scaling.source)
        }
        let budget = try segmenter(scaling: scaling, heads: [.B]).budget(
            for: scene, bounds: try bounds(in: scene))
        GDAL.limitCache(bytes: budget.cacheBytes)
        return scene
    }

    /// A segmenter for a scene from ``open(_:)``.
    public func segmenter(
        for scene: SceneReader, heads: [Head] = [.B],
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in },
        isCancelled: () -> Bool = { false }
    ) throws -> SceneSegmenter {
        guard settings.scaling == .scene else {
            return segmenter(scaling: scaling, heads: heads)
        }
        return segmenter(
            scaling: try Scaling.percentiles(
                of: scene, progress: progress, isCancelled: isCancelled), heads: heads)
    }

    private func segmenter(scaling: Scaling, heads: [Head]) -> SceneSegmenter {
        SceneSegmenter(
            engine: engine, scaling: scaling, heads: heads, threads: settings.threads,
            memoryLimit: settings.memoryLimit)
    }

    /// The part to map; nil for all of the scene.
    private func bounds(in scene: SceneReader) throws(SegmentError) -> PixelWindow? {
        guard let bounds = settings.bounds else { return nil }
        let inside = bounds.clipped(toWidth: scene.width, height: scene.height)
        guard inside.count > 0 else {
            throw .outside(path: scene.path, width: scene.width, height: scene.height)
        }
        let isAll = inside.width == scene.width && inside.height == scene.height
        return isAll ? nil : inside
    }

    /// Whether `map` is what ``run(scene:map:overclusters:preview:progress:isCancelled:)`` would write.
    ///
    /// The scene's bytes are read only if all else agrees.
    public func isMapped(
        scene path: String, map: String, isCancelled: () -> Bool = { false }
    ) throws -> Bool {
        guard let found = MapProvenance(map: map), found.modelHash == modelHash,
            found.version == Software.version
        else { return false }
        let scene = try open(path)
        let settingsHash = settings.hash(bands: scene.bands, bounds: try bounds(in: scene))
        guard found.settingsHash == settingsHash else { return false }
        return try found.sceneHash == SceneHash.sha256(scene: path, isCancelled: isCancelled)
    }

    /// Hashes a scene on a thread of its own while `body` runs; what fails first stops the other.
    ///
    /// Not on a ``ComputePool``: Dispatch shares the processors among nested loops, so that `body`
    /// would have half of them to the end.
    private func withHash(
        of path: String, isCancelled: @Sendable () -> Bool,
        _ body: (_ isCancelled: @Sendable () -> Bool) throws -> Void
    ) throws -> String {
        let stopped = Atomic(false)
        let hash = Mutex(Result<String, any Error>.failure(Interrupted()))
        let ended = DispatchSemaphore(value: 0)
        var failure: (any Error)?
        let thread = Thread {
            let result = Result {
                try SceneHash.sha256(
                    scene: path, isCancelled: { stopped.load(ordering: .relaxed) })
            }
            if case .failure = result { stopped.store(true, ordering: .relaxed) }
            hash.withLock { $0 = result }
            ended.signal()
        }
        thread.start()
        do {
            try withoutActuallyEscaping(isCancelled) { isCancelled in
                try body { isCancelled() || stopped.load(ordering: .relaxed) }
            }
        } catch {
            failure = error
            stopped.store(true, ordering: .relaxed)
        }
        while ended.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
            if isCancelled() { stopped.store(true, ordering: .relaxed) }
        }
        let result = hash.withLock { $0 }
        if let failure {
            // What stopped the other is told, not that it was stopped.
            if failure is Interrupted, case .failure(let error) = result { throw error }
            throw failure
        }
        return try result.get()
    }

    /// Writes the map of one scene; unless it succeeds, nothing new is left behind.
    ///
    /// - Parameters:
    ///   - overclusters: where to put a map of head A's classes too, made in the same pass; it is
    ///     finished before the other.
    ///   - preview: where to put a picture of the map too.
    ///   - progress: called by one thread at a time, not always the caller's.
    ///   - isCancelled: asked often and from several threads.
    /// - Returns: of the map, and of that of head A's classes if it is wanted.
    /// - Throws: what ``open(_:)`` throws, ``AtomicFileError`` or ``Interrupted``.
    @discardableResult
    public func run(
        scene path: String, map: String, overclusters: String? = nil, preview: String? = nil,
        progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in },
        isCancelled: @Sendable () -> Bool = { false }
    ) throws -> [Summary] {
        if overclusters != nil, self.overclusters > Int(MapWriter.nodata) {
            throw SegmentError.tooManyClasses(self.overclusters)
        }
        let before = FileStamp(path)
        let scene = try open(path)
        let maps = [map, overclusters].compactMap(\.self)
        let outputs = maps.flatMap { [$0, $0 + ".aux.xml"] } + [preview].compactMap(\.self)
        for output in outputs {
            guard let found = FileStamp(output) else { continue }
            for file in scene.files where found.isSameFile(as: FileStamp(file)) {
                throw SegmentError.replacesScene(path: output)
            }
        }
        // A missing permission is told before the long part.
        for output in outputs { _ = try AtomicFile(path: output) }
        let bounds = try bounds(in: scene)
        let (width, height) = (bounds?.width ?? scene.width, bounds?.height ?? scene.height)
        let need = MapWriter.diskBytes(width: width, height: height).sure
        for map in maps {
            let together = maps.count { AtomicFile.folder(of: $0) == AtomicFile.folder(of: map) }
            let all = need.multipliedReportingOverflow(by: together).partialValue
            guard let free = AtomicFile.freeBytes(beside: map), free < all else { continue }
            throw AtomicFileError(
                path: map,
                reason: "writing it takes \(all >> 20) MiB of disk and \(free >> 20) MiB are free")
        }
        let heads: [Head] = overclusters == nil ? [.B] : [.B, .A]
        let segmenter = try segmenter(
            for: scene, heads: heads, progress: { progress(.scaling, $0, $1) },
            isCancelled: isCancelled)
        let place = scene.georeference.shifted(x: bounds?.x ?? 0, y: bounds?.y ?? 0)
        let legends = [legend, .overclusters(self.overclusters)]
        let writers = try zip(maps, legends).map { map, legend in
            try MapWriter(
                path: map, width: width, height: height, georeference: place, legend: legend,
                threads: settings.threads)
        }
        // The scene is hashed while it is segmented: each reads it from end to end.
        let sceneHash = try withHash(of: path, isCancelled: isCancelled) { isCancelled in
            try segmenter.segment(
                scene, bounds: bounds,
                write: { labels, head, window in
                    try writers[head == .B ? 0 : 1].write(labels, window: window)
                },
                progress: { progress(.segmenting, $0, $1) }, isCancelled: isCancelled)
        }
        // Its hash would name other pixels than those that were read.
        guard FileStamp(path) == before else { throw SegmentError.changed(path: path) }
        for (index, writer) in writers.enumerated().reversed() {
            writer.setProvenance(
                MapProvenance(
                    sceneHash: sceneHash, modelHash: modelHash,
                    settingsHash: settings.hash(
                        head: heads[index], bands: scene.bands, bounds: bounds),
                    version: Software.version
                ).items)
            let finished = (writers.count - 1 - index) * 100
            try writer.finish(
                preview: index == 0 ? preview : nil,
                progress: { progress(.finishing, finished + Int($0 * 100), writers.count * 100) },
                isCancelled: isCancelled)
        }
        return zip(writers, legends).map { writer, legend in
            let pixels = Array(writer.pixels.prefix(legend.entries.count))
            return Summary(
                width: width, height: height, legend: legend, pixels: pixels,
                nodata: width * height - pixels.reduce(0, +))
        }
    }
}

/// What tells one version of a file from another.
private struct FileStamp: Equatable {
    private let device: dev_t
    private let number: ino_t
    private let size: off_t
    private let seconds: Int
    private let nanoseconds: Int

    /// Nil if there is no such file.
    init?(_ path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        device = status.st_dev
        number = status.st_ino
        size = status.st_size
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    func isSameFile(as other: FileStamp?) -> Bool {
        device == other?.device && number == other?.number
    }
}

extension Legend {
    /// What the classes of head A are called: they have no names, and there are many.
    static func overclusters(_ count: Int) -> Legend {
        var legend = unnamed(classes: count)
        for index in legend.entries.indices {
            legend.entries[index].name = "Cluster \(index + 1)"
        }
        return legend
    }
}
