import Foundation
import IICDaemon
import IICInfer
import Synchronization

/// `iicd segment --worker`: one scene, which may be anybody's, for a daemon that started this process.
///
/// What happens goes to standard output as ``WorkerMessage`` lines. The daemon holds the other end of
/// standard input, whose end tells that it has gone.
struct SegmentWorker {
    let flags: WorkerFlags
    let scene: String
    /// The folder of finished rows, if they are kept.
    let partial: String?
    private let report = WorkerReport()

    init(flags: WorkerFlags, scene: String, partial: String?) {
        self.flags = flags
        self.scene = scene
        self.partial = partial
    }

    /// - Parameter prepare: gives what there is to do, and the map its watcher.
    func run(
        _ prepare: (
            _ watcher: @escaping LabelMap.Watcher
        ) throws -> (job: SegmentJob, work: [(scene: String, outputs: [any MapOutput])])
    ) throws {
        Interruption.install()
        let turn = Mutex<WorkerTurn?>(nil)
        if flags.isLaunched {
            let report = report
            report.begin()
            Lifeline.follow {
                report.live()
                turn.withLock { $0 }?.check()
            }
        } else {
            Lifeline.follow()
        }
        WorkerMemory.yield()
        defer { turn.withLock { $0.take() }?.end() }
        do {
            if let path = flags.lock {
                let own = try WorkerTurn(path, scene: scene)
                turn.withLock { $0 = own }
            }
            if let limit = flags.addressSpace { try WorkerMemory.limit(bytes: limit.bytes) }
            let report = report
            let (job, work) = try prepare { report.draw($0, at: $1, of: $2) }
            // An area was read before, wherever it lies.
            GDAL.restrict(trustingVRT: flags.trustsVRT)
            for (scene, outputs) in work { try map(scene, to: outputs, with: job) }
        } catch {
            report.fail(error)
            throw error
        }
    }

    private func map(_ scene: String, to outputs: [any MapOutput], with job: SegmentJob) throws {
        #if IICD_TEST_HOOKS
            Misbehaviour.begin(scene)
        #endif
        do {
            if try job.isDone(
                scene: scene, outputs: outputs, isCancelled: { Interruption.requested }),
                let map = FinishedMap(outputs[0].path)
            {
                try report.finish(map, scene: scene, outputs: outputs, isUnchanged: true)
                return
            }
            try job.run(
                scene: scene, outputs: outputs, partial: partial.map { PartialRows(folder: $0) },
                warn: { report.warn($0) },
                progress: { report.update($0, done: $1, of: $2) },
                isCancelled: { Interruption.requested })
        } catch let error as any UserError where error.exitStatus == .badInput {
            // What fails because a part of a VRT is not there is no verdict on the VRT: it may arrive.
            throw VRTParts.absent(of: scene) ?? error
        }
        guard let map = FinishedMap(outputs[0].path) else {
            throw SegmentError.changed(path: outputs[0].path)
        }
        try report.finish(map, scene: scene, outputs: outputs, isUnchanged: false)
    }
}
