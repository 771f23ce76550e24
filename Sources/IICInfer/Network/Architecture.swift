/// How borders and upsampling work.
public enum Geometry: String, Codable, Sendable, CaseIterable {
    /// `TwoHeadNet`: a tile alone, padding 1 everywhere, a ring of zero logits around the heads.
    case paper
    /// `SeamlessNet`: padding equals dilation, so that the map is that of the whole scene at once.
    case seamless
}

/// The numbers that fix a network's shape: SegmentationNet10aTwoHead of Ji, Henriques and Vedaldi,
/// *Invariant Information Clustering* (ICCV 2019), scaled by `width`.
public struct Architecture: Codable, Hashable, Sendable {
    /// One 3 × 3 convolution of the trunk, followed by batch norm and ReLU.
    public struct Layer: Hashable, Sendable {
        /// The layer's number in the authors' state names, `trunk.features.N.weight`.
        public let feature: Int
        public let inputs: Int
        public let outputs: Int
        public let dilation: Int
        /// Whether a 2 × 2 max-pool follows.
        public let pooled: Bool
    }

    /// PyTorch's ε of batch norm, as the authors use it.
    public static let normEpsilon: Float = 1e-5

    /// Bands of the input; 4 for red, green, blue and infrared.
    public var channels: Int
    /// Scale of every trunk layer; 1 is the paper's.
    public var width: Double
    /// Classes of head A, the overclustering head.
    public var overclusters: Int
    /// Classes of head B, whose labels make the map.
    public var classes: Int
    /// Sub-heads of head A, and of head B: random restarts of its classes.
    public var subheadsA: Int
    public var subheadsB: Int

    public init(
        channels: Int = 4, width: Double, overclusters: Int, classes: Int, subheadsA: Int = 1,
        subheadsB: Int = 1
    ) {
        self.channels = channels
        self.width = width
        self.overclusters = overclusters
        self.classes = classes
        self.subheadsA = subheadsA
        self.subheadsB = subheadsB
    }

    /// The trunk's convolutions in order.
    public var layers: [Layer] {
        let plan = [
            (0, 64, 1, false), (3, 128, 1, true), (7, 256, 1, false), (10, 256, 1, false),
            (13, 512, 2, false), (16, 512, 2, false),
        ]
        var inputs = channels
        return plan.map { feature, outputs, dilation, pooled in
            defer { inputs = Int(Double(outputs) * width) }
            return Layer(
                feature: feature, inputs: inputs, outputs: Int(Double(outputs) * width),
                dilation: dilation, pooled: pooled)
        }
    }

    /// Channels that the trunk hands to the heads.
    public var features: Int { Int(512 * width) }

    public func classes(of head: Head) -> Int {
        precondition(head != .projection, "an architecture knows no projection")
        return head == .A ? overclusters : classes
    }

    /// The same as outputs see it: with the classes of a map instead of head B's.
    package func mapping(_ classes: Int) -> Architecture {
        var architecture = self
        architecture.classes = classes
        return architecture
    }

    public func subheads(of head: Head) -> Int { head == .A ? subheadsA : subheadsB }
}
