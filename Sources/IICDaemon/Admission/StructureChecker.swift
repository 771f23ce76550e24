import Foundation
package import IICInfer
import Synchronization

/// Has the structure of scenes checked by a process of its own, so that a file at which a decoder dies
/// ends that process and not the daemon.
///
/// The process is this program with hidden arguments; it is started when it is first needed, and again
/// after each death. It ends with the daemon, because its standard input does.
package final class StructureChecker: Sendable {
    private final class Child {
        let process: Process
        let input: FileHandle
        let output: FileHandle
        var pending: [UInt8] = []

        init(_ process: Process, _ input: FileHandle, _ output: FileHandle) {
            self.process = process
            self.input = input
            self.output = output
        }
    }

    /// Only used under the lock.
    private struct Held: @unchecked Sendable {
        var child: Child?
    }

    private let program: String
    private let arguments: [String]
    private let folder: String
    private let patience: Duration
    private let held = Mutex(Held())

    /// - Parameters:
    ///   - program: a path.
    ///   - folder: what no part of a VRT may lie outside of.
    ///   - patience: how long one scene may take.
    package init(
        program: String, arguments: [String], inside folder: String,
        patience: Duration = .seconds(60)
    ) {
        self.program = program
        self.arguments = arguments
        self.folder = folder
        self.patience = patience
    }

    deinit {
        held.withLock { held in
            try? held.child?.input.close()
            held.child = nil
        }
    }

    /// As ``SceneStructure/check(_:inside:calls:)``, one scene at a time.
    ///
    /// - Throws: also ``CheckFailure`` for a scene at which the process died.
    package func check(_ scene: String) throws {
        let answer = try held.withLock { held -> JSONValue in
            let child = try held.child ?? start()
            held.child = child
            do {
                return try ask(child, scene)
            } catch {
                held.child = nil
                kill(child.process.processIdentifier, SIGKILL)
                child.process.waitUntilExit()
                throw error
            }
        }
        try StructureAnswer.unpack(answer, of: scene)
    }

    private func start() throws -> Child {
        let process = Process()
        // By bytes: Foundation would repair a name that is not UTF-8.
        let name = program.pathBytes.map { byte -> String in
            let isPlain = byte == UInt8(ascii: "/") || Character(Unicode.Scalar(byte)).isLetter
            return isPlain && byte < 0x80
                ? String(Unicode.Scalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        process.executableURL = URL(string: "file://" + name.joined())
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.filter {
            !ServiceManager.variables.contains($0.key)
        }
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw CheckFailure(
                description: "“\(program)” cannot be started: \(error.localizedDescription).",
                exitStatus: .tryAgain)
        }
        for end in [input.fileHandleForWriting, output.fileHandleForReading] {
            _ = fcntl(end.fileDescriptor, F_SETFD, FD_CLOEXEC)
        }
        let child = Child(process, input.fileHandleForWriting, output.fileHandleForReading)
        // Not as an argument: Foundation would repair a name that is not UTF-8.
        try? child.input.write(contentsOf: Data(folder.pathBytes + [0]))
        return child
    }

    private func ask(_ child: Child, _ scene: String) throws -> JSONValue {
        let died = CheckFailure(
            description: "“\(scene)” is damaged: the process that looked at its structure died.",
            exitStatus: .badInput)
        do {
            // A name holds no zero.
            try child.input.write(contentsOf: Data(scene.pathBytes + [0]))
        } catch {
            throw died
        }
        let end = ContinuousClock.now + patience
        while true {
            if let index = child.pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(child.pending[..<index])
                child.pending.removeFirst(index + 1)
                guard let answer = try? JSONValue(parsing: line) else { throw died }
                return answer
            }
            let left = max(.zero, end - ContinuousClock.now) / .milliseconds(1)
            var source = pollfd(
                fd: child.output.fileDescriptor, events: Int16(POLLIN), revents: 0)
            let count = unsafe poll(&source, 1, Int32(min(left.rounded(.up), 1e9)))
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw CheckFailure(
                    description:
                        "“\(scene)”: looking at its structure took longer than \(patience).",
                    exitStatus: .tryAgain)
            }
            var bytes = [UInt8](repeating: 0, count: 1 << 16)
            let size = unsafe read(child.output.fileDescriptor, &bytes, bytes.count)
            guard size > 0, child.pending.count < 1 << 20 else { throw died }
            child.pending += bytes.prefix(size)
        }
    }
}

/// Why a scene's structure was found wrong, or could not be looked at.
package struct CheckFailure: UserError, Equatable {
    package let description: String
    package let exitStatus: IICInfer.ExitStatus

    package init(description: String, exitStatus: IICInfer.ExitStatus) {
        self.description = description
        self.exitStatus = exitStatus
    }
}
