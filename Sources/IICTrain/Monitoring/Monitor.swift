import IICInfer

/// Takes the monitoring passes of a training: every few steps the model as it stands labels the
/// monitoring tiles.
struct Monitor {
    /// Steps between two passes.
    static let every = 10
    /// Tiles that the report shows.
    private static let shownTiles = 6

    let tiles: MonitoringTiles
    /// Which of them the report shows.
    let shown: [Int]
    private(set) var history: LabelHistory
    private var watch = ClassWatch()
    private let threads: Int
    private let memory: Int

    /// - Parameter memory: bytes that a pass may use.
    init(tiles: MonitoringTiles, threads: Int, memory: Int) {
        self.tiles = tiles
        self.threads = threads
        self.memory = memory
        let count = min(tiles.tiles.count, Self.shownTiles)
        let shown = (0..<count).map { $0 * tiles.tiles.count / count }
        self.shown = shown
        history = LabelHistory(tiles: shown.map { tiles.tiles[$0] })
    }

    struct Pass {
        let snapshot: Snapshot
        let record: SnapshotRecord
        let changes: [ClassWatch.Change]
    }

    /// Takes a pass; nil if there are no tiles.
    ///
    /// - Parameter pixels: on about how many of them a model without tracked statistics is calibrated.
    mutating func pass(_ trainer: Trainer, pixels: Int) throws -> Pass? {
        guard !tiles.tiles.isEmpty else { return nil }
        let snapshot = snapshot(of: try trainer.bundle(checkpoint: false, pixels: pixels))
        history.add(shown.map { snapshot.labels[$0] }, step: trainer.state.step)
        let subhead = trainer.keptSubhead + 1
        let changes = watch.add(snapshot.shares, subhead: subhead)
        return Pass(
            snapshot: snapshot,
            record: SnapshotRecord(snapshot, subhead: subhead, dead: watch.dead), changes: changes)
    }

    func snapshot(of model: ModelBundle) -> Snapshot {
        Snapshot(of: tiles, model: model, threads: threads, memory: memory)
    }

    /// Learns from the logs of a training that is resumed which classes were reported already.
    ///
    /// - Parameter classes: what the logs tell of another number of them is not of this training.
    mutating func resume(after earlier: [SnapshotRecord], classes: Int) {
        for record in earlier where record.shares.count == classes {
            _ = watch.add(record.shares, subhead: record.subhead)
        }
    }

    /// Reads the labels that a training that is resumed had at its earlier passes.
    mutating func readHistory(_ path: String, until step: Int, classes: Int) {
        history.read(path, until: step, classes: classes)
    }
}
