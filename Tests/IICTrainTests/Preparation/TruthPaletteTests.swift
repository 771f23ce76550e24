import IICInfer
import TestSupport
import Testing

@testable import IICTrain

@Suite struct TruthPaletteTests {
    private let files: TemporaryFolder

    init() throws { files = try TemporaryFolder() }

    private func palette(_ text: String) throws -> TruthPalette {
        try TruthPalette(file: files.write(text: text, to: "palette.txt"))
    }

    /// The authors' numbers: `colour_dict` of their potsdam_prepare.py and `_fine_to_coarse_dict` of
    /// their potsdam.py.
    @Test func `Potsdam's classes have the authors' numbers`() {
        let colours: [UInt32] = [0xFFFFFF, 0x0000FF, 0x00FFFF, 0x00FF00, 0xFFFF00, 0xFF0000]
        #expect(colours.map { TruthPalette.potsdam6.match($0) } == (0..<6).map { .exact($0) })
        #expect(
            colours.map { TruthPalette.potsdam3.match($0) }
                == [0, 1, 2, 2, 0, 1].map { .exact($0) })
        #expect(TruthPalette.potsdam6.names.count == 6 && TruthPalette.potsdam3.names.count == 3)
    }

    @Test func `what two truths of the archive have is taken for the colour meant`() {
        #expect(TruthPalette.potsdam6.match(0xFCFF00) == .near(4))
        // Such as a lossy picture has.
        #expect(TruthPalette.potsdam6.match(0x09DEDD) == .near(2))
        #expect(TruthPalette.potsdam6.match(0xE1E3E3) == .near(0))
        #expect(TruthPalette.potsdam6.match(0x0A0306) == .near(-1))
        // Magenta is no class, and nor is what lies half-way to it.
        #expect(TruthPalette.potsdam6.match(0xFF00FF) == .unknown)
        var strict = TruthPalette.potsdam6
        strict.tolerance = 0
        #expect(strict.match(0xFCFF00) == .unknown)
        strict.tolerance = 3
        #expect(strict.match(0xFCFF00) == .near(4))
        #expect(strict.match(0xFBFF00) == .unknown)
    }

    @Test func `a file's classes are numbered as they come, and a name twice is one class`() throws
    {
        let palette = try palette(
            "# colours of the town\n\n10 20 30 dark roof\n1,2,3,water\r\n 9\t9  9 dark   roof\n"
                + "0 0 0 unlabelled\n")
        #expect(palette.names == ["dark roof", "water"])
        #expect(palette.match(0x0A141E) == .exact(0) && palette.match(0x090909) == .exact(0))
        #expect(palette.match(0x010203) == .exact(1) && palette.match(0) == .exact(-1))
        #expect(palette.match(0x010204) == .unknown)
    }

    @Test(arguments: [
        ("", "it names 0 classes"), ("0 0 0 unlabelled", "it names 0 classes"),
        ("1 2 building", "line 1 must be red, green, blue"),
        ("\n1 2 300 building", "line 2 must be red, green, blue"),
        ("1 2 3", "line 1 must be"),
        ("1 2 3 a\n1 2 3 b", "line 2 has a colour that an earlier line"),
        ("1 2.5 3 a", "line 1 must be"),
    ])
    func `a file that is no palette is refused`(_ text: String, _ words: String) throws {
        let error = #expect(throws: PreparationError.self) { try palette(text) }
        #expect(error?.description.contains(words) == true, "\(error as Any)")
        #expect(error?.exitStatus == .badInput)
    }
}
