public import Foundation
public import IICInfer

/// One case of PyTorch's numbers, made by the reference implementation.
public struct ParityCase: Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        case network, seamless, loss, training
    }

    public let name: String
    public let file: SafeTensors

    public var description: String { name }

    /// The folder that `IIC_PARITY_DIR` names, else the repository's copies.
    public static var folder: URL {
        if let path = ProcessInfo.processInfo.environment["IIC_PARITY_DIR"], !path.isEmpty {
            return URL(fileURLWithPath: path)
        }
        return repositoryFolder
    }

    public static var repositoryFolder: URL {
        Bundle.module.bundleURL.appendingPathComponent("Cases")
    }

    /// Every case of one kind in ``folder``, by what it holds, not by its name.
    public static func all(_ kind: Kind) throws -> [ParityCase] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".safetensors") }.sorted()
            .map { name in
                let path = folder.appendingPathComponent(name).path
                return ParityCase(name: name, file: try SafeTensors(reading: path))
            }
            .filter { $0.kind == kind }
    }

    private var kind: Kind? {
        if file.tensors["losses"] != nil { return .training }
        if file.tensors["x2_warped"] != nil { return .loss }
        if file.metadata["geometry"] != nil { return .seamless }
        return file.tensors["eval.trunk"] != nil ? .network : nil
    }

    /// A number of the metadata.
    public func number(_ key: String) throws -> Double {
        guard let value = file.metadata[key].flatMap(Double.init) else { throw Missing(key: key) }
        return value
    }

    public func tensor(_ key: String) throws -> SafeTensors.Tensor {
        guard let tensor = file.tensors[key] else { throw Missing(key: key) }
        return tensor
    }

    struct Missing: Error { let key: String }

    /// The network of the case's metadata with the state that `prefix` marks.
    public func weights(prefix: String = "state.") throws -> ParameterBlock {
        let conv = try tensor("\(prefix)trunk.features.0.weight")
        let subheads = file.metadata["subheads"].flatMap { Int($0) } ?? 1
        let architecture = Architecture(
            channels: conv.shape[1], width: try number("width"),
            overclusters: Int(try number("kA")), classes: Int(try number("kB")),
            subheadsA: subheads, subheadsB: subheads)
        let layout = ParameterLayout(architecture)
        var tensors: [String: [Float]] = [:]
        for entry in layout.entries {
            tensors[entry.name] = try tensor(prefix + entry.name).floats
        }
        return ParameterBlock(tensors: tensors, layout: layout)
    }
}

/// `(N, C, H, W)` as one `(H, W, C)` an image.
public func channelsLast<T>(_ values: [T], shape: [Int]) -> [[T]] {
    let (n, c, h, w) = (shape[0], shape[1], shape[2], shape[3])
    return (0..<n).map { image in
        var result: [T] = []
        result.reserveCapacity(c * h * w)
        for pixel in 0..<h * w {
            for channel in 0..<c { result.append(values[(image * c + channel) * h * w + pixel]) }
        }
        return result
    }
}

/// The largest distance between two arrays; infinite if a value is not a number or sizes differ.
public func largestDifference<T: BinaryFloatingPoint>(_ a: [T], _ b: [T]) -> Double {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { worst, pair in
        let difference = abs(Double(pair.0) - Double(pair.1))
        return difference.isNaN ? .infinity : max(worst, difference)
    }
}
