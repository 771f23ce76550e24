import TestSupport
import Testing

@testable import IICTrain

@Suite struct DatasetFolderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `two runs do not write one folder`() throws {
        do {
            var first = try DatasetFolder(path: folder("set"), overwrite: false)
            #expect(throws: PreparationError.busy(folder("set"))) {
                _ = try DatasetFolder(path: folder("set"), overwrite: true)
            }
            try first.write("a", DatasetFolder.table)
            try first.publish()
        }
        let second = try DatasetFolder(path: folder("set"), overwrite: true)
        second.remove()
        // What was there stays.
        #expect(try folder.bytes(of: "set/tiles.csv") == Array("a".utf8))
    }

    @Test func `nothing is left of a run that fails`() throws {
        var run = try DatasetFolder(path: folder("new/set"), overwrite: false)
        try run.write("a", DatasetFolder.table)
        run.remove()
        #expect(try folder.files.isEmpty)
    }

    @Test func `a file of somebody else's is named, and stays`() throws {
        var first = try DatasetFolder(path: folder("set"), overwrite: false)
        try first.write("a", DatasetFolder.table)
        try first.publish()
        try folder.write([1], to: "set/imgs/photo.mat")
        #expect(throws: PreparationError.foreign(folder("set") + "/imgs/photo.mat")) {
            _ = try DatasetFolder(path: folder("set"), overwrite: true)
        }
    }
}
