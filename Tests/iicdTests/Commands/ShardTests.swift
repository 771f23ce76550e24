import Foundation
import IICInfer
import Testing

/// `iicd segment --shard` and `iicd merge`, as arrays of jobs run them.
@Suite struct ShardTests {
    private let data: TestData
    private let model: String

    init() throws {
        data = try TestData()
        model = try data.model()
    }

    private func run(
        _ arguments: [String], _ environment: [String: String] = [:]
    ) throws -> Program.Result {
        try Program(arguments, environment: environment).wait()
    }

    private func scenes() throws -> String {
        let folder = data("scenes")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        for (index, width) in [260, 90, 140, 60].enumerated() {
            try data.scene("scenes/\(index).tif", UInt8.self, width: width, height: 80)
        }
        try data.write(Data([1, 2, 3]), "scenes/broken.tif")
        try data.write(Data([1]), "scenes/notes.txt")
        return folder
    }

    @Test func `shards of a folder map every scene once, and nothing again`() throws {
        let folder = try scenes()
        let arguments = [
            "segment", folder, "-m", model, "-o", data("maps"), "--preview", data("maps"),
            "--shard",
        ]
        var statuses: [Int32] = []
        var made: [String] = []
        for shard in 1...3 {
            let before = try data.maps
            let result = try run(arguments + ["\(shard)/3"])
            statuses.append(result.status)
            made += try data.maps.filter { !before.contains($0) }
            #expect(result.errors.contains("broken.tif") == (result.status == 65))
        }
        #expect(statuses.sorted() == [0, 0, 65])
        let names = (0..<4).flatMap { ["\($0).png", "\($0).tif", "\($0).tif.aux.xml"] }
        #expect(made.sorted() == names)
        let first = try data.bytes("maps/0.tif")
        try run(["segment", data("scenes/0.tif"), "-m", model, "-o", data("whole.tif")])
            .expectSuccess()
        #expect(try data.bytes("whole.tif") == first)
        // In an array of jobs, counted from 0, and some of the files are gone.
        try FileManager.default.removeItem(atPath: data("maps/3.png"))
        var again = 0
        for index in 0..<3 {
            let result = try run(arguments + ["3"], ["JOB_COMPLETION_INDEX": "\(index)"])
            #expect(result.status == statuses[index])
            again += result.errors.components(separatedBy: "is there already").count - 1
        }
        #expect(again == 3)
        #expect(try data.maps == names)
    }

