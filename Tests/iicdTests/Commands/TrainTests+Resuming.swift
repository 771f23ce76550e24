import Foundation
import IICInfer
import IICTrain
import Testing

/// Trainings that end and go on.
extension TrainTests {
    @Test(arguments: [[], ["--preset", "reproduction3", "--group", "3"]])
    func `a resumed run has the bytes of one that went through`(_ flags: [String]) throws {
        let tiles = try tiles()
        for (model, arguments) in [
            ("through", ["--steps", "5", "--threads", "1"]),
            ("parts", ["--steps", "2", "--threads", "3"]),
        ] {
            let result = try train([tiles] + flags + arguments, model: model)
            #expect(result.status == 0, "\(result.errors)")
        }
        let arguments = ["train", tiles, "-o", data("maps/parts"), "--resume", "--steps", "5"]
        for _ in 0..<2 {
            // The second finds the training at its end and leaves it there.
            let result = try Program(arguments).wait()
            #expect(result.status == 0, "\(result.errors)")
            #expect(result.output.hasPrefix(data("maps/parts") + "  5 steps"))
            #expect(try data.bytes("maps/parts") == data.bytes("maps/through"))
        }
        #expect(try (ModelBundle(reading: data("maps/parts")).refinement != nil) == flags.isEmpty)
    }

    /// As checkpoints were before there were refinements.
    private func forgetRefinement(_ name: String) throws {
        var bundle = try ModelBundle(reading: data(name))
        guard case .object(var members) = bundle.training else { return }
        #expect(members.removeValue(forKey: "refine") == true)
        bundle.training = .object(members)
        try bundle.write(to: data(name))
    }

    @Test func `a checkpoint of before goes on, with a refinement only where one is asked for`()
        throws
    {
        let tiles = try tiles()
        try #require(try train([tiles, "--steps", "2"]).status == 0)
        try forgetRefinement("maps/m.checkpoint")
        let checkpoint = try data.bytes("maps/m.checkpoint")
        try #require(try train([tiles, "--steps", "4"], model: "through").status == 0)
        let through = try ModelBundle(reading: data("maps/through"))
        for (flags, isRefined) in [([], false), (["--no-refine"], false), (["--refine"], true)] {
            try data.write(checkpoint, "maps/m.checkpoint")
            let resumed = try train([tiles, "--resume", "--steps", "4"] + flags)
            #expect(resumed.status == 0, "\(flags): \(resumed.errors)")
            let model = try ModelBundle(reading: data("maps/m"))
            #expect(model.weights == through.weights)
            #expect(model.refinement == (isRefined ? through.refinement : nil))
        }
        // Of a training that is at its end, too.
        let ended = try train([tiles, "--resume", "--steps", "4", "--no-refine"])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try ModelBundle(reading: data("maps/m")).refinement == nil)
    }

    @Test func `crops that are all border train a model whose refinement saw the whole`() throws {
        let flags = ["--geometry", "paper", "--crop", "24", "--displacement", "3", "--steps", "1"]
        let result = try train([scene()] + flags)
        #expect(result.status == 0, "\(result.errors)")
        #expect(try ModelBundle(reading: data("maps/m")).refinement != nil)
    }

    @Test func `patience ends it with a sentence, and a resumption says that it had ended`() throws
    {
        let tiles = try tiles()
        let result = try train([tiles, "--patience", "10", "--json"])
        #expect(result.status == 0, "\(result.errors)")
        let why = "agreement has not grown for 10 steps, since step "
        #expect(result.errors.contains("The training ends: \(why)"), "\(result.errors)")
        #expect(result.errors.contains("\"patienceStep\":"), "\(result.errors)")
        let steps = try #require(try ModelBundle(reading: data("maps/m")).history.last?.step)
        let bytes = try data.bytes("maps/m")

        let again = try train([tiles, "--resume", "--patience", "10"])
        #expect(again.status == 0 && again.output.hasPrefix(data("maps/m") + "  \(steps) steps\n"))
        #expect(again.errors.hasPrefix("The training had ended before: \(why)"), "\(again.errors)")
        #expect(again.errors.hasSuffix(". A larger --patience goes on.\n"), "\(again.errors)")
        #expect(try data.bytes("maps/m") == bytes)

        let more = try train([tiles, "--resume", "--steps", "\(steps + 1)"])
        #expect(more.status == 0 && more.output.contains("  \(steps + 1) steps, "))
    }

    @Test func `what is no checkpoint is not resumed from`() throws {
        let scene = try scene()
        let resume = [scene, "--resume", "--steps", "3"]
        try expect(66, "There is no checkpoint “", from: resume)
        try #require(try train([scene, "--steps", "2"]).status == 0)
        let (model, checkpoint) = (try data.bytes("maps/m"), try data.bytes("maps/m.checkpoint"))
        try expect(
            64,
            "with other settings than the flags name (affine none, now given; classes 6, now 5)",
            from: resume + ["--classes", "5", "--rotation", "3"])
        let other = try data.scene("b.tif", UInt8.self, width: 131, height: 110)
        try expect(
            65,
            "on other data (scenes 1 name “a.tif”, now “b.tif”; scenes 1 width 130, now 131): resume",
            from: [other, "--resume"])
        try expect(
            65, "on other data (scenes 1, now 2)", from: [scene, other, "--resume"])
        for (bytes, words) in [
            (model, "it is a model without the trainer's state"),
            (checkpoint.prefix(checkpoint.count / 2), "damaged"),
            (checkpoint.prefix(5), "is no .safetensors file"), (Data(), "is no .safetensors file"),
        ] {
            try data.write(bytes, "maps/m.checkpoint")
            try expect(65, words, from: resume)
        }
        #expect(try data.bytes("maps/m") == model)
    }

    /// A crop that only the checkpoint's geometry allows, and one that its network does not.
    @Test func `flags of a resumption are judged by the checkpoint's settings`() throws {
        let scene = try scene()
        let flags = ["--preset", "reproduction3", "--group", "3", "--crop", "24"]
        try #require(
            try train([scene, "--steps", "1"] + flags + ["--displacement", "3"]).status == 0)
        let resumed = try train([scene, "--steps", "2", "--resume", "--crop", "24"])
        #expect(resumed.status == 0, "\(resumed.errors)")
        try expect(
            64, "Crops must be 16 to 4096 pixels wide, not 12.",
            from: [scene, "--resume", "--crop", "12"])
        try expect(
            64, "reach 0 to 11 pixels in crops of 24, not 20.",
            from: [scene, "--resume", "--crop", "24", "--displacement", "20"])
    }
}
