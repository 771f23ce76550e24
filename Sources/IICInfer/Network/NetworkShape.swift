public import IICKernels

/// The sizes that one image takes on its way through the network in one geometry.
public struct NetworkShape: Sendable {
    public let architecture: Architecture
    public let geometry: Geometry
    public let height: Int
    public let width: Int
    /// One a trunk layer.
    public let convolutions: [ConvolutionShape]
    /// Rows and columns of the trunk's features.
    public let featureHeight: Int
    public let featureWidth: Int

    public init(architecture: Architecture, geometry: Geometry, height: Int, width: Int) {
        self.architecture = architecture
        self.geometry = geometry
        self.height = height
        self.width = width
        var (rows, columns) = (height, width)
        var shapes: [ConvolutionShape] = []
        for layer in architecture.layers {
            let shape = ConvolutionShape(
                inputs: layer.inputs, outputs: layer.outputs, height: rows, width: columns,
                dilation: layer.dilation, padding: geometry == .paper ? 1 : layer.dilation)
            shapes.append(shape)
            (rows, columns) = (shape.outputHeight, shape.outputWidth)
            if layer.pooled {
                (rows, columns) = pooledSize(
                    height: rows, width: columns, ceiling: geometry == .seamless)
            }
        }
        convolutions = shapes
        featureHeight = rows
        featureWidth = columns
    }

    /// Pixels beyond an output pixel's own that its label depends on in `seamless` geometry; as a
    /// crop's border it is what the objective leaves out, and as a halo, even, it keeps cells of
    /// the max-pool whole.
    public static let halo = 16

    /// The ring of zero logits around the heads' maps: one pixel in `paper` geometry.
    public var ring: Int { geometry == .paper ? 1 : 0 }
    /// Rows and columns of the heads' maps, before they are resized.
    public var headHeight: Int { featureHeight + 2 * ring }
    public var headWidth: Int { featureWidth + 2 * ring }

    /// How the heads' maps grow to the image's size: exactly twice and cropped in `seamless`
    /// geometry, to fit in `paper` geometry.
    public var resizeRows: ResizeAxis { axis(headHeight, height) }
    public var resizeColumns: ResizeAxis { axis(headWidth, width) }

    private func axis(_ source: Int, _ target: Int) -> ResizeAxis {
        ResizeAxis(
            source: source, target: target,
            scale: geometry == .paper ? Double(source) / Double(target) : 0.5)
    }

    /// The smallest image that leaves any features: 8 × 8 in `paper` geometry, 1 × 1 otherwise.
    public static func least(_ geometry: Geometry) -> Int { geometry == .paper ? 8 : 1 }
}

/// Applies one sub-head to features and leaves its probabilities, before they are resized.
///
/// - Parameters:
///   - features: `(featureHeight, featureWidth, features)`.
///   - weights: `(features, K)`.
///   - output: `(headHeight, headWidth, K)`, overwritten; the ring is uniform, as the softmax of
///     zeros is.
package func applyHead(
    _ features: Span<Float>, weights: Span<Float>, classes: Int,
    into output: inout MutableSpan<Float>, shape: NetworkShape
) {
    precondition(output.count == shape.headHeight * shape.headWidth * classes)
    let ring = shape.ring
    let row = shape.featureWidth * classes
    for index in 0..<output.count { output[index] = 0 }
    for y in 0..<shape.featureHeight {
        let start = ((y + ring) * shape.headWidth + ring) * classes
        var part = output._mutatingExtracting(start..<start + row)
        let source = y * shape.featureWidth * shape.architecture.features
        multiply(
            features.extracting(
                source..<source + shape.featureWidth * shape.architecture.features),
            weights, into: &part, rows: shape.featureWidth, columns: classes,
            inner: shape.architecture.features)
    }
    softmax(&output, classes: classes)
}
