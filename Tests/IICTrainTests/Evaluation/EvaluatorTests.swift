import Foundation
import IICInfer
import TestSupport
import Testing

import IICTrain

@Suite struct EvaluatorTests {
    private func write<Sample: RasterSample>(
        _ samples: [Sample], width: Int, to path: String, nodata: Double? = nil
    ) throws {
        let height = samples.count / width
        let writer = try RasterWriter(
            path: path, width: width, height: height, bands: [.init(role: .other)],
            type: Sample.sampleType, nodata: nodata)
        try writer.write(
            samples.span, window: PixelWindow(x: 0, y: 0, width: width, height: height), band: 1)
        try writer.finish()
    }

    @Test func `rasters of different integer types are compared`() throws {
        try withFolder { folder in
            try write([UInt8](arrayLiteral: 0, 0, 1, 1, 2, 255), width: 3, to: "\(folder)/a.tif")
            try write(
                [Int16](arrayLiteral: 1, 1, 0, 0, -9, 0), width: 3, to: "\(folder)/b.tif",
                nodata: -9)
            let matrix = try RasterEvaluator(
                labels: "\(folder)/a.tif", truth: "\(folder)/b.tif"
            ).run()
            #expect(matrix.counts == [0, 2, 2, 0])
            #expect(matrix.ignored == 2)
            #expect(matrix.oneToOneAccuracy == 1)
        }
    }

