import Foundation
import IICInfer
import IICKernels

/// What `iicd inspect` prints, in order: lines for people, one object for programs.
struct Report {
    private var lines: [(label: String, text: String)] = []
    private var members: [String: JSONValue] = [:]
    /// Whether a model would run on the scene.
    var fit: SceneFit?

    private mutating func add(_ label: String, _ text: String, _ key: String, _ value: JSONValue) {
        lines.append((label, text))
        members[key] = value
    }

    init(scene: SceneSummary, path: String) {
        add("Scene", path, "path", .string(path))
        members["kind"] = "scene"
        add("Format", scene.format, "format", .string(scene.format))
        add(
            "Size", "\(scene.width) × \(scene.height) pixels", "size",
            [.integer(scene.width), .integer(scene.height)])
        let descriptions = scene.bands.enumerated().map { index, band in
            var parts = [band.isAlpha ? "opacity" : band.role?.rawValue ?? "not told"]
            if !band.description.isEmpty { parts.append("“\(band.description)”") }
            parts.append(band.type)
            if let nodata = band.nodata { parts.append("nodata \(nodata)") }
            if band.unit != .plain { parts.append("\(band.unit)") }
            return "\(index + 1) " + parts.joined(separator: ", ")
        }
        add(
            "Bands", descriptions.joined(separator: "\n"), "bands",
            .array(
                scene.bands.map { band in
                    [
                        "role": band.role.map { .string($0.rawValue) } ?? .null,
                        "alpha": .bool(band.isAlpha), "description": .string(band.description),
                        "type": .string(band.type),
                        "nodata": band.nodata.map(JSONValue.number) ?? .null,
                        "scale": .number(Double(band.unit.scale)),
                        "offset": .number(Double(band.unit.offset)),
                    ]
                }))
        add(
            "No data", Self.words(scene.validity), "validity",
            [
                "kind": .string(scene.validity.kind.rawValue),
                "alpha": .array(scene.validity.alpha.map(JSONValue.integer)),
                "hidesNodata": .bool(scene.validity.hidesNodata),
            ])
        let place = scene.georeference
        add(
            "CRS", scene.crsName ?? "none", "crs",
            scene.crsName.map(JSONValue.string) ?? .null)
        add(
            "Geotransform",
            place.transform.map { $0.map { "\($0)" }.joined(separator: ", ") }
                ?? (place.controlPoints.isEmpty
                    ? "none" : "none, \(place.controlPoints.count) control points"),
            "geotransform", place.transform.map { .array($0.map(JSONValue.number)) } ?? .null)
        add(
            "Pixel size", scene.pixelSizeMetres.map { "\(Self.digits($0)) m" } ?? "unknown",
            "pixelSizeMetres", scene.pixelSizeMetres.map(JSONValue.number) ?? .null)
        add(
            "Blocks",
            "\(scene.blockSize.width) × \(scene.blockSize.height), "
                + "\(scene.interleave ?? "BAND"), \(Self.bytes(scene.largestBlockBytes)) decoded",
            "blocks", [.integer(scene.blockSize.width), .integer(scene.blockSize.height)])
        add(
            "Compression", scene.compression ?? "none", "compression",
            scene.compression.map(JSONValue.string) ?? .null)
        let overviews = scene.bands.map(\.overviews).min() ?? 0
        add("Overviews", String(overviews), "overviews", .integer(overviews))
        if !scene.notes.isEmpty {
            add(
                "Beware", scene.notes.joined(separator: "\n"), "notes",
                .array(scene.notes.map(JSONValue.string)))
        }
    }

    private mutating func add(_ naming: Naming) {
        let (text, kind): (String, JSONValue) =
            switch naming.classes {
            case .learnt: ("\(naming.count) classes, learnt from answers", "learnt")
            case .merged(let targets):
                ("\(naming.count) classes, merged from \(targets.count)", "merged")
            }
        let filter = naming.majority.map { ", --majority \($0) unless another is given" } ?? ""
        add(
            "Named", text + filter, "naming",
            [
                "kind": kind, "classes": .integer(naming.count),
                "majority": naming.majority.map(JSONValue.integer) ?? .null,
            ])
    }

