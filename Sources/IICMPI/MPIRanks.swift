#if MPI
    package import IICInfer

    /// The processes that `mpirun` started.
    package struct MPIRanks: Ranks {
        package let rank: Int
        package let count: Int
        package let host: String
        private let mover: MessageMover

        /// Joins the job; once a process.
        ///
        /// - Throws: ``MPIError``.
        package init() throws {
            mover = try MessageMover()
            (rank, count, host) = (mover.rank, mover.count, mover.host)
        }

        package func send(_ message: RankMessage, to rank: Int, tag: Int) -> Transfer {
            mover.begin(.send(message, to: rank, tag: tag))
        }

        package func receive(_ message: RankMessage, from rank: Int?, tag: Int) -> Transfer {
            mover.begin(.receive(message, from: rank, tag: tag))
        }

        package func broadcast(_ message: RankMessage, from rank: Int) -> Transfer {
            count == 1 ? .done : mover.begin(.broadcast(message, from: rank))
        }

        package func finish() { mover.finish() }

        package func abort(_ code: Int32) -> Never { mover.abort(code) }
    }

    /// MPI would not start.
    package struct MPIError: UserError, Equatable {
        package init() {}

        package var description: String {
            "MPI cannot start; was this process started by an mpirun of the same MPI library?"
        }
        package var exitStatus: ExitStatus { .failed }
    }
#endif
