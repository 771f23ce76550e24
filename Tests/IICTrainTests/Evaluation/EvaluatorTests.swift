import Foundation
import IICInfer
import Testing

import IICTrain

@Suite struct EvaluatorTests {
    private func write<Sample: RasterSample>(
        _ samples: [Sample], width: Int, to path: String, left: Double? = nil,
        nodata: Double? = nil
    ) throws {
        let height = samples.count / width
        let writer = try RasterWriter(
            path: path, width: width, height: height, bands: [.init(role: .other)],
            type: Sample.sampleType,
            georeference: left.map {
                Georeference(epsg: 32633, left: $0, top: 5_000_000, pixelSize: 0.5) ?? .none
            } ?? .none, nodata: nodata)
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

    @Test func `other sizes and places are reported`() throws {
        try withFolder { folder in
            let labels = [UInt8](repeating: 0, count: 12)
            try write(labels, width: 3, to: "\(folder)/a.tif", left: 100)
            try write(labels, width: 4, to: "\(folder)/b.tif", left: 100)
            try write(labels, width: 3, to: "\(folder)/c.tif", left: 102)
            try write([Float](repeating: 0, count: 12), width: 3, to: "\(folder)/d.tif")
            #expect {
                try RasterEvaluator(labels: "\(folder)/a.tif", truth: "\(folder)/b.tif")
            } throws: { error in
                guard case EvaluationError.sizesDiffer? = error as? EvaluationError else {
                    return false
                }
                return (error as? any UserError)?.exitStatus == .badInput
            }
            #expect(
                throws: EvaluationError.placesDiffer(
                    labels: "\(folder)/a.tif", truth: "\(folder)/c.tif", what: "corners")
            ) { try RasterEvaluator(labels: "\(folder)/a.tif", truth: "\(folder)/c.tif") }
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
        let files = try TemporaryFiles()
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
            baselines: [.init(method: .kmeans, clusters: 3, matrix: clusters)])
        let json = try report.json()
        let back = try JSONDecoder().decode(EvaluationReport.self, from: Data(json.utf8))
        #expect(back == report)
        #expect(back.confusion == [[10, 0, 7], [0, 12, 1]])
        #expect(back.classes.map(\.name) == ["water", "a rather long name", "class 2"])
        #expect(back.baselines.map(\.method) == ["kmeans", "majority"])
        #expect(back.baselines.map(\.clusters) == [3, 1])
        #expect(back.baselines[0].accuracy == 28.0 / 30)
        let lines = report.text(labels: "map").split(separator: "\n").map(String.init)
        #expect(
            Array(lines.prefix(4)) == [
                "labels          clusters  one-to-one  many-to-one  mean IoU     NMI     ARI",
                "map                    2      73.3 %       73.3 %    50.4 %   0.660   0.588",
                "k-means                3      93.3 %       93.3 %    87.7 %   0.795   0.795",
                "majority class         1      40.0 %       40.0 %    13.3 %   0.000   0.000",
            ])
        #expect(Set(lines.suffix(3).map(\.count)).count == 1)
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
