import Foundation
import IICInfer
import Testing

import IICTrain

@Suite struct MatFolderTests {
    private func make(_ files: [String: String], in folder: String) throws {
        for (name, text) in files {
            let url = URL(fileURLWithPath: "\(folder)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
    }

    @Test func `tiles come in natural order, with truth where there is any`() throws {
        try withFolder { folder in
            try make(
                [
                    "imgs/10.mat": "", "imgs/2.mat": "", "imgs/1.mat": "", "imgs/a10.mat": "",
                    "imgs/a9.mat": "", "imgs/notes.txt": "", "gt/2.mat": "", "gt/7.mat": "",
                ], in: folder)
            let tiles = try MatFolder(path: folder).tiles
            #expect(tiles.map(\.name) == ["1", "2", "10", "a9", "a10"])
            #expect(tiles.map { $0.truthPath != nil } == [false, true, false, false, false])
        }
    }

    @Test func `split lists name tiles`() throws {
        try withFolder { folder in
            try make(
                [
                    "imgs/1.mat": "", "imgs/2.mat": "", "labelled_train.txt": "2\r\n 1.mat\n\n",
                    "bad.txt": "1\n3\n", "void.txt": "\n",
                ], in: folder)
            let data = try MatFolder(path: folder)
            #expect(data.splits == ["bad", "labelled_train", "void"])
            #expect(try data.tiles(split: "labelled_train").map(\.name) == ["2", "1"])
            #expect(
                throws: MatFolderError.noSuchTile(list: "\(folder)/bad.txt", name: "3")
            ) { try data.tiles(split: "bad") }
            #expect(throws: MatFolderError.emptySplit("\(folder)/void.txt")) {
                try data.tiles(split: "void")
            }
            #expect(throws: MatFolderError.noSplit(folder, "x", found: data.splits)) {
                try data.tiles(split: "x")
            }
        }
    }

    @Test func `tiles are told apart by the bytes of their names`() throws {
        try withFolder { folder in
            try make(["imgs/1.mat": ""], in: folder)
            let odd = String(pathBytes: [0x44, 0xFC])
            let names = [odd, "cafe\u{301}", "caf\u{E9}"]
            for name in names {
                try AtomicFile.write("", to: "\(folder)/imgs/\(name).mat")
            }
            defer { PathCalls.unlink("\(folder)/imgs/\(odd).mat") }
            let list = names.joined(separator: "\t\n ").pathBytes
            try AtomicFile.write(list.span, to: "\(folder)/all.txt")
            let data = try MatFolder(path: folder)
            #expect(data.tiles.map { FileName($0.name) } == (["1"] + names).map { FileName($0) })
            let listed = try data.tiles(split: "all")
            #expect(listed.map { FileName($0.name) } == names.map { FileName($0) })
            #expect(Set(listed.map { FileName($0.imagePath) }).count == 3)
        }
    }

    @Test func `what is no dataset is refused with the reason`() throws {
        try withFolder { folder in
            #expect(throws: MatFolderError.noImages(folder)) { try MatFolder(path: folder) }
            try make(["imgs/readme.txt": "", "file": ""], in: folder)
            #expect(throws: MatFolderError.noTiles(folder)) { try MatFolder(path: folder) }
            #expect(throws: MatFolderError.notAFolder("\(folder)/file")) {
                try MatFolder(path: "\(folder)/file")
            }
            #expect(throws: MatFolderError.missing("\(folder)/none")) {
                try MatFolder(path: "\(folder)/none")
            }
        }
    }
}
