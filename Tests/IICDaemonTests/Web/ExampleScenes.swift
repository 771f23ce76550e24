import Foundation
import IICDaemon
import IICInfer
import Synchronization

/// Scenes in all states, and maps that look like some.
enum ExampleScenes {
    static let classes: [DaemonDescription.Class] = [
        .init(name: "water", colour: "#2b6ca3"), .init(name: "reed and mudflat", colour: "#8fb9a8"),
        .init(name: "grassland", colour: "#9bc53d"), .init(name: "arable land", colour: "#e3c567"),
        .init(name: "broad-leaved forest", colour: "#3d7a3a"),
        .init(name: "coniferous forest", colour: "#1f4d3a"),
        .init(name: "built-up", colour: "#b5525c"), .init(name: "bare ground", colour: "#c9b8a0"),
    ]

    /// Names that a careless page would stumble over.
    static let hostileNames: [FileName] = [
        "<script>alert(1)</script>.tif", "\"quoted\" & 'single'.tif", "two\nlines.tif",
        FileName(bytes: [0x44, 0xFC, 0x6E, 0x65, 0xFF] + Array(".tif".utf8)),
        FileName(bytes: [UInt8](repeating: 0x61, count: 251) + Array(".tif".utf8)),
    ]

    static func jobs(now: Date) -> [Job] {
        var jobs: [Job] = []
        func add(
            _ scene: FileName, _ state: JobState, secondsAgo: Double, _ set: (inout Job) -> Void
        ) {
            let moment = now.addingTimeInterval(-secondsAgo)
            var job = Job(
                id: jobs.count + 1, scene: scene, state: state, identity: "1-2-3",
                bytes: 391_000_000 + jobs.count * 7_123_457,
                modelHash: String(repeating: "3fa94c17", count: 8),
                settingsHash: String(repeating: "9d", count: 32),
                seen: moment.addingTimeInterval(-90))
            set(&job)
            if [.done, .failed, .cancelled].contains(state) { job.ended = moment }
            jobs.append(job)
        }
        for index in 0..<24 {
            add(
                FileName("2025/dop20_rgbi_32_\(560 + index)_60\(10 + index % 7).tif"), .done,
                secondsAgo: Double(24 - index) * 137
            ) {
                $0.attempts = 1
                $0.begun = now.addingTimeInterval(Double(index - 24) * 137 - 41)
                $0.result = result($0, index)
            }
        }
        for (index, name) in hostileNames.enumerated() {
            add(name, .failed, secondsAgo: Double(400 + index * 900)) {
                $0.attempts = 1
                $0.failure = JobFailure(
                    code: 65, stage: "opening",
                    sentence: "“\(name)” has 3 bands, but the model needs 4: red, green, blue and "
                        + "infrared. Choose a model for its bands, or give --bands.")
            }
        }
        add("2025/dop20_rgbi_32_602_6011.tif", .failed, secondsAgo: 5200) {
            $0.attempts = 3
            $0.crashes = 3
            $0.failure = JobFailure(
                code: 139, stage: "segmenting",
                sentence: "The worker crashed three times on “2025/dop20_rgbi_32_602_6011.tif”.")
        }
        for index in 0..<2 {
            add(FileName("2025/dop20_rgbi_32_59\(index)_6021.tif"), .running, secondsAgo: 30) {
                $0.attempts = index + 1
                $0.begun = now.addingTimeInterval(-40)
            }
        }
        for index in 0..<11 {
            add(FileName("2025/dop20_rgbi_32_6\(10 + index)_6022.tif"), .queued, secondsAgo: 20) {
                _ in
            }
        }
        add("north/mosaic.vrt", .waiting, secondsAgo: 600) {
            $0.attempts = 1
            $0.nextAttempt = now.addingTimeInterval(75)
            $0.failure = JobFailure(
                code: 66, stage: "admission",
                sentence: "“north/mosaic.vrt” names “tile_17.tif”, which is not there (yet).")
        }
        add("2025/dop20_rgbi_32_621_6022.tif", .arriving, secondsAgo: 4) { _ in }
        add("old/2019_b3.tif", .cancelled, secondsAgo: 9000) { _ in }
        return jobs
    }

