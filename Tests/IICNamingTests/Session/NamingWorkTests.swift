import IICInfer
import TestSupport
import Testing

@testable import IICNaming

@Suite struct NamingWorkTests {
    private let land: Landscape

    init() throws { land = try Landscape(TemporaryFolder()) }

    private func map(_ model: ModelBundle, threads: Int = 2) throws -> [UInt8] {
        var settings = SegmentSettings(threads: threads)
        settings.cleanUp.majority = 1
        let job = try SegmentJob(model: model, settings: settings)
        let scene = try job.open(land.path, for: [LabelEncoder(.classes)])
        var labels = [UInt8](repeating: 99, count: Landscape.size * Landscape.size)
        try job.segment(
            scene,
            write: { _, pixels, window in
                for index in pixels.indices {
                    let row = window.y + index / window.width
                    labels[row * Landscape.size + window.x + index % window.width] = pixels[index]
                }
            })
        return labels
    }

    @Test func `a few answers name a whole scene`() throws {
        let work = try land.work()
        let book = try Simulation.answer(24, work: work) { Landscape.truth($0) }
        let model = try work.model(book)
        #expect(Set(model.legend.entries.map(\.name)) == Set(Landscape.names))
        let map = try map(model)
        var right = 0
        var all = 0
        for pixel in map.indices {
            let (x, y) = (pixel % Landscape.size, pixel / Landscape.size)
            guard !Landscape.isEmpty(x, y) else {
                #expect(map[pixel] == MapWriter.nodata)
                continue
            }
            all += 1
            let name = model.legend.entries[Int(map[pixel])].name
            if name == Landscape.names[Landscape.use(x, y)] { right += 1 }
        }
        #expect(Double(right) > 0.97 * Double(all), "\(right) of \(all)")
        let fit = try #require(try work.fit(book))
        #expect(try #require(fit.agreement(on: work.ground)) > 0.8)
        let shares = work.shares(fit)
        #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
        let population = Double(all)
        #expect(abs(work.ground.sample.population - population) < 0.02 * population)
    }

    @Test func `the same answers give the same bytes, with any threads and memory`() throws {
        var files: Set<[UInt8]> = []
        for (threads, memory) in [(1, 1 << 30), (3, 1 << 30), (2, 200 << 20)] {
            let work = try land.work(threads: threads, memory: memory)
            let book = try Simulation.answer(30, work: work) { Landscape.truth($0) }
            files.insert(try work.model(book).contents().serialised)
            // Nor does it matter what was tried before.
            var other = book
            other.answer(book.entries[0].pixel, .mixed)
            _ = try work.fit(other)
            files.insert(try work.model(book).contents().serialised)
        }
        #expect(files.count == 1)
    }

    @Test func `the order of answers does not matter, nor whether they come from a file`() throws {
        let work = try land.work()
        let book = try Simulation.answer(40, work: work) { Landscape.truth($0) }
        let model = try work.model(book)
        var other = AnswerBook()
        for known in book.classes { _ = other.id(of: known.name) }
        for entry in book.entries.reversed() { other.answer(entry.pixel, entry.verdict) }
        #expect(try work.model(other) == model)
        let path = land.folder("a.gpkg")
        try AnswerFile(path, scenes: work.scenes.answerScenes)
            .write(book, isSimulated: false, replacing: false)
        let points = try PointAnswers(reading: path, field: "class", for: work, seed: 1)
        #expect(try work.model(points.book) == model && points.notes.isEmpty)
    }

    @Test func `a map's labels are those that were learnt`() throws {
        let work = try land.work()
        let book = try Simulation.answer(30, work: work) { Landscape.truth($0) }
        let fit = try #require(try work.fit(book))
        let learnt = LogisticRegression.predict(
            work.ground.features, dimensions: work.ground.space.count, weights: fit.weights
        ).labels
        let map = try map(work.model(book))
        let same = zip(work.ground.sample.pixels, learnt).filter { pixel, label in
            map[pixel.y * Landscape.size + pixel.x] == UInt8(label)
        }.count
        #expect(same > learnt.count * 999 / 1000, "\(same) of \(learnt.count)")
    }

    @Test func `proposals come from all units, and none twice`() throws {
        let work = try land.work()
        var book = AnswerBook()
        var units: [Int] = []
        var fit: AnswerFit?
        for count in 0..<100 {
            let next = try work.next(3, after: book, fit: fit)
            let pixel = try #require(next.first)
            #expect(!book.entries.contains { $0.pixel == pixel }, "proposal \(count)")
            #expect(!Landscape.isEmpty(pixel.x, pixel.y))
            if count < work.ground.coarse.count {
                let place = try #require(work.ground.sample.pixels.firstIndex(of: pixel))
                units.append(work.ground.coarse.labels[place])
            }
            let verdict: AnswerBook.Verdict =
                count % 7 == 3
                ? .notSure : count % 7 == 5 ? .mixed : .named(book.id(of: Landscape.truth(pixel)))
            book.answer(pixel, verdict)
            fit = try work.fit(book, start: fit?.weights)
        }
        #expect(Set(units) == Set(0..<work.ground.coarse.count))
        let sizes = units.map { work.ground.coarse.members[$0].count }
        #expect(sizes == sizes.sorted(by: >))
    }

    @Test func `one class is no map, and pixels without data are no answers`() throws {
        let work = try land.work()
        var book = AnswerBook()
        book.answer(ScenePixel(scene: 0, x: 100, y: 100), .named(book.id(of: "one")))
        book.answer(ScenePixel(scene: 0, x: 2, y: 2), .named(book.id(of: "two")))
        #expect(try work.fit(book) == nil)
        #expect(throws: NamingError.tooFewClasses) { try work.model(book) }
        #expect(try !work.hasData(ScenePixel(scene: 0, x: 2, y: 2)))
    }

    @Test func `a scene without data cannot be named`() throws {
        let path = try land.folder.scene("empty.tif", width: 90, height: 70, nodata: 0) {
            _, _, _ -> UInt8 in 0
        }
        let scenes = try NamingScenes(
            [path], model: Landscape.model, settings: SegmentSettings(threads: 1))
        #expect(throws: NamingError.noData) { try NamingGround(scenes, seed: 1) }
    }

    @Test(arguments: [(1, 1), (3, 2), (40, 1)])
    func `scenes of a few pixels can be looked at`(width: Int, height: Int) throws {
        let path = try land.folder.scene("small.tif", width: width, height: height) {
            x, y, band -> UInt8 in noise(x, y, band)
        }
        let scenes = try NamingScenes(
            [path], model: Landscape.model, settings: SegmentSettings(threads: 1))
        let work = NamingWork(scenes, ground: try NamingGround(scenes, seed: 1), seed: 1)
        #expect(try !work.next(2, after: AnswerBook(), fit: nil).isEmpty)
    }
}
