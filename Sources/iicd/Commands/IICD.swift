import ArgumentParser
import Foundation
import IICInfer

@main struct IICD: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "iicd",
        abstract: "Land-cover maps from RGB-infrared scenes, without labels.",
        discussion: """
            Every flag can also be set by an environment variable (IICD_THREADS for --threads) and, \
            where a command has --config, in a YAML file that holds the flags' names. Flags win \
            over the environment, the environment over the file.
            """,
        version: VersionReport.text,
        subcommands: [
            Sample.self, Prepare.self, Train.self, Segment.self, Merge.self, Watch.self, Jobs.self,
            Evaluate.self, Inspect.self, Adapt.self, Name.self, LegendCommand.self, Assess.self,
            Export.self, ImportCommand.self, CheckScenes.self, LaunchedWorker.self,
        ])

    /// Runs a command and ends with the exit code that its error asks for.
    static func main() async {
        // A reader that has seen enough (`iicd inspect … | head`) must not kill us half-way.
        _ = signal(SIGPIPE, SIG_IGN)
        // A file beyond the user's limit is an error of that write, which takes temporaries with it.
        _ = signal(SIGXFSZ, SIG_IGN)
        do {
            var command = try parseAsRoot(ProgramInput.expanded())
            try JobRanks.check(isShared: command is any SharedCommand)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            try flushResults()
            JobRanks.finish()
        } catch {
            JobRanks.end(with: error) { report(error, prefix: $0) }
            Foundation.exit(report(error))
        }
    }

    /// Tells the user what went wrong; returns the exit code.
    ///
    /// - Parameter prefix: words before the error; nil if nothing is to be told.
    private static func report(_ error: any Error, prefix: String? = "") -> Int32 {
        let code = (error as? any UserError)?.exitStatus.rawValue ?? exitCode(for: error).rawValue
        guard let prefix else { return code }
        if let error = error as? any UserError {
            StandardError.write("iicd: \(prefix)\(error.description)\n")
            return code
        }
        return report(error, code: exitCode(for: error), prefix: prefix)
    }

    private static func report(_ error: any Error, code: ExitCode, prefix: String) -> Int32 {
        if code.isSuccess {  // --help and --version arrive as errors
            print(fullMessage(for: error))
            do { try flushResults() } catch { return report(error) }
        } else if code == .validationFailure {
            let text = fullMessage(for: error)
            StandardError.write(
                "iicd: \(text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text)\n")
        } else if !(error is ExitCode) {
            StandardError.write("iicd: \(prefix)\(error)\n")
        }
        return code.rawValue
    }

    /// A result that did not reach a full disk is an error; a reader that has left is none.
    private static func flushResults() throws {
        guard fflush(nil) != 0, errno != EPIPE, errno != EBADF else { return }
        throw ResultsLost(reason: unsafe String(cString: strerror(errno)))
    }
}

/// Standard output could not be written.
struct ResultsLost: UserError {
    let reason: String

    var description: String { "Cannot write to standard output: \(reason)." }
    var exitStatus: ExitStatus { .cannotWrite }
}