    @Test func `a raster of other than class numbers is refused`() throws {
        try withFolder { folder in
            try write([UInt8](repeating: 0, count: 12), width: 3, to: "\(folder)/a.tif")
            try write([Float](repeating: 0, count: 12), width: 3, to: "\(folder)/d.tif")
            #expect(throws: RasterError.self) {
                try RasterEvaluator(labels: "\(folder)/a.tif", truth: "\(folder)/d.tif")
            }
        }
    }

    @Test func `tiles are scored as the scene that they come from`() throws {
        try withFolder { folder in
            let summary = try SampleWriter(
                scene: SampleScene(size: 400, seed: 3), folder: folder
            ).write()
            let tiles = try TileEvaluator(folder: MatFolder(path: "\(folder)/tiles"))
            let perfect = try tiles.run(classes: 1) { tile in
                try MatFile.labels(at: "\(folder)/tiles/gt/\(try number(of: tile, folder)).mat")
                    .labels
            }
            #expect(perfect.oneToOneAccuracy == 1 && perfect.total == 160_000)
            let baselines = Baselines(methods: [.kmeans], clusters: [6])
            let clusters = try tiles.scores(of: baselines, beside: perfect)[0].matrix
            let raster = try RasterEvaluator(labels: summary.truth, truth: summary.truth)
            let scene = try raster.scores(
                of: baselines,
                scene: SceneReader(
                    path: summary.scene, roles: [.red, .green, .blue, .infrared]),
                beside: raster.run())[0].matrix
            #expect(clusters.total == scene.total)
            // The same pixels in another order: another sample, about the same clusters.
            #expect(abs(clusters.oneToOneAccuracy - scene.oneToOneAccuracy) < 0.1)
        }
    }

    /// In a raster 255 stands for no data; among more than 255 classes it is one of them.
    @Test func `class 255 of tiles is counted`() throws {
        let files = try TemporaryFolder()
        for part in ["imgs", "gt"] {
            try FileManager.default.createDirectory(
                atPath: files(part), withIntermediateDirectories: true)
        }
        try MatFile.write(
            MatTile(height: 20, width: 20, channels: 4, pixels: Array(repeating: 9, count: 1600)),
            to: files("imgs/1.mat"))
        try MatFile.write(
            MatLabels(height: 20, width: 20, labels: Array(repeating: 299, count: 400)),
            to: files("gt/1.mat"))
        let matrix = try TileEvaluator(folder: MatFolder(path: files.path)).run(classes: 300) { _ in
            Array(repeating: 255, count: 400)
        }
        #expect(matrix[255, 299] == 400 && matrix.ignored == 0)
    }

    private func number(of tile: MatTile, _ folder: String) throws -> Int {
        for number in 0..<4
        where try MatFile.tile(at: "\(folder)/tiles/imgs/\(number).mat") == tile { return number }
        return -1
    }

    @Test func `the report survives JSON and lines up`() throws {
        let matrix = ConfusionMatrix(counts: [10, 0, 7, 0, 12, 1], predictedClasses: 2)
        let clusters = ConfusionMatrix(counts: [10, 1, 0, 0, 0, 7, 0, 11, 1], predictedClasses: 3)
        let report = EvaluationReport(
            matrix, names: ["water", "a rather long name"],
            baselines: [.init(method: .kmeans, clusters: 3, matrix: clusters)],
            notes: ["Something is taken for granted."])
        let json = try report.json()
        let back = try JSONDecoder().decode(EvaluationReport.self, from: Data(json.utf8))
        #expect(back == report)
        #expect(back.confusion == [[10, 0, 7], [0, 12, 1]])
        #expect(back.classes.map(\.name) == ["water", "a rather long name", "class 2"])
        #expect(back.baselines.map(\.method) == ["kmeans", "majority"])
        #expect(back.baselines.map(\.clusters) == [3, 1])
        #expect(back.baselines[0].measures.accuracy == 28.0 / 30)
        // Programs find the measures beside the other numbers.
        let document = try JSONValue(parsing: Array(json.utf8))
        for place in [document, document["baselines"]?.array?.first] {
            for key in ["clusters", "accuracy", "manyToOneAccuracy", "meanIoU", "nmi", "ari"] {
                #expect(place?[key]?.number != nil, "\(key)")
            }
        }
        let lines = report.text(labels: "map").split(separator: "\n").map(String.init)
        #expect(
            Array(lines.prefix(4)) == [
                "labels          clusters  one-to-one  many-to-one  mean IoU    NMI    ARI",
                "map                    2      73.3 %       73.3 %    50.4 %  0.660  0.588",
                "k-means                3      93.3 %       93.3 %    87.7 %  0.795  0.795",
                "majority class         1      40.0 %       40.0 %    13.3 %  0.000  0.000",
            ])
        #expect(Set(lines.suffix(3).map(\.count)).count == 1)
    }

    /// By their definitions: of 10 pixels of a class, 8 are among the 12 that were found as it.
    @Test func `a class has recall, precision and their harmonic mean`() throws {
        let report = EvaluationReport(ConfusionMatrix(counts: [8, 4, 2, 6], predictedClasses: 2))
        let score = report.classes[0]
        #expect(score.match == 0 && score.pixels == 10)
        let (recall, precision) = (8.0 / 10, 8.0 / 12)
        #expect(score.recall == recall && score.precision == precision)
        let mean = 2 * recall * precision / (recall + precision)
        #expect(abs(try #require(score.f1) - mean) < 1e-12)
        // A class without a match is found nowhere.
        let lost = EvaluationReport(ConfusionMatrix(counts: [8, 4, 2], predictedClasses: 1))
        #expect(abs(try #require(lost.classes[0].f1) - 16.0 / 22) < 1e-12)
        #expect(lost.classes[1].f1 == 0 && lost.classes[2].f1 == 0)
    }

    /// Numbers of classes may have gaps, and a map may use fewer than its model has.
    @Test func `only classes and clusters that occur are counted`() {
        let matrix = ConfusionMatrix(
            counts: [0, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0, 3], predictedClasses: 3)
        #expect(matrix.classesPresent == 2 && matrix.clustersPresent == 2)
        #expect(EvaluationReport(matrix).clusters == 2)
        let majority = matrix.majority
        #expect(majority.oneToOneAccuracy == 5.0 / 9 && majority.meanIoU == 2.5 / 9)
    }
}
