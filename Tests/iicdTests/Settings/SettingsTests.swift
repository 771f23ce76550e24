import ArgumentParser
import Foundation
import IICInfer
import TestSupport
import Testing

@testable import iicd

@Suite struct SettingsTests {
    private struct Root: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "root", subcommands: [Train.self, Plain.self])
    }

    private struct Plain: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "plain")
        @Option var threads = 1
    }

    private struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "train")
        @Argument var data: [String] = []
        @Option(name: [.short, .customLong("output")]) var output = "default"
        @Option var learningRate = 1.0
        @Option var bands: String?
        @Option var scene: [String] = []
        @Flag var resume = false
        @Flag(inversion: .prefixedNo) var jitter = true
        @Option var refine: String?
        @Flag var noRefine = false
        @Option var config: String?
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func train(
        _ arguments: [String], environment: [String: String] = [:], file: String? = nil
    ) throws -> Train {
        var settings: [String] = []
        if let file {
            settings = ["--config", try folder.write(text: file, to: "settings.yml")]
        }
        let expanded = try SettingsExpansion(
            tool: try ToolDescription(json: Root._dumpHelp()), environment: environment
        ).expand(["train"] + settings + arguments)
        return try #require(try Root.parseAsRoot(expanded) as? Train)
    }

    private func error(_ file: String, environment: [String: String] = [:]) -> SettingsError? {
        do {
            _ = try train([], environment: environment, file: file)
            return nil
        } catch { return error as? SettingsError }
    }

    @Test func `flags win over the environment, that over the file, that over the default`() throws
    {
        let file = "learning-rate: 3\noutput: file\n"
        let environment = ["IICD_LEARNING_RATE": "2", "IICD_OUTPUT": "environment"]
        #expect(try train([]).learningRate == 1)
        #expect(try train([], file: file).learningRate == 3)
        #expect(try train([], environment: environment, file: file).learningRate == 2)
        for arguments in [["--learning-rate", "0.5"], ["--learning-rate=0.5"]] {
            let command = try train(arguments, environment: environment, file: file)
            #expect(command.learningRate == 0.5)
            #expect(command.output == "environment")
        }
        for arguments in [["-o", "x"], ["--output", "x"], ["-o=x"]] {
            #expect(try train(arguments, environment: environment, file: file).output == "x")
        }
    }

    /// Such as --refine both and --no-refine, which the parser refuses together.
    @Test func `what denies an option wins over it as the option itself would`() throws {
        let file = "refine: both\n"
        func refine(_ arguments: [String], _ environment: [String: String] = [:], _ file: String?)
            throws -> String?
        {
            let command = try train(arguments, environment: environment, file: file)
            return command.noRefine ? "none" + (command.refine ?? "") : command.refine
        }
        #expect(try refine([], [:], file) == "both")
        #expect(try refine(["--no-refine"], ["IICD_REFINE": "mixture"], file) == "none")
        #expect(try refine([], ["IICD_NO_REFINE": "true"], file) == "none")
        #expect(try refine([], ["IICD_NO_REFINE": "false"], file) == "both")
        #expect(try refine(["--refine", "x"], ["IICD_NO_REFINE": "true"], nil) == "x")
        #expect(try refine([], ["IICD_REFINE": "x"], "no-refine: true\n") == "x")
    }

    @Test func `the environment may name the file`() throws {
        let path = try folder.write(text: "output: here", to: "s.yml")
        #expect(try train([], environment: ["IICD_CONFIG": path]).output == "here")
        #expect(throws: SettingsError.self) {
            try train([], environment: ["IICD_CONFIG": folder("none")])
        }
    }

    @Test func `flags, lists and values of any look are passed on as they are`() throws {
        let command = try train(
            ["a", "--", "b"],
            environment: ["IICD_JITTER": "false"],
            file: """
                # a comment
                resume: true
                output: -7.50
                bands: [r, g, b, ir]
                scene:
                  - one.tif
                  - "two words.tif"
                learning-rate:
                """)
        #expect(command.resume && !command.jitter)
        #expect(command.output == "-7.50" && command.bands == "r,g,b,ir")
        #expect(command.scene == ["one.tif", "two words.tif"])
        #expect(command.learningRate == 1)
        #expect(command.data == ["a", "b"])
        #expect(try train([], file: "jitter: false").jitter == false)
        #expect(try train([], file: "no-jitter: true").jitter == false)
        #expect(try train([], file: "resume: False").resume == false)
        #expect(try train(["--jitter"], file: "jitter: false").jitter)
    }

    @Test(arguments: [
        ("epochs: 3", "unknown setting “epochs”"), ("config: x", "unknown setting “config”"),
        ("help: true", "unknown setting “help”"), ("data: x", "unknown setting “data”"),
        ("resume: maybe", "“resume” the value “maybe”"), ("- a", "lines such as"),
        ("just words", "lines such as"), ("output: {a: b}", "neither a value"),
        ("scene: [[a]]", "plain list"), ("a: [", "no valid YAML"),
        ("output: a\noutput: b", "no valid YAML"), ("{a: 1}: 2", "lines such as"),
        (String(repeating: "[", count: 50_000), "no valid YAML"),
        (String(repeating: "- ", count: 30_000), "no valid YAML"),
    ])
    func `a file that means nothing is a wrong call that names it`(file: String, reason: String) {
        let error = error(file)
        #expect(error?.exitStatus == .usage)
        #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
        #expect(error?.description.contains("settings.yml") == true)
    }

    @Test func `aliases cannot explode`() {
        var file = "a: &a [x, x]\n"
        for letter in "bcdefghijklmnopqrstuvwxyz" {
            let before = Character(UnicodeScalar(letter.asciiValue.map { $0 - 1 } ?? 97))
            file += "\(letter): &\(letter) [*\(before), *\(before), *\(before), *\(before)]\n"
        }
        #expect(error(file)?.exitStatus == .usage)
    }

    @Test func `a wrong value in the environment names its variable`() {
        let error = error("", environment: ["IICD_RESUME": "perhaps"])
        #expect(error?.description.contains("IICD_RESUME") == true)
    }

    @Test func `an empty file and an empty variable change nothing`() throws {
        for file in ["", "# nothing\n", "---\n", "{}"] {
            #expect(try train([], environment: ["IICD_OUTPUT": ""], file: file).output == "default")
        }
    }

    @Test func `help, other commands and no command are left alone`() throws {
        let expansion = SettingsExpansion(
            tool: try ToolDescription(json: Root._dumpHelp()),
            environment: ["IICD_THREADS": "3", "IICD_CONFIG": "/none"])
        #expect(try expansion.expand([]) == [])
        #expect(try expansion.expand(["--help"]) == ["--help"])
        #expect(try expansion.expand(["train", "--help"]) == ["train", "--help"])
        #expect(try expansion.expand(["plain"]) == ["plain", "--threads=3"])
    }

    @Test func `a missing or strange settings file is refused`() throws {
        for (path, status) in [("/none", 66), ("/", 65), ("/dev/zero", 65)] {
            do {
                _ = try train(["--config", path])
                Issue.record("\(path) was read")
            } catch let error as SettingsError {
                #expect(error.exitStatus.rawValue == Int32(status))
                #expect(error.description.contains("“\(path)”"))
            }
        }
    }

    /// The parser's description is not public: a new version may change it under us.
    @Test func `the parser's description is that which flags are read from`() throws {
        let commands = try ToolDescription(json: Root._dumpHelp()).commands
        #expect(Set(commands.keys) == ["train", "plain", "help"])
        let flags = try #require(commands["train"]).map {
            "\($0.longNames) \($0.shortNames) \($0.takesValue) \($0.isRepeating)"
        }
        #expect(
            flags == [
                #"["output"] ["o"] true false"#, #"["learning-rate"] [] true false"#,
                #"["bands"] [] true false"#, #"["scene"] [] true true"#,
                #"["resume"] [] false false"#, #"["jitter", "no-jitter"] [] false false"#,
                #"["refine"] [] true false"#, #"["no-refine"] [] false false"#,
                #"["config"] [] true false"#, #"["help"] ["h"] false false"#,
            ])
    }

    @Test(arguments: [
        ("\"serializationVersion\" : 0", "\"serializationVersion\" : 1"),
        ("\"command\"", "\"tool\""), ("\"subcommands\"", "\"commands\""),
        ("\"commandName\"", "\"title\""), ("\"arguments\"", "\"parameters\""),
        ("\"kind\"", "\"type\""), ("\"isRepeating\"", "\"repeats\""), ("\"names\"", "\"spelling\""),
        ("\"name\"", "\"text\""), ("\"option\"", "\"value\""), ("\"long\"", "\"double-dash\""),
        ("{", ""),
    ])
    func `a description in another form is an error, not a program without settings`(
        part: String, other: String
    ) throws {
        let json = Root._dumpHelp()
        let changed = json.replacing(part, with: other)
        try #require(changed != json)
        let error = try #require(throws: SettingsError.self) {
            try ToolDescription(json: changed)
        }
        #expect(error.exitStatus == .failed)
        #expect(error.description.contains("argument parser"))
    }
}
