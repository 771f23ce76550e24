import Foundation
import IICInfer

/// What a worker process is started with.
package struct WorkerOrder: Sendable, Hashable {
    /// The program, as a path of UTF-8.
    package var executable: String
    /// What starts it in its place, such as `srun` with its flags: a program, which is looked for in
    /// PATH, and its first arguments. Empty for a direct child. It must hand on its standard streams
    /// and end when the worker ends.
    package var launcher: [String]
    /// Paths of any bytes; no shell sees them. A launched worker reads them from its standard input
    /// (``LaunchOrder``).
    package var arguments: [String]
    /// `NAME=VALUE`, of any bytes.
    package var environment: [[UInt8]]
    /// How long it may take.
    package var timeLimit: Duration
    /// Whether its own estimate may give it more time (``WorkerLimits/timeLimit(estimatedSeconds:)``).
    package var followsEstimate: Bool
    /// How long a launcher may take until its worker begins, which may have to wait in a queue.
    package var launchLimit: Duration = .seconds(3600)
    /// How long a launched worker may not be heard of.
    package var silenceLimit: Duration = .seconds(60)
    /// Bytes of address space that it may take; nil for no limit. A launched worker reckons its own.
    package var addressSpace: Int?
    /// How long it has to end after SIGTERM before it is killed.
    package var grace: Duration = .seconds(6)
    /// The same once its time is over.
    package var timeOutGrace: Duration = .seconds(5)

    package init(
        executable: String, launcher: [String] = [], arguments: [String],
        environment: [[UInt8]] = Self.inheritedEnvironment,
        timeLimit: Duration = WorkerLimits.leastTime, followsEstimate: Bool = true,
        addressSpace: Int? = nil
    ) {
        self.executable = executable
        self.launcher = launcher
        self.arguments = arguments
        self.environment = environment
        self.timeLimit = timeLimit
        self.followsEstimate = followsEstimate
        self.addressSpace = addressSpace
    }

    /// The flag that tells a worker its ``addressSpace``: it sets the limit itself, because a launcher
    /// must not be bound by it, and what it starts may run on another machine.
    package static let addressSpaceFlag = "--worker-address-space"

    /// The command by which a launched worker is called.
    package static let launchedCommand = "launched-worker"

    var isLaunched: Bool { !launcher.isEmpty }

    /// The command line: the program and its arguments, or the launcher and what is the same for every
    /// scene. Launchers hand their words to shells (ssh) and expand them (systemd-run), and a scene's
    /// name may be anybody's.
    var command: [String] {
        isLaunched
            ? launcher + [executable, Self.launchedCommand]
            : [executable] + arguments
                + (addressSpace.map { [Self.addressSpaceFlag, String($0)] } ?? [])
    }

    /// This process's environment without the variables that stand for flags: the worker's flags are
    /// all on its command line.
    package static var inheritedEnvironment: [[UInt8]] {
        var values = ProcessInfo.processInfo.environment.keys.reduce(into: [String: [UInt8]]()) {
            guard !$1.hasPrefix("IICD_"), !ServiceManager.variables.contains($1),
                let value = unsafe getenv($1)
            else { return }
            $0[$1] = unsafe String(cPath: value).pathBytes
        }
        // What crashes says why in one line, and needs no minute to print its stack.
        values["SWIFT_BACKTRACE"] = values["SWIFT_BACKTRACE"] ?? Array("enable=no".utf8)
        return values.sorted { $0.key < $1.key }.map { Array("\($0.key)=".utf8) + $0.value }
    }
}
