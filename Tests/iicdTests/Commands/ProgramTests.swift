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

    @Test func `the version comes with what the program was made from and runs with`() throws {
        let result = try Program.run("--version")
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == "iicd \(Software.version)")
        #expect(lines.count == 4)
        let facts = Dictionary(
            lines.map { line in
                let parts = line.split(separator: " ", maxSplits: 1)
                return (String(parts[0]), String(parts.last ?? ""))
            }
        ) { first, _ in first }
        #expect(facts["gdal"]?.wholeMatch(of: /\d+\.\d+\.\d+.*/) != nil)
        #expect(facts["instruction-set"]?.isEmpty == false)
        let commit = try #require(facts["commit"])
        #expect(commit == "unknown" || !commit.contains(" "))
    }

    @Test(arguments: [["frobnicate"], ["--frobnicate"], ["inspect"], ["inspect", "--frobnicate"]])
    func `a wrong call is one sentence, the usage and exit code 64`(arguments: [String]) throws {
        let result = try Program(arguments).wait()
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("iicd: "))
        #expect(result.errors.contains("Usage: iicd"))
        #expect(result.output.isEmpty)
    }

    @Test func `results that a full disk does not take are an error`() throws {
        let result = try Program.run("--help", output: "/dev/full")
        #expect(result.status == 73)
        #expect(
            result.errors == "iicd: Cannot write to standard output: No space left on device.\n")
    }
}
