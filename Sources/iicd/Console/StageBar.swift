import IICInfer

/// Progress of one scene: a bar for each stage, one after another.
final class StageBar {
    private let label: String
    private let json: Bool
    private var stage: SegmentJob.Stage?
    private var bar: ProgressBar

    init(label: String, json: Bool) {
        self.label = label
        self.json = json
        bar = ProgressBar(label: label, unit: "tiles", json: json)
    }

    /// As a ``SegmentJob`` reports it: by one thread at a time.
    func update(_ now: SegmentJob.Stage, done: Int, of total: Int) {
        if let before = stage, before != now {
            bar.finish()
            bar = ProgressBar(label: label, unit: now.unit, json: json)
        }
        stage = now
        bar.update(done: Double(done), of: Double(total), note: now.note)
    }

    func finish() { bar.finish() }
}

extension SegmentJob.Stage {
    /// What the progress bar says of it.
    fileprivate var note: String {
        switch self {
        case .scaling: "measuring the scene's range"
        case .segmenting: ""
        case .cleaning: "cleaning up the map"
        case .following: "drawing the map"
        case .finishing: "compressing the map"
        }
    }

    /// What progress is counted in.
    var unit: String {
        switch self {
        case .scaling, .segmenting: "tiles"
        case .cleaning, .following, .finishing: "%"
        }
    }
}
