/// Something to be made of a scene in one pass over it, at a path that a user named: a map of
/// labels, a picture, whatever rows of scores can become.
///
/// A new kind of output is a type that conforms, in a file of its own, and a flag that makes one.
public protocol MapOutput: RowEncoder {
    /// A word for what it is, which summaries carry.
    var kind: String { get }
    /// The file that a user named.
    var path: String { get }
    /// All files that it leaves, each under its final name; ``path`` alone unless it says more.
    var files: [String] { get }
    /// Names beside ``files`` that it takes too: of what it leaves for some scenes only, and
    /// otherwise removes, since an older file would be taken for a part of it.
    var companions: [String] { get }
    /// What its pixels depend on, beside scene, model and ``SegmentSettings``: its part in the hash
    /// of the settings, which no other kind of output shares.
    var settings: JSONValue { get }
    /// What it has to do with the finished labels of the map's classes; nothing unless it says more.
    var role: MapRole { get }
    /// Whether it shows what cleaning up changes.
    var showsCleanUp: Bool { get }

    /// Bytes of memory that it takes while it is handed the finished map, when nothing is computed any
    /// more, beside those that it keeps anyway; nothing unless it says more.
    func finishingBytes(width: Int, height: Int) -> Int

    /// Bytes of disk that making it surely takes for a while.
    func diskBytes(width: Int, height: Int) -> Int

    /// Refuses a model that it cannot show.
    func check(_ architecture: Architecture) throws

    /// What the file at ``path`` says that it was made from; nil if there is none that says so.
    var provenance: MapProvenance? { get }

    /// Of the legend in the file at ``path``, if the names and colours of the classes are what it is
    /// for: it is made again for others. A map is not, which would be computed again for a name.
    var legendHash: String? { get }

    /// Starts it for one scene.
    ///
    /// - Throws: ``AtomicFileError`` if it cannot be written.
    func begin(_ frame: MapFrame) throws -> any MapProduct
}

extension MapOutput {
    public var files: [String] { [path] }
    public var role: MapRole { .other }
    public var showsCleanUp: Bool { role != .other }
    public func finishingBytes(width: Int, height: Int) -> Int { 0 }
    public var companions: [String] { [] }
    public var provenance: MapProvenance? { MapProvenance(file: path) }
    public var legendHash: String? { nil }
    public func check(_ architecture: Architecture) throws {}
}

/// What an output has to do with the finished labels of a map's classes, over which a ``CleanUp`` may
/// have gone.
public enum MapRole: Sendable, Hashable {
    /// It is the map, which keeps them.
    case map
    /// It is made of them: in place of what it would encode, it is handed them, `(H, W)`, in windows as
    /// wide as the map, from the top down. One of the other outputs must be the map.
    case follower
    /// It is made of rows as they are computed, and no clean-up changes it.
    case other
}

/// What an output is made for.
public struct MapFrame: Sendable {
    /// In pixels.
    public var width: Int
    public var height: Int
    /// Of the first of them.
    public var georeference: Georeference
    public var architecture: Architecture
    /// Names and colours of head B's classes.
    public var legend: Legend
    /// When the scene was taken; nil if it does not say.
    public var sceneTime: SceneTime?
    /// The STAC Item that describes the scene: a file or an address.
    public var sceneItem: String?
    /// Threads that may be used for finishing; what is written does not depend on them.
    public var threads: Int

    public init(
        width: Int, height: Int, georeference: Georeference, architecture: Architecture,
        legend: Legend, threads: Int, sceneTime: SceneTime? = nil, sceneItem: String? = nil
    ) {
        self.sceneTime = sceneTime
        self.sceneItem = sceneItem
        self.width = width
        self.height = height
        self.georeference = georeference
        self.architecture = architecture
        self.legend = legend
        self.threads = threads
    }
}

/// An output in the making; one that ends before it is published leaves nothing behind.
public protocol MapProduct: AnyObject {
    /// Takes the pixels of a window, `(H, W, pixelBytes)`, as the output encoded them. Every pixel
    /// comes once, in no set order; one thread at a time. A ``MapRole/follower`` gets the map's labels in
    /// their place.
    func write(_ pixels: Span<UInt8>, window: PixelWindow) throws

    /// Is told, before it is finished, what the outputs before it have become; nothing is done
    /// with that unless it says so.
    func note(_ others: [FinishedOutput])

    /// Makes it whole under a temporary name, once all pixels are there.
    ///
    /// - Parameters:
    ///   - progress: the share that is done, 0…1.
    ///   - isCancelled: asked often.
    /// - Throws: ``AtomicFileError`` or ``Interrupted``.
    func finish(
        _ provenance: MapProvenance, progress: (_ share: Double) -> Void,
        isCancelled: () -> Bool
    ) throws -> OutputSummary

    /// Its files once it is finished; none unless it tells.
    var finished: [FinishedFile] { get }

    /// Hands over the finished files, to be given their names in this order: what stands for all of
    /// them last.
    func publish(in publication: inout Publication)
}

extension MapProduct {
    public func note(_ others: [FinishedOutput]) {}
    public var finished: [FinishedFile] { [] }
}

/// What one output has become.
public struct OutputSummary: Sendable, Hashable {
    /// As ``MapOutput/kind``.
    public var kind: String
    public var path: String
    /// Classes and their pixels; nil for what does not show classes.
    public var classes: [ClassShare]?
    /// Pixels without data.
    public var nodata: Int?
    /// How many polygons there are; nil for what has none.
    public var polygons: Polygons?

    /// One class of a map.
    public struct ClassShare: Sendable, Hashable {
        public var name: String
        public var pixels: Int
    }

    /// What became of the patches of a map.
    public struct Polygons: Sendable, Hashable {
        public var written = 0
        /// Patches that were left out, because they are smaller than was asked for.
        public var smaller = 0
        /// Of those written, parts of patches that were cut, and the rows before which some were.
        public var parts = 0
        public var cuts = 0

        public init() {}

        /// For users.
        public var sentence: String {
            var text = written == 1 ? "1 polygon" : "\(written) polygons"
            if smaller > 0 { text += ", \(smaller) smaller left out" }
            return text
        }

        /// What users must know of patches that were cut; nil if none was.
        public var cutSentence: String? {
            guard cuts > 0 else { return nil }
            return "Patches had more than \(PatchTracer.vertexLimit) corners together, so that the "
                + "largest were cut along \(cuts == 1 ? "a row" : "\(cuts) rows") of pixels; "
                + "\(parts) of the polygons are parts of such patches."
        }
    }

    public init(
        kind: String, path: String, classes: [ClassShare]? = nil, nodata: Int? = nil,
        polygons: Polygons? = nil
    ) {
        self.kind = kind
        self.path = path
        self.classes = classes
        self.nodata = nodata
        self.polygons = polygons
    }
}
