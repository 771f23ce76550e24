import Foundation
import IICInfer
import TestSupport
import Testing

@Suite struct OutputPathsTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write([1], to: "scene.tif")
        try FileManager.default.createDirectory(
            atPath: folder("maps"), withIntermediateDirectories: false)
        try FileManager.default.createSymbolicLink(
            atPath: folder("same"), withDestinationPath: folder("maps"))
    }

    @Test func `outputs that are the same file are refused, whatever they are called`() {
        for other in ["maps/a.tif", "same/a.tif", "maps/../maps//a.tif", "maps/./a.tif"] {
            #expect(throws: OutputPathError.namedTwice(path: folder(other))) {
                try OutputPaths.check([folder("maps/a.tif"), folder(other)], inputs: [])
            }
        }
    }

    @Test func `an output that is an input is refused, through links too`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder("link.tif"), withDestinationPath: folder("scene.tif"))
        try FileManager.default.linkItem(atPath: folder("scene.tif"), toPath: folder("hard.tif"))
        for output in ["scene.tif", "link.tif", "hard.tif", "maps/../scene.tif"] {
            #expect(throws: OutputPathError.replacesInput(path: folder(output))) {
                try OutputPaths.check(
                    [folder("maps/a.tif"), folder(output)], inputs: [folder("scene.tif")])
            }
        }
    }

    @Test(arguments: ["scene.tif.aux.xml", "scene.tif.msk", "scene.tif.ovr"])
    func `what would become a part of an input is refused`(output: String) {
        #expect(throws: OutputPathError.replacesInput(path: folder(output))) {
            try OutputPaths.check([folder(output)], inputs: [folder("scene.tif")])
        }
    }

    @Test func `a model is never replaced, whatever it is called`() throws {
        let model = ModelBundleTests.model()
        for name in ["m.safetensors", "m"] {
            try model.write(to: folder(name))
            #expect(throws: OutputPathError.replacesModel(path: folder(name))) {
                try OutputPaths.check([folder(name)], inputs: [])
            }
        }
        try OutputPaths.check([folder("new.safetensors")], inputs: [])
    }

    @Test func `different files are fine, also in folders that are not there`() throws {
        try OutputPaths.check(
            [folder("maps/a.tif"), folder("maps/b.tif"), folder("none/a.tif"), "a.tif", "/a.tif"],
            inputs: [folder("scene.tif"), "/vsicurl/x/a.tif", folder("gone.tif")])
    }
}
