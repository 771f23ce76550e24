import IICInfer
import Testing

@Suite struct ProgramTests {
    @Test func `help goes to standard output and is no error`() throws {
        for arguments in [["--help"], ["inspect", "--help"], ["help"], []] {
            let result = try Program(arguments).wait()
            #expect(result.status == 0)
            #expect(result.output.contains("USAGE: iicd"))
            #expect(result.errors.isEmpty)
        }
    }

    @Test func `the version is one line`() throws {
        let result = try Program.run("--version")
        #expect(result.status == 0)
        #expect(result.output == Software.version + "\n")
    }

    @Test(arguments: [["frobnicate"], ["--frobnicate"], ["inspect"], ["inspect", "--frobnicate"]])
    func `a wrong call is one sentence, the usage and exit code 64`(arguments: [String]) throws {
        let result = try Program(arguments).wait()
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("iicd: "))
        #expect(result.errors.contains("Usage: iicd"))
        #expect(result.output.isEmpty)
    }

    @Test func `an argument that is not UTF-8 is one sentence and exit code 64`() throws {
        let data = try TestData()
        try data.scene("a.tif", UInt8.self, width: 60, height: 50)
        let result = try Program(
            ["segment", data("a.tif"), "-m", try data.model(), "-o"],
            lastArgument: data("maps/out") + #"\376.tif"#
        ).wait()
        #expect(result.status == 64)
        #expect(
            result.errors.hasPrefix("iicd: The argument “\(data("maps/out"))\u{FFFD}.tif” is not"))
        #expect(result.errors.split(separator: "\n").count == 1)
        #expect(try data.maps.isEmpty)
    }

    @Test func `results that a full disk does not take are an error`() throws {
        let result = try Program.run("--help", output: "/dev/full")
        #expect(result.status == 73)
        #expect(
            result.errors == "iicd: Cannot write to standard output: No space left on device.\n")
    }
}
