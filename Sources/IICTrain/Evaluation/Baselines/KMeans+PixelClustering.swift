import IICInfer

extension KMeans: PixelClustering {
    package func labels(of block: PixelBlock) -> [Int32] {
        precondition(block.channels == dimensions, "\(block.channels) \(dimensions)")
        return block.pixels.map { pixel in
            block.valid[pixel] == 0
                ? LabelReader.none
                : Int32(nearest(block.values.span, at: pixel * dimensions).cluster)
        }
    }
}