    init(model: ModelBundle, path: String) {
        let architecture = model.architecture
        add("Model", path, "path", .string(path))
        members["kind"] = "model"
        add(
            "Network",
            "width \(architecture.width), \(architecture.overclusters) overclusters, "
                + "\(architecture.classes) classes"
                + Self.subheads(architecture)
                + ", \(architecture.parameters) parameters",
            "architecture", (try? JSONValue(encoding: architecture)) ?? .null)
        members["parameters"] = .integer(architecture.parameters)
        add("Geometry", model.geometry.rawValue, "geometry", .string(model.geometry.rawValue))
        add(
            "Bands",
            zip(model.bands, model.scaling.bands).map {
                "\($0.rawValue), \($1.low) … \($1.high)"
            }.joined(separator: "\n"), "bands",
            .array(model.bands.map { .string($0.rawValue) }))
        add(
            "Scaling", "from \(model.scaling.source.rawValue) data", "scaling",
            (try? JSONValue(encoding: model.scaling)) ?? .null)
        let knots = model.quantiles?.probabilities.count
        add(
            "Quantiles", knots.map { "\($0) a band, for --scaling match" } ?? "none", "quantiles",
            knots.map(JSONValue.integer) ?? .null)
        add(
            "Pixel size", model.pixelSizeMetres.map { "\(Self.digits($0)) m" } ?? "unknown",
            "pixelSizeMetres", model.pixelSizeMetres.map(JSONValue.number) ?? .null)
        add(
            "Legend",
            model.legend.entries.enumerated().map { index, entry in
                "\(index) \(entry.name) (\(entry.colour.map(String.init).joined(separator: ",")))"
            }.joined(separator: "\n"), "legend",
            (try? JSONValue(encoding: model.legend)) ?? .null)
        if let naming = model.naming { add(naming) }
        add(
            "Refinement",
            model.refinement.map { mixture in
                let shares = mixture.logShares.map { "\(Self.percent(exp($0))) %" }
                return
                    "\(mixture.classes) Gaussians of \(mixture.dimensions) numbers a pixel, shares "
                    + shares.joined(separator: ", ")
            } ?? "none", "refinement",
            model.refinement.map { mixture in
                [
                    "shares": .array(mixture.logShares.map { .number(exp($0)) }),
                    "weight": .number(mixture.weight),
                ]
            } ?? .null)
        add("Preset", model.preset, "preset", .string(model.preset))
        add("Trained on", Self.plain(model.data), "data", model.data)
        members["training"] = model.training
        func loss(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
        let lossA = model.history.last { $0.lossA != nil }?.lossA
        let lossB = model.history.last { $0.lossB != nil }?.lossB
        add(
            "Last losses",
            model.history.last.map { last in
                "A \(lossA.map(Self.digits) ?? "none"), B \(lossB.map(Self.digits) ?? "none") "
                    + "at step \(last.step)"
            } ?? "none", "losses",
            [
                "step": model.history.last.map { .integer($0.step) } ?? .null, "A": loss(lossA),
                "B": loss(lossB),
            ])
        add(
            "Checkpoint", model.checkpoint == nil ? "no" : "yes, training can go on from it",
            "checkpoint", .bool(model.checkpoint != nil))
        add(
            "Written by", "iicd \(model.softwareVersion)", "softwareVersion",
            .string(model.softwareVersion))
        let hash = model.modelHash
        add("Hash", hash, "modelHash", .string(hash))
        add(
            "This program", "iicd \(Software.version), \(InstructionSet.name)", "instructionSet",
            .string(InstructionSet.name))
        add("Engine", WinogradEngine.name, "engine", .string(WinogradEngine.name))
    }

    /// Labels on the left, what follows them aligned.
    var text: String {
        let told = fit.map(\.notes) ?? []
        let all = lines.filter { $0.label != "Beware" || told.isEmpty } + (fit?.lines ?? [])
        let column = (all.map(\.label.count).max() ?? 0) + 2
        return all.map { label, text in
            let head = label + String(repeating: " ", count: column - label.count)
            return head
                + text.replacing("\n", with: "\n" + String(repeating: " ", count: column))
        }.joined(separator: "\n")
    }

    var json: JSONValue {
        var members = members
        if let fit { members["fit"] = fit.json }
        return .object(members)
    }

    /// ", 1 and 8 sub-heads"; nothing if each head has one.
    private static func subheads(_ architecture: Architecture) -> String {
        let counts = Head.allCases.map { architecture.subheads(of: $0) }
        return counts.allSatisfy { $0 == 1 } ? "" : ", \(counts[0]) and \(counts[1]) sub-heads"
    }

    /// "size 3, tiles 12": one level of an object without its brackets.
    private static func plain(_ value: JSONValue) -> String {
        guard case .object(let members) = value else { return value.string ?? value.text }
        guard !members.isEmpty else { return "not told" }
        return members.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.string ?? $0.value.text)" }.joined(separator: ", ")
    }

    private static func percent(_ share: Double) -> String {
        "\((share * 1000).rounded() / 10)"
    }

    /// What tells which pixels hold data, and which of several things counts.
    private static func words(_ validity: SceneValidity) -> String {
        var words =
            switch validity.kind {
            case .none: validity.alpha.isEmpty ? "nothing tells" : ""
            case .nodata: "by nodata value"
            case .nodataValues: "by NODATA_VALUES, in all bands at once"
            case .mask: "by mask"
            }
        if validity.hidesNodata { words += " (the bands' nodata values do not count beside it)" }
        if !validity.alpha.isEmpty {
            let bands = validity.alpha.map(String.init).joined(separator: ", ")
            words += (words.isEmpty ? "" : ", and ") + "by opacity in band \(bands)"
        }
        return words
    }

    /// Four digits after the point at most.
    static func digits(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e10 else { return "\(value)" }
        return String((value * 10000).rounded() / 10000)
    }

    static func bytes(_ count: Int) -> String {
        let units = ["bytes", "KiB", "MiB", "GiB", "TiB"]
        var value = Double(count)
        var unit = 0
        while value >= 1024 && unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        return unit == 0 ? "\(count) bytes" : "\((value * 10).rounded() / 10) \(units[unit])"
    }
}
