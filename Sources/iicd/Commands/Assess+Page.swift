import IICInfer
import IICNaming
import IICWeb

/// Labelling a sample on a page.
extension Assess {
    func openPage(for points: String, on scene: String) async throws {
        let reader = try LabelReader(path: map)
        let sample = try MapSample(reading: points)
        let reference = try ReferenceScene(path: scene, bands: bands?.bands, map: reader)
        try PointFile.check(points, replacing: true)
        let token = try page.token
        let strata = try MapStrata(
            counting: reader, isCancelled: { Interruption.requested })
        let session = try AssessmentSession(
            sample, of: reader, strata: strata, scene: reference,
            commands: [
                "iicd assess \(map.shown) --points \(points.shown) --field \(MapSample.field)"
            ])
        for note in try session.state().notes { StandardError.warn(note) }
        try await LabellingRun.serve(
            session, listen: page.listen, token: token, saved: points, json: json)
        try session.close()
    }
}
