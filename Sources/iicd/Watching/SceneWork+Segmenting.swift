import IICDaemon
import IICInfer

extension SceneWork {
    /// The real work: scenes are checked by their structure and mapped by `job`.
    ///
    /// - Parameters:
    ///   - folder: what no part of a VRT may lie outside of.
    ///   - warn: told, in sentences, what is odd about a scene.
    static func segmenting(
        with job: SegmentJob, outputs: SceneOutputs, inside folder: String,
        warn: @escaping @Sendable (String) -> Void = { _ in }
    ) -> SceneWork {
        SceneWork(
            check: { try SceneStructure.check($0, inside: folder) },
            isMapped: { scene, map, shouldStop in
                let outputs = try outputs.all(map: map)
                return try awaitingParts(of: scene) {
                    try job.isDone(scene: scene, outputs: outputs, isCancelled: shouldStop)
                }
            },
            segment: { scene, map, shouldStop in
                let outputs = try outputs.all(map: map, makingFolders: true)
                try awaitingParts(of: scene) {
                    _ = try job.run(
                        scene: scene, outputs: outputs, warn: warn, isCancelled: shouldStop)
                }
            })
    }

    /// What fails because a part of a VRT is still being copied is no verdict on the VRT, which will
    /// not change when the part is whole.
    private static func awaitingParts<Value>(
        of scene: String, _ body: () throws -> Value
    ) throws -> Value {
        do {
            return try body()
        } catch let error as any UserError where error.exitStatus == .badInput {
            throw VRTParts.unfinished(of: scene) ?? error
        }
    }
}
