import IICInfer

extension SceneWork {
    /// The real work: scenes are checked by their structure and segmented with `model`.
    static func segmenting(with model: ModelBundle) -> SceneWork {
        SceneWork(
            check: { try SceneStructure.check($0) },
            isMapped: { _, _ in false },
            segment: { _, _, _ in
                throw UsageError(description: "This iicd cannot segment scenes yet.")
            })
    }
}
