import IICInfer

/// Which tiles there will be: known before any pixel is read.
struct PreparationPlan {
    struct Scene {
        let path: String
        /// Nil where nothing is known.
        let truth: String?
        /// The scaled scene's, in whole tiles.
        let columns: Int
        let rows: Int
        /// The scene's number of its first tile; the others follow row by row.
        let first: Int
        /// Pixels of the scaled scene on the right and below that fill no tile.
        let dropped: (right: Int, below: Int)

        var tiles: Range<Int> { first..<first + columns * rows }
    }

    enum List: String, CaseIterable {
        case unlabelledTrain = "unlabelled_train"
        case labelledTrain = "labelled_train"
        case labelledTest = "labelled_test"
    }

    let scenes: [Scene]
    /// What each tile is called, in the scenes' order: the numbers from 0 on in random order, so that
    /// tiles that follow one another come from everywhere.
    let names: [Int]
    private let test: Set<Int>

    /// - Throws: ``PreparationError/noSuchTest(_:)``.
    init(_ scenes: [Scene], settings: PreparationSettings) throws(PreparationError) {
        self.scenes = scenes
        var random = SplitMix64(seed: SplitMix64.mix(settings.seed &+ 0x7E57))
        let count = scenes.last?.tiles.upperBound ?? 0
        names = random.permutation(count)
        let known = scenes.filter { $0.truth != nil }
        switch settings.test {
        case .share(let share):
            let candidates = known.flatMap(\.tiles)
            // As `int(0.1 * 8550)` is 855, which is not to hang on 0.1's last bit.
            let wanted = Int((Double(count) * share + 1e-9).rounded(.down))
            test = Set(random.permutation(candidates.count).prefix(wanted).map { candidates[$0] })
        case .scenes(let names):
            var chosen: Set<Int> = []
            for name in names {
                let found = known.filter { Self.isCalled(name, $0.path) }
                guard !found.isEmpty else { throw .noSuchTest(name) }
                chosen.formUnion(found.flatMap(\.tiles))
            }
            test = chosen
        }
    }

    /// Whether a scene's name without ending is `name`, or has it between underscores: 2_1 is not 2_10.
    private static func isCalled(_ name: String, _ path: String) -> Bool {
        let bar = [UInt8(ascii: "_")]
        let whole = bar + FileName(TruthMatching.stem(path)).bytes + bar
        return whole.firstRange(of: bar + name.pathBytes + bar) != nil
    }

    /// Names of the tiles of a list, in the scenes' order, one a line.
    func lines(of list: List) -> [Int] {
        scenes.flatMap { scene in
            scene.tiles.filter { tile in
                switch list {
                case .unlabelledTrain: scene.truth == nil
                case .labelledTrain: scene.truth != nil && !test.contains(tile)
                case .labelledTest: test.contains(tile)
                }
            }.map { names[$0] }
        }
    }

    /// Where each tile is from: its name, its scene's, and its first column and row in the scaled scene.
    func table(tile: Int) -> String {
        var text = "tile,scene,column,row\n"
        for scene in scenes {
            let name = scene.path.pathName.shown.replacing("\"", with: "\"\"")
            for (index, tile) in scene.tiles.enumerated() {
                text +=
                    "\(names[tile]),\"\(name)\",\(index % scene.columns),\(index / scene.columns)\n"
            }
        }
        return text
    }
}
