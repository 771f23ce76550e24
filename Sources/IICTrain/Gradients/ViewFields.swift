package import IICInfer
package import IICKernels

/// The fields of one view pair of a batch, from a sub-head's maps.
///
/// A field's row is made from the map when it is wanted: resized, turned back if the view is
/// flipped, masked. A view under any other warp takes a whole image for it.
package struct ViewFields: PairFields {
    package let shape: FieldShape
    private let view: TrainingBatch.View
    private let network: NetworkShape
    /// The pixels that count in some image; the fields are of these alone.
    private let window: (rows: Range<Int>, columns: Range<Int>)
    /// Of the gradients.
    private let scale: Double
    private let rows: ResizeAxis
    private let columns: ResizeAxis
    private let workspaces: [Workspace]
    private let unmasked: [Double]
    private var maps: (first: [Buffer<Float>], second: [Buffer<Float>]) = ([], [])
    private var dMaps: (first: [Buffer<Float>], second: [Buffer<Float>]) = ([], [])

    /// One thread's workspace for a warp: whole images, `(H, W, K)`.
    private struct Workspace {
        let resized, warped: Buffer<Double>
        /// Zeros beyond the window.
        let dWarped: Buffer<Double>
    }

    /// - Parameters:
    ///   - least: if given, the fields are those of the least rectangle around what the masks
    ///     leave, which is at least so many pixels high and wide.
    ///   - scale: what gradients are multiplied by.
    package init(
        view: TrainingBatch.View, shape network: NetworkShape, classes: Int, cutting least: Int?,
        scale: Double, threads: Int
    ) {
        self.view = view
        self.network = network
        self.scale = scale
        rows = network.resizeRows
        columns = network.resizeColumns
        window =
            least.map {
                let counted =
                    view.window
                    ?? MaskWindow(of: view.masks, height: network.height, width: network.width)
                return counted.ranges(height: network.height, width: network.width, least: $0)
            } ?? (0..<network.height, 0..<network.width)
        shape = FieldShape(
            height: window.rows.count, width: window.columns.count, classes: classes)
        let warps = view.affines.contains { $0 != .identity && $0 != .flip }
        let pixels = network.height * network.width
        workspaces = (0..<(warps ? threads : 0)).map { _ in
            func buffer() -> Buffer<Double> { Buffer(repeating: 0, count: pixels * classes) }
            return Workspace(resized: buffer(), warped: buffer(), dWarped: buffer())
        }
        unmasked = Array(repeating: 1, count: network.width)
    }

    /// The same of one sub-head: its maps of x and gx, and their gradients, which are added to.
    package func of(
        maps: ([Buffer<Float>], [Buffer<Float>]), dMaps: ([Buffer<Float>], [Buffer<Float>])
    ) -> ViewFields {
        var copy = self
        copy.maps = maps
        copy.dMaps = dMaps
        return copy
    }

    package var images: Int { view.masks.count }

    package func readMask(row: Int, image: Int, into mask: inout MutableSpan<Double>) {
        let whole = view.masks[image]
        let source = whole.span(pixels(row))
        for x in 0..<source.count { mask[x] = source[x] }
    }

    /// The window's part of a row among an image's pixels.
    private func pixels(_ row: Int) -> Range<Int> {
        let first = (window.rows.lowerBound + row) * network.width + window.columns.lowerBound
        return first..<first + shape.width
    }

    private func values(_ row: Int) -> Range<Int> {
        let pixels = pixels(row)
        return pixels.lowerBound * shape.classes..<pixels.upperBound * shape.classes
    }

    /// The warp of an image that is neither left as it is nor flipped.
    private func warp(_ image: Int) -> Affine? {
        let affine = view.affines[image]
        return affine == .identity || affine == .flip ? nil : affine
    }

    package func begin(image: Int, worker: Int) {
        guard let affine = warp(image) else { return }
        let (workspace, map) = (workspaces[worker], maps.second[image])
        let row = network.width * shape.classes
        for y in 0..<network.height {
            var target = workspace.resized.mutableSpan(y * row..<(y + 1) * row)
            resizeRow(
                y, map.span(), mask: unmasked.span, into: &target, rows: rows, columns: columns,
                channels: shape.classes, window: 0..<network.width, isFlipped: false)
        }
        var warped = workspace.warped.mutableSpan()
        IICKernels.warp(
            workspace.resized.span(), into: &warped, affine: affine, height: network.height,
            width: network.width, channels: shape.classes)
    }

    package func read(
        row: Int, image: Int, worker: Int, first: inout MutableSpan<Double>,
        second: inout MutableSpan<Double>
    ) {
        let y = window.rows.lowerBound + row
        let (mask, firstMap, secondMap) = (view.masks[image], maps.first[image], maps.second[image])
        resizeRow(
            y, firstMap.span(), mask: mask.span(pixels(row)), into: &first, rows: rows,
            columns: columns, channels: shape.classes, window: window.columns, isFlipped: false)
        if warp(image) != nil {
            let warped = workspaces[worker].warped
            multiply(
                warped.span(values(row)), by: mask.span(pixels(row)), scale: 1, into: &second,
                channels: shape.classes)
        } else {
            resizeRow(
                y, secondMap.span(), mask: mask.span(pixels(row)), into: &second, rows: rows,
                columns: columns, channels: shape.classes, window: window.columns,
                isFlipped: view.affines[image] == .flip)
        }
    }

    package func add(row: Int, image: Int, worker: Int, dFirst: Span<Double>, dSecond: Span<Double>)
    {
        let y = window.rows.lowerBound + row
        let (mask, firstMap, secondMap) = (
            view.masks[image], dMaps.first[image], dMaps.second[image]
        )
        var target = firstMap.mutableSpan()
        backpropagateResizeRow(
            y, dFirst, mask: mask.span(pixels(row)), scale: scale, into: &target, rows: rows,
            columns: columns, channels: shape.classes, window: window.columns, isFlipped: false)
        if warp(image) != nil {
            let workspace = workspaces[worker]
            var target = workspace.dWarped.mutableSpan(values(row))
            multiply(
                dSecond, by: mask.span(pixels(row)), scale: scale, into: &target,
                channels: shape.classes)
        } else {
            var target = secondMap.mutableSpan()
            backpropagateResizeRow(
                y, dSecond, mask: mask.span(pixels(row)), scale: scale, into: &target, rows: rows,
                columns: columns, channels: shape.classes, window: window.columns,
                isFlipped: view.affines[image] == .flip)
        }
    }

    package func end(image: Int, worker: Int) {
        guard let affine = warp(image) else { return }
        let (workspace, map) = (workspaces[worker], dMaps.second[image])
        var resized = workspace.resized.mutableSpan()
        backpropagateWarp(
            workspace.dWarped.span(), into: &resized, affine: affine, height: network.height,
            width: network.width, channels: shape.classes)
        var target = map.mutableSpan()
        let row = network.width * shape.classes
        for y in 0..<network.height {
            backpropagateResizeRow(
                y, workspace.resized.span(y * row..<(y + 1) * row), mask: unmasked.span, scale: 1,
                into: &target, rows: rows, columns: columns, channels: shape.classes,
                window: 0..<network.width, isFlipped: false)
        }
    }

    private func multiply(
        _ values: Span<Double>, by mask: Span<Double>, scale: Double,
        into output: inout MutableSpan<Double>, channels: Int
    ) {
        for x in 0..<mask.count {
            let factor = mask[x] * scale
            for k in x * channels..<(x + 1) * channels { output[k] = values[k] * factor }
        }
    }
}
