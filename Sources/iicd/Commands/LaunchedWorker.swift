import ArgumentParser
import Foundation
import IICDaemon
import IICInfer

/// A worker that a launcher has started, on this machine or another: what it is to do stands in the first
/// line of standard input (``LaunchOrder``).
struct LaunchedWorker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: WorkerOrder.launchedCommand,
        abstract: "Map the scene that standard input names (for iicd watch --launcher).",
        shouldDisplay: false)

    /// Bytes of an order at most, and how long it is waited for, in milliseconds.
    private static let (longest, patience) = (1 << 20, Int32(60_000))

    func run() throws {
        let order = try Self.order()
        guard order.version == Software.version else {
            throw LaunchError(
                "“\(LedgerLock.hostName)” has iicd \(Software.version) and the daemon "
                    + "\(order.version): install the same there.")
        }
        guard unsafe order.folder.withCPath({ unsafe chdir($0) }) == 0 else {
            let reason = unsafe String(cString: strerror(errno))
            throw LaunchError(
                "“\(order.folder.shown)”, the daemon's working folder, cannot be entered on "
                    + "“\(LedgerLock.hostName)” (\(reason)): share it, or mount it there."
            )
        }
        guard var segment = try IICD.parseAsRoot(order.arguments) as? Segment else {
            throw LaunchError("The order is none of “segment”.")
        }
        // Of the machine that computes, not of the daemon's.
        let threads = segment.flags.reading.threads ?? Self.processors
        segment.flags.reading.threads = threads
        segment.worker.addressSpace = ByteCount(
            bytes: WorkerLimits.addressSpace(
                memory: segment.flags.reading.memory.bytes, threads: threads))
        try segment.run()
    }

    /// Processors that this process may use: Slurm need not keep it to those that it has granted.
    private static var processors: Int {
        let granted = unsafe getenv("SLURM_CPUS_PER_TASK").flatMap {
            unsafe Int(String(cString: $0))
        }
        let own = ProcessInfo.processInfo.activeProcessorCount
        return max(1, min(granted ?? own, own))
    }

    /// Byte by byte, since what follows is read by others.
    private static func order() throws -> LaunchOrder {
        var line: [UInt8] = []
        while line.last != UInt8(ascii: "\n"), line.count < longest {
            var source = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&source, 1, patience)
            if ready < 0 && errno == EINTR { continue }
            var byte: UInt8 = 0
            guard ready == 1, unsafe read(0, &byte, 1) == 1 else { break }
            line.append(byte)
        }
        guard let order = LaunchOrder(line: line) else {
            throw LaunchError(
                "The launcher hands on no standard input, or another one: it must (ssh without -n, "
                    + "kubectl exec -i, systemd-run --pipe, srun without --input).")
        }
        return order
    }
}

/// Why a worker cannot begin where its launcher has started it.
struct LaunchError: UserError {
    let description: String

    init(_ description: String) { self.description = description }

    var exitStatus: IICInfer.ExitStatus { .tryAgain }
}
