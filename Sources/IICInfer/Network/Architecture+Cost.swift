extension Architecture {
    /// Floating-point operations for one output pixel of a large scene, counted as the plain
    /// convolution does them, two for each product and sum. 2.2 million at width 1: 90 GFLOP a
    /// tile.
    public var operationsPerPixel: Double {
        var total = 0.0
        var area = 1.0
        for layer in layers {
            total += area * 2 * 9 * Double(layer.inputs) * Double(layer.outputs)
            if layer.pooled { area /= 4 }
        }
        return total + area * 2 * Double(features * classes)
    }
}
