import IICInfer
public import IICKernels

/// A batch of images x and one or more transformed views gx of each, or a rank's part of one.
///
/// The loss is the mean over the view pairs (x, gx).
public struct TrainingBatch {
    /// How the outputs for gx meet those for x.
    public struct Frame {
        /// How to bring the output for gx into x's frame, one an image.
        public var affines: [Affine] = []
        /// `(H, W)` each, in x's frame: 1 where both views' outputs count, else 0.
        public var masks: [Buffer<Double>] = []
        /// Around what the masks of the whole batch leave; nil if all of them are here.
        var window: MaskWindow?
    }

    /// One transformed view of every image of the batch.
    public struct View {
        /// gx, `(H, W, C)` each.
        public var images: [Buffer<Float>]
        /// How to bring the output for gx back into x's frame.
        public var affines: [Affine]
        /// `(H, W)` each, in x's frame: 1 where both views' outputs count, else 0.
        public var masks: [Buffer<Double>]
        /// Around what the masks of the whole batch leave; nil if all of them are here.
        var window: MaskWindow?
        /// The same for a head whose outputs are moved on the way (sparse translation).
        var moved: [Head: Frame] = [:]

        public init(images: [Buffer<Float>], affines: [Affine], masks: [Buffer<Double>]) {
            self.images = images
            self.affines = affines
            self.masks = masks
        }

        /// The view as one head's loss sees it.
        func seen(by head: Head) -> View {
            guard let frame = moved[head] else { return self }
            var view = View(images: images, affines: frame.affines, masks: frame.masks)
            view.window = frame.window
            return view
        }
    }

    /// x, `(H, W, C)` each, scaled to 0…1.
    public var images: [Buffer<Float>]
    public var views: [View]
    /// Images of the whole batch, of which these may be one rank's.
    var count: Int

    public init(images: [Buffer<Float>], views: [View]) {
        self.images = images
        self.views = views
        count = images.count
    }

    /// The images of batch-norm group after group: ceil(n / g) of them, sizes differing by one at
    /// most.
    static func groups(count: Int, size: Int) -> [Range<Int>] {
        let groups = max(1, (count + size - 1) / size)
        return (0..<groups).map { $0 * count / groups..<($0 + 1) * count / groups }
    }
}
