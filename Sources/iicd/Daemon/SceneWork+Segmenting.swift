import IICInfer

extension SceneWork {
    /// The real work: scenes are checked by their structure and mapped by `job`.
    static func segmenting(with job: SegmentJob) -> SceneWork {
        SceneWork(
            check: { try SceneStructure.check($0) },
            isMapped: { scene, map, shouldStop in
                try job.isDone(
                    scene: scene, outputs: [LabelMap(head: .B, path: map)], isCancelled: shouldStop)
            },
            segment: { scene, map, shouldStop in
                try job.run(
                    scene: scene, outputs: [LabelMap(head: .B, path: map)], isCancelled: shouldStop)
            })
    }
}
