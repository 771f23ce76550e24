import Foundation
import IICDaemon
import IICInfer

/// `iicd segment --worker`: one scene, which may be anybody's, for a daemon that started this process.
///
/// What happens goes to standard output as ``WorkerMessage`` lines. The daemon holds the other end of
/// standard input, whose end tells that it has gone.
struct SegmentWorker {
    let flags: WorkerFlags
    /// The folder of finished rows, if they are kept.
    let partial: String?
    private let report = WorkerReport()

    init(flags: WorkerFlags, partial: String?) {
        self.flags = flags
        self.partial = partial
    }

    /// - Parameter prepare: gives what there is to do, and the map its watcher.
    func run(
        _ prepare: (
            _ watcher: @escaping LabelMap.Watcher
        ) throws -> (job: SegmentJob, work: [(scene: String, outputs: [any MapOutput])])
    ) throws {
        Interruption.install()
        Lifeline.follow()
        WorkerMemory.yield()
        do {
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
