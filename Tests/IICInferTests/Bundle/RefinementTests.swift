import IICInfer
import TestSupport
import Testing

/// A model's refinement in its file.
@Suite struct RefinementTests {
    private static let tensors = [
        "refinement.means", "refinement.precisions", "refinement.log_shares",
        "refinement.log_confusion",
    ]

    private static func model(classes: Int = 3) -> ModelBundle {
        var model = ModelBundleTests.model()
        model.refinement = mixture(classes: classes)
        return model
    }

    /// Of four bands.
    private static func mixture(classes: Int) -> Mixture {
        let identity = (0..<64).map { $0 / 8 == $0 % 8 ? 2.0 : 0.125 }
        return Mixture(
            means: (0..<classes * 8).map { Double($0) / 3 },
            precisions: (0..<classes).flatMap { k in identity.map { $0 * Double(k + 1) } },
            logShares: (0..<classes).map { -Double($0) / 7 },
            logConfusion: (0..<classes * classes).map { -Double($0) / 11 }, weight: 0.3)
    }

    @Test func `a model with a refinement comes back as it was`() throws {
        let folder = try TemporaryFolder()
        let model = Self.model()
        let file = try model.contents()
        #expect(Self.tensors.allSatisfy { file.tensors[$0] != nil })
        let read = try ModelBundleTests.reading(file.serialised, in: folder)
        #expect(read == model && read.refinement != nil)
        #expect(read.modelHash == model.modelHash)
        #expect(try read.contents().serialised == file.serialised)
    }

    @Test func `whatever changes a refined map's pixels changes the model's hash`() {
        let model = Self.model()
        let changes: [(inout ModelBundle) -> Void] = [
            { $0.refinement = nil }, { $0.refinement?.means[9] += 1e-12 },
            { $0.refinement?.precisions[64] += 1e-12 },
            { $0.refinement?.logShares[2] += 1e-12 },
            { $0.refinement?.logConfusion[5] += 1e-12 }, { $0.refinement?.weight += 1e-12 },
        ]
        var hashes: Set = [model.modelHash]
        for change in changes {
            var other = model
            change(&other)
            hashes.insert(other.modelHash)
        }
        #expect(hashes.count == changes.count + 1)
    }

    /// As iicd 0.1.0 reports it: maps that were made with it are known to be its own.
    @Test func `a model without one has the hash that it had before there was any`() {
        #expect(
            ModelBundleTests.model().modelHash
                == "3755f3452d5e50e26ada25fc3e6b7e1313f1aead60660ee1144bbdc491812834")
    }

    @Test func `a file of before there was any has none`() throws {
        #expect(
            try ModelBundleTests.model().contents().metadata["iicd"]?.contains("refine") == false)
        #expect(try ModelBundleTests.reason(["refinement"], .null) == nil)
    }

    @Test(arguments: tensors) func `a damaged tensor is refused with the reason`(
        name: String
    ) throws {
        let model = Self.model()
        let whole = try #require(try model.contents().tensors[name])
        func reason(_ tensor: SafeTensors.Tensor?) throws -> String? {
            try ModelBundleTests.reason(of: model) { $0.tensors[name] = tensor }
        }
        #expect(try reason(whole) == nil)
        #expect(try reason(nil) == "its tensor “\(name)” is missing")
        let values = whole.doubles
        #expect(
            try reason(.init(values, shape: [1] + whole.shape))
                == "its tensor “\(name)” has the shape \([1] + whole.shape), not \(whole.shape)")
        #expect(
            try reason(.init(values.map(Float.init), shape: whole.shape))
                == "its tensor “\(name)” is F32, not F64")
        for value in [Double.nan, .infinity] {
            #expect(
                try reason(.init([value] + values.dropFirst(), shape: whole.shape))
                    == "its refinement holds numbers that are not finite")
        }
    }

    @Test func `a precision that is not positive definite is refused`() throws {
        let model = Self.model()
        let name = "refinement.precisions"
        let whole = try #require(try model.contents().tensors[name])
        // The last class's last variance.
        for value in [0.0, -1] {
            let values = whole.doubles.dropLast() + [value]
            #expect(
                try ModelBundleTests.reason(of: model) {
                    $0.tensors[name] = .init(Array(values), shape: whole.shape)
                } == "its refinement has a precision that is not positive definite")
        }
    }

    /// In the place of the first variance of ``mixture(classes:)``, which the rest explains to 10⁻¹².
    private static let nearlySingular = 7 * 0.125 * 0.125 / 2.75 * (1 + 1e-12)

    /// Finite, and no use: a map of such a model would be of one class.
    @Test(
        arguments: [
            ("means", 3, 1e30, "has a mean that is far from all scaled values"),
            ("means", 3, -17, "has a mean that is far from all scaled values"),
            ("log_shares", 1, 1e-9, "has a share or a confusion above 1"),
            ("log_confusion", 4, 1e308, "has a share or a confusion above 1"),
            ("precisions", 9, 1e200, "has a precision that is not positive definite"),
            // Not symmetric.
            ("precisions", 1, 0.25, "has a precision that is not positive definite"),
            // All but what the other rows say already: singular but for rounding.
            ("precisions", 0, nearlySingular, "has a precision that is not positive definite"),
        ] as [(String, Int, Double, String)])
    func `numbers that make no sense are refused`(
        tensor: String, index: Int, value: Double, reason: String
    ) throws {
        let model = Self.model()
        let name = "refinement.\(tensor)"
        let whole = try #require(try model.contents().tensors[name])
        var values = whole.doubles
        values[index] = value
        #expect(
            try ModelBundleTests.reason(of: model) {
                $0.tensors[name] = .init(values, shape: whole.shape)
            } == "its refinement \(reason)")
    }

    @Test func `a precision is judged in its own units`() throws {
        var model = Self.model()
        let scaled = try #require(model.refinement).precisions.map { $0 * 1e-9 }
        model.refinement?.precisions = scaled
        #expect(throws: Never.self) { try model.contents() }
        model.refinement?.precisions[0] = 1e-9 * Self.nearlySingular
        #expect(throws: ModelBundleError.self) { try model.contents() }
    }

    @Test(
        arguments: [
            (["refinement", "weight"], -1, "gives the network the weight -1.0"),
            (["refinement", "weight"], 101, "gives the network the weight 101.0"),
            (["refinement", "weight"], nil, "“refinement” of its description is damaged"),
            (["refinement", "weight"], "1", "“refinement” of its description is damaged"),
            (["refinement"], 3, "“refinement” of its description is damaged"),
            (["refinement"], nil, "unknown tensor “refinement."),
        ] as [([String], JSONValue?, String)])
    func `a wrong description is refused with the reason`(
        path: [String], value: JSONValue?, reason: String
    ) throws {
        let found = try ModelBundleTests.reason(of: Self.model(), path, value)
        #expect(found?.contains(reason) == true, "\(found ?? "read without complaint")")
    }

    @Test func `a refinement of another model is not saved`() {
        let error = #expect(throws: ModelBundleError.self) {
            try Self.model(classes: 2).contents()
        }
        #expect(
            error?.reason
                == "its refinement is for 2 classes of 8 numbers and its network has 3 of 8")
    }
}
