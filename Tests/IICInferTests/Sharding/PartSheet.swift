import TestSupport
import Testing

@testable import IICInfer

/// A scene in parts, and whole beside it.
struct PartSheet {
    let sheet: PartialSheet
    let whole: TemporaryFolder
    let merged: TemporaryFolder
    let parts: TemporaryFolder

    init() throws {
        sheet = try PartialSheet()
        whole = try TemporaryFolder()
        merged = try TemporaryFolder()
        parts = try TemporaryFolder()
    }

    /// The outputs whose rows parts hold, and with `all` those that follow.
    func outputs(in folder: TemporaryFolder, all: Bool = true) -> [any MapOutput] {
        let rows: [any MapOutput] = [
            LabelMap(.classes, path: folder("a.tif")),
            LabelMap(.overclusters, path: folder("a.overclusters.tif")),
            ConfidenceMap(path: folder("a.confidence.tif")),
            ProbabilityMap(classes: 5, form: .floats, path: folder("a.probabilities.tif")),
        ]
        let others: [any MapOutput] = [
            PreviewPicture(path: folder("a.png")), PolygonLayer(path: folder("a.gpkg")),
            QGISStyle(path: folder("a.qml")), STACItem(path: folder("a.json")),
        ]
        return all ? rows + others : rows
    }

    func path(_ shard: Shard) -> String { shard.partPath(of: parts("a.tif")) }

    @discardableResult
    func make(
        _ shard: Shard, _ job: SegmentJob, partial: PartialRows? = nil,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> SegmentJob.PartSummary {
        try job.run(
            shard, scene: sheet.scene, outputs: outputs(in: parts, all: false), to: path(shard),
            partial: partial, isCancelled: isCancelled)
    }

    /// Parts of a whole scene, by different threads each.
    @discardableResult
    func makeAll(_ count: Int, _ way: PartialSheet.Way = .seamless) throws -> [String] {
        try (1...count).map { index in
            let shard = Shard(index, of: count)
            try make(shard, sheet.job(way, threads: 1 + index % 3))
            return path(shard)
        }
    }

    @discardableResult
    func merge(_ parts: [String], threads: Int = 2) throws -> SegmentSummary {
        let merge = try PartMerge(parts)
        return try merge.run(
            outputs: outputs(in: merged), cleanUp: merge.cleanUp, memoryLimit: 1 << 30,
            threads: threads)
    }

    /// All files of a folder by their names.
    func files(_ folder: TemporaryFolder) throws -> [String: [UInt8]] {
        try folder.files.reduce(into: [:]) { $0[$1] = try folder.bytes(of: $1) }
    }
}
