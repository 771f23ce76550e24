import Foundation
import IICInfer
import IICTrain
import Testing

@Suite struct TrainTests {
    let data: TestData

    init() throws { data = try TestData() }

    /// A network that trains 100 steps a second; the outputs go to the folder of the maps.
    static let small = ["--width", "0.0625", "--crop", "48", "--batch", "4"]

    func train(_ arguments: [String], model: String = "m") throws -> Program.Result {
        try Program(["train", "-o", data("maps/\(model)")] + Self.small + arguments).wait()
    }

    func scene() throws -> String {
        try data.scene("a.tif", UInt8.self, width: 130, height: 110)
    }

    func tiles(_ count: Int = 6) throws -> String {
        try data.tiles("tiles", count: count, height: 60, width: 70)
    }

    /// One sentence on standard error, nothing on standard output, and no file that was not there.
    func expect(
        _ status: Int32, _ words: String, from arguments: [String], model: String = "m",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try data.maps
        let result = try train(arguments, model: model)
        #expect(result.status == status, "\(result.errors)", sourceLocation: sourceLocation)
        let lines = result.errors.split(separator: "\n")
        #expect(lines.first?.hasPrefix("iicd: ") == true, sourceLocation: sourceLocation)
        #expect(
            lines.first?.contains(words) == true, "\(result.errors)",
            sourceLocation: sourceLocation)
        // A wrong call is reported with the usage beneath.
        #expect(lines.count == 1 || status == 64, "\(lines)", sourceLocation: sourceLocation)
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
        #expect(try data.maps == before, sourceLocation: sourceLocation)
    }

    @Test func `a few steps on a scene make a model that maps it`() throws {
        let scene = try scene()
        let result = try train([scene, "--steps", "3"], model: "m.safetensors")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix(data("maps/m.safetensors") + "  3 steps, loss A -"))
        #expect(try data.maps == ["", ".checkpoint", ".run"].map { "m.safetensors" + $0 })
        let model = try ModelBundle(reading: data("maps/m.safetensors"))
        #expect(model.history.map(\.step) == [1, 2, 3] && model.checkpoint == nil)
        #expect(try ModelBundle(reading: data("maps/m.safetensors.checkpoint")).checkpoint != nil)
        let map = try Program.run(
            "segment", scene, "-m", data("maps/m.safetensors"), "-o", data("maps/m.tif"))
        #expect(map.status == 0, "\(map.errors)")
    }

    @Test func `every flag reaches the settings that the model keeps`() throws {
        let result = try train([
            try tiles(), "--steps", "1", "--classes", "3", "--overclusters", "7", "--subheads-a",
            "2",
            "--subheads-b", "3", "--geometry", "paper", "--batchnorm-tracking", "--loss",
            "collapsed", "--heads", "both", "--lambda-a", "1.1", "--lambda-b", "1.2",
            "--displacement", "2", "--sparse-translation", "1,3", "--mask", "border",
            "--random-scale", "0.9,1.25", "--views", "separate", "--flip", "0.25", "--jitter",
            "0.4,0.3,0.2,0.125", "--rotation", "5", "--shear", "-3,2", "--affine-scale", "0.9,1.1",
            "--group", "3", "--lr", "0.002", "--lr-schedule", "2,4", "--lr-factor", "0.5",
            "--lr-decay", "0", "--seed", "9", "--no-refine",
        ])
        #expect(result.status == 0, "\(result.errors)")
        var expected = Preset.quick.settings
        expected.width = 0.0625
        expected.crop = 48
        expected.batch = 4
        expected.classes = 3
        expected.overclusters = 7
        expected.subheadsA = 2
        expected.subheadsB = 3
        expected.geometry = .paper
        expected.tracking = true
        expected.loss = .collapsed
        expected.heads = .both
        expected.lambdaA = 1.1
        expected.lambdaB = 1.2
        expected.displacementRadius = 2
        expected.translation = NumberRange(1, 3)
        expected.mask = .border
        expected.scale = NumberRange(0.9, 1.25)
        expected.views = .separate
        expected.flip = 0.25
        expected.jitter = JitterAmounts(
            brightness: 0.4, contrast: 0.3, saturation: 0.2, hue: 0.125)
        expected.affine = RandomAffine(
            rotation: NumberRange(-5, 5), shear: NumberRange(-3, 2), scale: NumberRange(0.9, 1.1))
        expected.group = 3
        expected.rate = 0.002
        expected.schedule = RateSchedule(epochs: [2, 4], factor: 0.5)
        expected.decay = nil
        expected.seed = 9
        expected.refine = false
        let model = try ModelBundle(reading: data("maps/m"))
        #expect(try model.training.decode(TrainingSettings.self) == expected)
        #expect(model.refinement == nil)
    }

    @Test func `a model of overclusters alone maps and is scored`() throws {
        let (scene, tiles) = (try scene(), try tiles())
        let flags = ["--steps", "3", "--heads", "overclustering", "--overclusters", "7"]
        let result = try train([tiles] + flags)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("loss A") && !result.output.contains("loss B"))
        let map = try Program.run("segment", scene, "-m", data("maps/m"), "-o", data("maps/m.tif"))
        #expect(map.status == 0, "\(map.errors)")
        let score = try Program.run("evaluate", "-m", data("maps/m"), tiles, "--json")
        #expect(score.status == 0, "\(score.errors)")
        let report = try JSONValue(parsing: Array(score.output.utf8))
        #expect(report["confusion"]?.array?.count == 7)
        let resumed = try Program.run(
            "train", tiles, "-o", data("maps/m"), "--resume", "--steps", "4")
        #expect(resumed.status == 0, "\(resumed.errors)")
    }

    @Test func `tiles and 16-bit scenes train as well`() throws {
        let wide = try data.scene("w.tif", UInt16.self, width: 130, height: 110)
        #expect(try train([wide, "--steps", "1"], model: "w").status == 0)
        let model = try ModelBundle(reading: data("maps/w"))
        #expect(model.scaling.source == .uint16)
        #expect(try train([tiles(), "--steps", "1"], model: "t").status == 0)
        #expect(try ModelBundle(reading: data("maps/t")).scaling.source == .uint8)
    }

    @Test(.timeLimit(.minutes(5)))
    func `Ctrl-C ends it with 130, a model that maps and a checkpoint`() throws {
        let scene = try scene()
        let program = try Program(
            ["train", scene, "-o", data("maps/m"), "--steps", "100000000", "--json"] + Self.small)
        while !program.errors.contains("}") && !program.hasEnded { usleep(5_000) }
        program.send(SIGINT)
        let result = try program.wait()
        #expect(result.status == 130, "\(result.errors)")
        #expect(
            result.errors.hasSuffix(
                "iicd: Interrupted; “\(data("maps/m"))” holds the model so far, and --resume goes "
                    + "on from there.\n"))
        #expect(try data.maps.filter { $0 != "m.best" } == ["m", "m.checkpoint", "m.run"])
        let steps = try #require(try ModelBundle(reading: data("maps/m")).history.last?.step)
        let map = try Program.run(
            "segment", scene, "-m", data("maps/m"), "-o", data("maps/m.tif"))
        #expect(map.status == 0, "\(map.errors)")
        let resumed = try Program.run(
            "train", scene, "-o", data("maps/m"), "--resume", "--steps", "\(steps + 1)")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(resumed.output.contains("  \(steps + 1) steps, "))
    }

    @Test func `data that cannot be read are reported`() throws {
        let scene = try scene()
        let bytes = try data.bytes("a.tif")
        try expect(66, "There is no file “", from: [data("none")])
        try expect(65, "has no folder “imgs”", from: [data("maps")])
        let cut = try data.write(bytes.prefix(bytes.count / 2), "cut.tif")
        try expect(65, "is cut off", from: [cut])
        let text = try data.write(Data("text".utf8), "text.tif")
        try expect(65, "is not a TIFF file", from: [text])
        let few = try data.scene("few.tif", UInt8.self, width: 90, height: 90, bands: 3)
        try expect(65, "it has 3 bands", from: [few])
        try expect(64, "names band 9", from: [scene, "--bands", "1,2,3,9"])
        try expect(65, "smaller than a crop of 111", from: [scene, "--crop", "111"])
        let wide = try data.scene("w.tif", UInt16.self, width: 90, height: 90)
        try expect(65, "train on scenes of one pixel type", from: [scene, wide])
    }

    @Test func `tiles that cannot be read are reported`() throws {
        let tiles = try tiles(2)
        try expect(65, "smaller than a crop of 64", from: [tiles, "--crop", "64"])
        try expect(64, "--bands is for scenes", from: [tiles, "--bands", "1,2,3,4"])
        try expect(64, "is a folder: train on one folder", from: [tiles, tiles])
        for name in ["0", "1"] {
            let bytes = try data.bytes("tiles/imgs/\(name).mat")
            try data.write(bytes.prefix(bytes.count * 2 / 3), "tiles/imgs/\(name).mat")
        }
        try expect(65, "ends too early", from: [tiles, "--steps", "1"])
    }

    @Test func `nothing but a model is replaced`() throws {
        let scene = try scene()
        let bytes = try data.bytes("a.tif")
        for output in ["../a.tif", "../maps"] {
            let result = try train([scene, "--steps", "1"], model: output)
            #expect(result.status == (output == "../a.tif" ? 64 : 73))
            #expect(result.errors.hasPrefix("iicd: ") && result.output.isEmpty)
        }
        #expect(try data.bytes("a.tif") == bytes)
        let notes = try data.write(Data("my notes".utf8), "maps/n.best")
        try expect(
            64, "“\(notes)” is no model, and training would replace it",
            from: [scene, "--steps", "1"],
            model: "n")
        #expect(try data.bytes("maps/n.best") == Data("my notes".utf8))
        try expect(73, "there is no folder", from: [scene], model: "none/m")
        try FileManager.default.createDirectory(
            atPath: data("maps/m.checkpoint"), withIntermediateDirectories: false)
        try expect(73, "it is a folder", from: [scene])
    }

    @Test(arguments: [
        (["--steps", "0"], "--steps must lie between 1 and 1000000000, not 0."),
        (["--steps", "-1"], "--steps must lie between 1 and 1000000000, not -1."),
        (
            ["--patience", "-1"],
            "--patience must lie between 0 (none) and 1000000000, not -1."
        ),
        (["--epochs", "\(Int.max)"], "--epochs must lie between"),
        (["--threads", "-2"], "--threads must lie between 1 and 1024, not -2."),
        (["--threads", "\(Int.max)"], "--threads must lie between"),
        (["--batch", "-4"], "The batch must hold 1 to 65536 images, not -4."),
        (["--batch", "\(Int.max)"], "The batch must hold"),
        (["--group", "\(Int.max)"], "A batch-norm group must hold"),
        (["--crop", "-48"], "Crops must be 40 to 4096 pixels wide, not -48."),
        (["--classes", "-1"], "The network cannot have -1 classes; 2 to 254 are possible."),
        (["--width", "-0.5"], "The network cannot have the width -0.5"),
        (["--width", "nan"], "The network cannot have the width nan"),
        (["--lr", "-1e-3"], "The learning rate must lie between 0 and 1, not -0.001."),
        (["--lambda-a", "-1"], "λ must lie between 0 and 100, not -1.0."),
        (["--displacement", "-1"], "reach 0 to 23 pixels in crops of 48, not -1."),
        (["--displacement", "24"], "reach 0 to 23 pixels in crops of 48, not 24."),
        (["--displacement", "33", "--crop", "80"], "reach 0 to 32 pixels in crops of 80, not 33."),
        (["--epochs", "0"], "--epochs must lie between 1 and 1000000000, not 0."),
        (["--time", "0"], "--time must be more than nothing"),
        (["--time", "0ms", "--steps", "3"], "--time must be more than nothing"),
        (["--seed", "-1"], "'-1' is invalid for '--seed"), (["--time", "-1m"], "'-1m' is invalid"),
        (["--flip", "2"], "The flip probability must be 0 to 1, not 2.0."),
        (["--jitter", "0.1,0.1"], "one or four numbers such as 0.1"),
        (["--jitter", "0.1,0.1,0.1,0.7"], "The jitter of the hue must be 0 to 0.5, not 0.7."),
        (["--rotation", "a"], "one or two numbers such as 30 or -30,30 are needed"),
        (["--rotation", "200"], "Rotations must go up from -180.0 to 180.0 at most"),
        (["--affine-scale", "0.8"], "two numbers such as 0.8,1.2 are needed"),
        (
            ["--random-scale", "0,1"],
            "Random scales must go up from 0.25 to 4 at most, not 0.0 to 1."
        ),
        (["--sparse-translation", "1.5"], "whole pixels at most, not 0.0 to 1.5."),
        (["--lr-schedule", "10,x"], "numbers of epochs such as 100,200 are needed"),
        (["--lr-factor", "0.5"], "--lr-factor needs --lr-schedule"),
        (["--lr-decay", "-1"], "The rate's decay must take 1 step or more, not -1."),
        (["--heads", "c"], "'c' is invalid"), (["--mask", "c"], "'c' is invalid"),
        (["--subheads-b", "17"], "The network cannot have 17 sub-heads"),
        (["--memory", "-1GiB"], "'-1GiB' is invalid"), (["--preset", "none"], "'none' is invalid"),
        (["--bands", "1,2,3"], "--bands needs four numbers such as 1,2,3,4, not “1,2,3”."),
        (["--bands", "-1,2,3,4"], "not “-1,2,3,4”."), (["--bands", "1,2,x,4"], "is invalid for"),
        (["--memory", "1MiB"], "Training with these settings needs --memory"),
    ])
    func `a number that cannot be is reported with its value`(
        _ flags: [String], _ words: String
    ) throws {
        try expect(64, words, from: [scene()] + flags)
    }
}
