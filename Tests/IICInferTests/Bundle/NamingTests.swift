import IICInfer
import TestSupport
import Testing

/// A model's named classes in its file.
@Suite struct NamingTests {
    private static func learnt(classes: Int = 4) -> ModelBundle {
        var model = ModelBundleTests.model()
        let features = model.architecture.features
        model.naming = Naming(
            .learnt(
                NamedClasses(
                    trunk: (0..<classes * features).map { Float($0) / 7 },
                    pixels: (0..<classes * 16).map { Float($0) / 9 },
                    offsets: (0..<classes).map { Float($0) })), majority: 5)
        model.legend = .unnamed(classes: classes)
        return model
    }

    private static func merged(_ targets: [Int]) -> ModelBundle {
        var model = ModelBundleTests.model()
        model.naming = Naming(.merged(targets))
        model.legend = .unnamed(classes: (targets.max() ?? 0) + 1)
        return model
    }

    @Test func `models with named classes come back as they were`() throws {
        let folder = try TemporaryFolder()
        for model in [Self.learnt(), Self.merged([1, 0, 1])] {
            let file = try model.contents()
            let read = try ModelBundleTests.reading(file.serialised, in: folder)
            #expect(read == model && read.naming != nil)
            #expect(read.modelHash == model.modelHash)
            #expect(try read.contents().serialised == file.serialised)
            #expect(file.metadata["iicd"]?.contains("\"formatVersion\":3") == true)
        }
        // Older versions read what they know.
        let plain = try ModelBundleTests.model().contents()
        #expect(plain.metadata["iicd"]?.contains("\"formatVersion\":2") == true)
    }

    @Test func `whatever changes a named map's pixels changes the model's hash`() {
        let model = Self.learnt()
        var named: [ModelBundle] = [model, Self.merged([1, 0, 1]), Self.merged([0, 1, 1])]
        named.append(model)
        named[3].naming?.majority = nil
        for change in [0, 1, 2] {
            var other = model
            guard case .learnt(var classes)? = other.naming?.classes else { continue }
            switch change {
            case 0: classes.trunk[3] += 1
            case 1: classes.pixels[3] += 1
            default: classes.offsets[3] += 1
            }
            other.naming?.classes = .learnt(classes)
            named.append(other)
        }
        #expect(Set(named.map(\.modelHash)).count == 7)
    }

    @Test func `what does not fit is refused`() throws {
        let folder = try TemporaryFolder()
        var short = Self.learnt()
        short.legend = .unnamed(classes: 3)
        #expect(throws: ModelBundleError.self) { try short.contents() }
        var notFinite = Self.learnt()
        if case .learnt(var classes)? = notFinite.naming?.classes {
            classes.pixels[0] = .nan
            notFinite.naming?.classes = .learnt(classes)
        }
        #expect(throws: ModelBundleError.self) { try notFinite.contents() }
        // Hand-made files.
        let file = try Self.learnt().contents()
        for name in ["named.trunk", "named.pixels", "named.offsets"] {
            var other = file
            other.tensors[name] = nil
            #expect(throws: SafeTensorsError.self) {
                try ModelBundleTests.reading(other.serialised, in: folder)
            }
            other.tensors[name] = SafeTensors.Tensor([Float](repeating: 1, count: 3), shape: [3])
            #expect(throws: SafeTensorsError.self) {
                try ModelBundleTests.reading(other.serialised, in: folder)
            }
        }
        let text = try #require(try Self.merged([1, 0, 1]).contents().metadata["iicd"])
        for (old, new) in [
            ("[1,0,1]", "[1,0]"), ("[1,0,1]", "[2,0,2]"), ("[1,0,1]", "[1,0,-1]"),
            ("[1,0,1]", "[1,0,4000000000000]"),
            ("\"merged\"", "\"other\""), ("\"majority\":null", "\"majority\":4"),
        ] {
            #expect(text.contains(old))
            var other = try Self.merged([1, 0, 1]).contents()
            other.metadata["iicd"] = text.replacing(old, with: new)
            #expect(throws: SafeTensorsError.self, "\(new)") {
                try ModelBundleTests.reading(other.serialised, in: folder)
            }
        }
    }
}