    @Test func `an empty shard says so and ends well`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let result = try run(
            ["segment", scene, "-m", model, "-o", data("maps/"), "--shard", "2/2"])
        #expect(result.status == 0 && result.errors.contains("Shard 2/2 is empty"))
        #expect(try data.maps.isEmpty)
    }

    @Test func `parts of one scene become the map of a whole run`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 430, height: 450)
        let rows = ["--confidence", data("maps/a.confidence.tif"), "--bbox", "7,9,411,433"]
        let all = ["--preview", data("maps/a.png"), "--stac", data("maps/a.json")]
        let cleanUp = ["--majority", "5"]
        let start = ["segment", scene, "-m", model, "-o", data("maps/a.tif")]
        try run(start + rows + all + cleanUp).expectSuccess()
        let names = try data.maps
        let whole = try names.map { try data.bytes("maps/" + $0) }
        for name in names { try FileManager.default.removeItem(atPath: data("maps/" + name)) }
        for task in 1...3 {
            let result = try run(
                start + rows + cleanUp + ["--shard", "3", "--json"],
                [
                    "SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_ARRAY_TASK_MIN": "1",
                    "SLURM_ARRAY_TASK_MAX": "3",
                ])
            #expect(result.status == 0, "\(result.errors)")
            let line = try JSONValue(parsing: Array(result.output.utf8.dropLast()))
            #expect(line["event"] == "part" && line["shard"] == [.integer(task), 3])
        }
        let parts = try data.maps
        #expect(parts == (1...3).map { "a.tif.\($0)-of-3.part" })
        // Neither the scene nor the model is needed any more.
        try FileManager.default.removeItem(atPath: scene)
        let merge = ["merge"] + parts.map { data("maps/" + $0) } + ["-o", data("maps/a.tif")]
        let result = try run(merge + Array(rows.prefix(2)) + all)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix(data("maps/a.tif") + "  404 × 424 pixels  Class "))
        for (name, bytes) in zip(names, whole) {
            #expect(try data.bytes("maps/" + name) == bytes, "\(name)")
        }
        let missing = try run(Array(merge.dropLast(3)) + ["-o", data("maps/b.tif")])
        #expect(missing.status == 66 && missing.errors.contains("Part 3 of 3 is missing"))
    }

    private static let samples = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../samples").standardizedFileURL.path

    /// Runs the sample for Slurm as a task of an array and returns its exit code.
    private func runSlurmSample(
        _ script: String, _ arguments: [String], task: Int = 1
    ) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/bash")
        process.arguments = [script] + arguments
        let builds = (CommandLine.arguments[0] as NSString).deletingLastPathComponent
        process.environment = [
            "PATH": builds + ":/usr/bin:/bin", "SLURM_ARRAY_TASK_ID": "\(task)",
            "SLURM_ARRAY_TASK_MIN": "1", "SLURM_CPUS_PER_TASK": "2",
        ]
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    @Test func `the sample for Slurm maps an archive`() throws {
        let script = Self.samples + "/slurm-array.sh"
        let folder = try scenes()
        #expect(try runSlurmSample(script, ["archive", folder, model, data("maps")]) == 0)
        #expect(try data.maps == ["0.tif", "0.tif.aux.xml"])
        #expect(try runSlurmSample(script, ["merge", "", model, data("maps/b.tif")]) == 66)
    }

    @Test func `the sample for Slurm maps one scene in parts and merges them`() throws {
        let sample = try String(
            contentsOfFile: Self.samples + "/slurm-array.sh", encoding: .utf8)
        #expect(sample.contains("\nshards=64\n") && sample.contains("--array=1-64\n"))
        try data.write(Data(sample.replacing("shards=64", with: "shards=12").utf8), "twelve.sh")
        let scene = try scenes() + "/0.tif"
        let whole = try run(["segment", scene, "-m", model, "-o", data("whole.tif")])
        #expect(whole.status == 0, "\(whole.errors)")
        for task in 1...12 {
            let arguments = ["part", scene, model, data("maps/a.tif")]
            #expect(try runSlurmSample(data("twelve.sh"), arguments, task: task) == 0)
        }
        #expect(try data.maps.contains("a.tif.01-of-12.part"))
        #expect(
            try runSlurmSample(data("twelve.sh"), ["merge", scene, model, data("maps/a.tif")]) == 0)
        #expect(try data.bytes("maps/a.tif") == data.bytes("whole.tif"))
        #expect(try data.maps.filter { $0.hasSuffix(".part") }.isEmpty)
    }

    @Test func `the sample for Kubernetes calls the program as it is`() throws {
        _ = try scenes()
        let text = try String(
            contentsOfFile: Self.samples + "/kubernetes-job.yaml", encoding: .utf8)
        let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        let arguments = try lines[(#require(lines.firstIndex(of: "args:")) + 1)...]
            .prefix { $0.hasPrefix("- ") }
            .map { $0.dropFirst(2).trimmingCharacters(in: CharacterSet(charactersIn: "\"")) }
            .map { $0.replacing("/data/model.safetensors", with: model) }
            .map { $0.replacing("/data/", with: data.path + "/") }
        #expect(lines.contains("completions: 64") && arguments.contains("64"))
        let result = try run(arguments, ["JOB_COMPLETION_INDEX": "0"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try data.maps == ["0.tif", "0.tif.aux.xml"])
    }

    @Test func `what cannot be is refused before any work`() throws {
        let scene = try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let start = ["segment", scene, "-m", model, "-o", data("maps/a.tif"), "--shard"]
        let calls: [(arguments: [String], environment: [String: String], words: String)] = [
            (start + ["0/3"], [:], "0/3"),
            (start + ["3"], [:], "neither is set"),
            (start + ["1/3"], ["SLURM_ARRAY_TASK_ID": "2"], "different shards"),
            (start + ["1/3", "--preview", data("maps/a.png")], [:], "give it to iicd merge"),
            (start + ["1/3", "--qml", data("maps/a.qml")], [:], "give it to iicd merge"),
            (["segment", data.path, "-m", model, "-o", data("maps/a.tif")], [:], "is no folder"),
            (["segment", data("maps"), "-m", model, "-o", data("maps")], [:], "There is no scene"),
        ]
        for call in calls {
            let result = try run(call.arguments, call.environment)
            #expect(result.status == 64, "\(call.arguments) \(result.errors)")
            #expect(result.errors.contains(call.words), "\(result.errors)")
        }
        #expect(try data.maps.isEmpty)
    }
}

extension Program.Result {
    fileprivate func expectSuccess(_ location: SourceLocation = #_sourceLocation) {
        #expect(status == 0, "\(errors)", sourceLocation: location)
    }
}
