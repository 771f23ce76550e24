import ArgumentParser
import Foundation
import IICInfer
import Synchronization

#if MPI
    import IICMPI
#endif

/// The processes of the job that this one belongs to: one, unless `mpirun` started more.
enum JobRanks {
    /// This process's place in the job that started it, from what launchers leave in the
    /// environment; nil if none did.
    static let launched: (rank: Int, count: Int)? = place(in: ProcessInfo.processInfo.environment)

    static func place(in environment: [String: String]) -> (rank: Int, count: Int)? {
        let names = [
            ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"), ("PMI_RANK", "PMI_SIZE"),
            ("PMIX_RANK", "SLURM_STEP_NUM_TASKS"),
        ]
        for (rank, count) in names {
            if let rank = environment[rank].flatMap(Int.init),
                let count = environment[count].flatMap(Int.init)
            {
                return (rank, count)
            }
        }
        return nil
    }

    private static let isJoined = Atomic<Bool>(false)
    private static let joined = Result { () throws -> any Ranks in
        #if MPI
            if let launched, launched.count > 1 {
                let ranks = try MPIRanks()
                // Under another library's mpirun each process would be a job of its own.
                guard ranks.count == launched.count else { throw MPIError() }
                isJoined.store(true, ordering: .relaxed)
                return ranks
            }
        #endif
        return SingleRank()
    }

    /// Joins the job; later calls give the same.
    static var ranks: any Ranks { get throws { try joined.get() } }

    /// The job, if this process has joined one of several processes.
    private static var shared: (any Ranks)? {
        guard isJoined.load(ordering: .relaxed), let ranks = try? joined.get(), ranks.count > 1
        else { return nil }
        return ranks
    }

    /// Leaves the job when its work is done.
    static func finish() {
        if isJoined.load(ordering: .relaxed) { try? joined.get().finish() }
    }

    /// Ends the whole job if this process ends with an error in it; returns in one process alone.
    ///
    /// - Parameter report: prints the error after some words, nothing for nil, and returns the exit
    ///   code.
    static func end(with error: any Error, report: (_ prefix: String?) -> Int32) {
        guard let ranks = shared else {
            // What ends processes before they know each other, such as a wrong flag, ends all.
            if launched?.rank ?? 0 > 0 { exit(report(nil)) }
            return
        }
        // Rank 0 has told the user, and ends the job when it is done.
        if error is Dismissed {
            ranks.finish()
            exit(0)
        }
        let prefix =
            ranks.rank == 0 ? "" : "rank \(ranks.rank) of \(ranks.count) on “\(ranks.host)”: "
        ranks.abort(report(prefix))
    }

    /// Refuses to do the same several times.
    ///
    /// - Parameter isShared: whether the command shares its work among ranks.
    static func check(isShared: Bool) throws {
        guard let launched, launched.count > 1 else { return }
        guard isShared else {
            throw UsageError(
                description:
                    "This command runs in one process, and \(launched.count) were started, "
                    + "which would all write the same files: start it without mpirun.")
        }
        #if !MPI
            throw UsageError(
                description: "\(launched.count) processes were started, which would all write the "
                    + "same files: this iicd was built without MPI. Build it with "
                    + "“swift build -c release --product iicd --traits MPI”, or start one process.")
        #endif
    }

    /// Whether this process is to print what all have to say.
    static var isFirst: Bool { launched?.rank ?? 0 == 0 }
}

/// A command whose work several processes can share.
protocol SharedCommand: ParsableCommand {}
