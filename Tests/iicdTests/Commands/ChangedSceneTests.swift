import Foundation
import IICInfer
import Synchronization
import Testing

/// Scenes whose files change while they are mapped.
@Suite struct ChangedSceneTests {
    private let data: TestData
    private let job: SegmentJob
    private let scene: String

    init() throws {
        data = try TestData()
        job = try SegmentJob(
            model: ModelBundle(reading: try data.model()), settings: SegmentSettings(threads: 1)
        )
        scene = try data.scene("a.tif", UInt8.self, width: 230, height: 210)
    }

    /// Maps the scene and does something to its folder in the middle of it.
    private func map(_ change: @escaping @Sendable () throws -> Void) throws {
        let isDone = Atomic(false)
        let map = data("maps/a.tif")
        try job.run(
            scene: scene, outputs: [LabelMap(.classes, path: map)],
            progress: { stage, _, _ in
                guard stage == .segmenting, !isDone.exchange(true, ordering: .relaxed) else {
                    return
                }
                do { try change() } catch { Issue.record(error) }
            })
    }

    @Test func `a scene that stays as it is is mapped`() throws {
        try map {}
        #expect(try data.maps == ["a.tif", "a.tif.aux.xml"])
    }

    @Test(arguments: ["a.tif", "a.tif.msk", "a.tif.aux.xml"])
    func `a change of any of a scene's files ends its mapping with 75`(name: String) throws {
        let path = data(name)
        let content = name.hasSuffix(".msk") ? try data.bytes("a.tif") : Data("<PAMDataset/>".utf8)
        let error = #expect(throws: SegmentError.self) {
            try map {
                guard name != "a.tif" else {
                    try FileManager.default.setAttributes(
                        [.posixPermissions: 0o600], ofItemAtPath: path)
                    return
                }
                try content.write(to: URL(filePath: path))
            }
        }
        #expect(error == .changed(path: scene) && error?.exitStatus == .tryAgain)
        #expect(try data.maps.isEmpty)
    }
}
