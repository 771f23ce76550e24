import IICInfer

/// Which class each colour of a picture of truth stands for.
package struct TruthPalette: Equatable, Sendable {
    /// What a colour is taken for.
    package enum Match: Equatable, Sendable {
        case exact(Int32)
        /// Not the palette's own, but within ``tolerance`` of one that is.
        case near(Int32)
        case unknown
    }

    package struct Entry: Equatable, Sendable {
        /// Red, green and blue as `0xRRGGBB`.
        package let colour: UInt32
        /// The class, or ``LabelReader/none``.
        package let label: Int32
    }

    /// The name that stands for no class, in a file.
    package static let unlabelled = "unlabelled"

    package let entries: [Entry]
    /// Names of the classes, by number.
    package let names: [String]
    /// How far each of a colour's three components may lie from the palette's, of 255.
    package var tolerance = 0

    /// Numbers classes in the order in which their names first come; several colours may share one.
    package init(_ colours: [(colour: UInt32, name: String)]) {
        var names: [String] = []
        entries = colours.map { colour, name in
            guard name != Self.unlabelled else {
                return Entry(colour: colour, label: LabelReader.none)
            }
            if let label = names.firstIndex(of: name) {
                return Entry(colour: colour, label: Int32(label))
            }
            names.append(name)
            return Entry(colour: colour, label: Int32(names.count - 1))
        }
        self.names = names
    }

    /// The class of the nearest colour, by the component that differs most; the first of several.
    package func match(_ colour: UInt32) -> Match {
        var best: (distance: Int, label: Int32)?
        for entry in entries {
            var distance = 0
            for shift: UInt32 in [0, 8, 16] {
                let one = Int(entry.colour >> shift & 0xFF)
                distance = max(distance, abs(one - Int(colour >> shift & 0xFF)))
            }
            if distance == 0 { return .exact(entry.label) }
            if distance <= tolerance, distance < best?.distance ?? .max {
                best = (distance, entry.label)
            }
        }
        return best.map { .near($0.label) } ?? .unknown
    }
}

extension TruthPalette {
    /// Reads a file with one colour a line: red, green, blue (0…255) and the class's name.
    ///
    /// - Throws: ``PreparationError``, or ``FileError`` for a file that cannot be read.
    package init(file path: String) throws {
        let file = try InputFile(path)
        guard file.size <= 1 << 20 else {
            throw PreparationError.palette(path, "it is larger than 1 MiB, too large for a palette")
        }
        let text = String(decoding: try file.read(0..<file.size), as: UTF8.self)
        var colours: [(colour: UInt32, name: String)] = []
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() {
            let words = line.split { $0.isWhitespace || $0 == "," }
            guard let first = words.first, !first.hasPrefix("#") else { continue }
            let parts = words.prefix(3).compactMap { UInt8($0) }
            guard parts.count == 3, words.count > 3 else {
                throw PreparationError.palette(
                    path,
                    "line \(index + 1) must be red, green, blue (0 to 255) and a name, such as "
                        + "“0 0 255 building”")
            }
            let colour = parts.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard !colours.contains(where: { $0.colour == colour }) else {
                throw PreparationError.palette(
                    path, "line \(index + 1) has a colour that an earlier line has")
            }
            colours.append((colour, words.dropFirst(3).joined(separator: " ")))
        }
        self.init(colours)
        guard !names.isEmpty, names.count <= Int(EvaluationError.largestClass) + 1 else {
            throw PreparationError.palette(path, "it names \(names.count) classes")
        }
    }

    /// The six classes of ISPRS Potsdam, numbered as the IIC authors do.
    ///
    /// Black is the boundary of `5_Labels_all_noBoundary`. Two of the archive's truths are not in
    /// these colours exactly: `top_potsdam_4_12` was stored with losses, and `top_potsdam_6_7` has 252
    /// in place of 255. Half of 255 brings both back.
    package static let potsdam6: TruthPalette = {
        var palette = TruthPalette([
            (0xFFFFFF, "impervious surface"), (0x0000FF, "building"), (0x00FFFF, "low vegetation"),
            (0x00FF00, "tree"), (0xFFFF00, "car"), (0xFF0000, "clutter"), (0x000000, unlabelled),
        ])
        palette.tolerance = 127
        return palette
    }()

    /// The three classes of the paper's Potsdam-3, numbered as the IIC authors do.
    package static let potsdam3: TruthPalette = {
        let (ground, building, plants) = (
            "impervious surface and car", "building and clutter", "vegetation and tree"
        )
        var palette = TruthPalette([
            (0xFFFFFF, ground), (0x0000FF, building), (0x00FFFF, plants), (0x00FF00, plants),
            (0xFFFF00, ground), (0xFF0000, building), (0x000000, unlabelled),
        ])
        palette.tolerance = 127
        return palette
    }()
}
