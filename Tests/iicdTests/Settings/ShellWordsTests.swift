import Foundation
import IICInfer
import Testing

@testable import iicd

@Suite struct ShellWordsTests {
    /// What `sh` makes of a line, in which nothing is to be expanded.
    private func shell(_ line: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-fc", "printf '%s\\0' \(line)"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    @Test(arguments: [
        "srun -n1 -c8 --mem=4G", " a  b\tc ", "ssh -o 'ProxyCommand=nc %h 22' host",
        #"sh -c 'exec "$@"' sh"#, #""a b"c'd e'f\ g"#, #"'' "" x"#, #""\a\"\\\$\`" \'"#,
        #"'\'x "it's" '"'"#, "a\\\nb \"c\\\nd\"", "ü 'ö ä'", #"\* \; \| '#' a#b"#,
    ])
    func `words are those of a shell`(line: String) throws {
        #expect(try ShellWords.split(line) == shell(line))
    }

    @Test func `nothing is expanded`() throws {
        #expect(try ShellWords.split("$HOME * a;b `c`") == ["$HOME", "*", "a;b", "`c`"])
        #expect(try ShellWords.split(" \n").isEmpty)
    }

    @Test(arguments: ["'a", "a \"b", "a\\", "\"a\\\""])
    func `what has no end is refused`(line: String) {
        #expect(throws: UsageError.self) { try ShellWords.split(line) }
    }
}