    private static func result(_ job: Job, _ index: Int) -> JobResult {
        let labels = picture(job.id).labels
        let scale = 10_000 * 10_000 / Double(labels.count)
        let shares = classes.enumerated().map { label, entry in
            let pixels = Int(Double(labels.count { $0 == label }) * scale)
            return JobResult.ClassShare(
                name: entry.name, colour: entry.colour, pixels: pixels,
                squareMetres: index == 22 ? nil : Double(pixels) * 0.04)
        }
        let map = "/data/maps/" + job.scene.text
        return JobResult(
            width: 10_000, height: 10_000, sceneHash: String(repeating: "ab", count: 32),
            files: [
                .init(
                    path: FileName(map), bytes: 4_812_339, sha256: String(repeating: "c", count: 64)
                ),
                .init(
                    path: FileName(map + ".qml"), bytes: 2_113,
                    sha256: String(repeating: "d", count: 64)),
            ],
            classes: shares, nodataPixels: Int(Double(labels.count { $0 == 255 }) * scale),
            seconds: 38.4 + Double(index), isUnchanged: false,
            warnings: index == 22 ? ["The scene has no world file: areas are not known."] : [])
    }

    static func live(_ jobs: [Job]) -> [Int: LiveJob] {
        Dictionary(
            uniqueKeysWithValues: jobs.map { ($0.id, live($0, rows: $0.attempts == 1 ? 148 : 31)) })
    }

    static func live(_ job: Job, rows: Int) -> LiveJob {
        let whole = picture(job.id)
        let share = Double(rows) / Double(whole.height)
        return LiveJob(
            job: job,
            progress: WorkerProgress(
                stage: "segmenting", done: (2500 * share).rounded(), total: 2500, unit: "tiles",
                rate: 63.7, secondsLeft: 2500 * (1 - share) / 63.7),
            picture: MapRows(
                width: whole.width, height: whole.height, first: 0,
                labels: Array(whole.labels.prefix(rows * whole.width))),
            memory: 1_240_000_000 + rows * 100_000)
    }

    static func history(now: Date) -> [DaemonSample] {
        (0..<360).map { index in
            let t = Double(index)
            let isIdle = (150..<190).contains(index)
            return DaemonSample(
                time: now.addingTimeInterval((t - 359) * 10),
                pixelsPerSecond: isIdle ? 0 : 4.9e6 + 6e5 * sin(t / 9) + 3e5 * sin(t * 1.7),
                memory: isIdle ? 61_000_000 : Int(2.4e9 + 2e8 * sin(t / 21)),
                running: isIdle ? 0 : 2)
        }
    }

    private static let pictures = Mutex<[Int: MapRows]>([:])

    /// Smooth noise, cut into classes: no two alike.
    static func picture(_ id: Int) -> MapRows {
        if let picture = pictures.withLock({ $0[id] }) { return picture }
        let picture = drawn(id)
        pictures.withLock { $0[id] = picture }
        return picture
    }

    private static func drawn(_ id: Int) -> MapRows {
        let (width, height) = id % 5 == 2 ? (200, 256) : (256, id % 3 == 0 ? 256 : 200)
        func corner(_ x: Int, _ y: Int, _ seed: Int) -> Double {
            var value = UInt64(
                truncatingIfNeeded: x &* 374_761_393 &+ y &* 668_265_263 &+ seed &* 2_147_483_647)
            value = (value ^ (value >> 13)) &* 1_274_126_177 &* 0x9E37_79B9_7F4A_7C15
            return Double(value >> 40) / Double(1 << 24)
        }
        func noise(_ x: Double, _ y: Double, _ seed: Int) -> Double {
            let (i, j) = (Int(x), Int(y))
            func smooth(_ t: Double) -> Double { t * t * (3 - 2 * t) }
            let (u, v) = (smooth(x - Double(i)), smooth(y - Double(j)))
            return (corner(i, j, seed) * (1 - u) + corner(i + 1, j, seed) * u) * (1 - v)
                + (corner(i, j + 1, seed) * (1 - u) + corner(i + 1, j + 1, seed) * u) * v
        }
        var labels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                let (a, b) = (Double(x) / 58, Double(y) / 58)
                let height =
                    noise(a, b, id) + 0.5 * noise(a * 2.7, b * 2.7, id + 40)
                    + 0.2 * noise(a * 8, b * 8, id + 80)
                let field = corner(x / 19, (y + x / 7) / 15, id)
                let isNodata = id % 4 == 1 && x + y / 4 < 18
                labels.append(
                    isNodata
                        ? 255
                        : height < 0.55
                            ? 0
                            : height < 0.6
                                ? 1
                                : height > 1.12
                                    ? (field > 0.45 ? 4 : 5)
                                    : field > 0.9
                                        ? 6 : field > 0.86 ? 7 : field > 0.42 ? 3 : 2)
            }
        }
        return MapRows(width: width, height: height, first: 0, labels: labels)
    }
}
