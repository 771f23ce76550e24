/// Sixteen channels side by side: one register with AVX-512, two with AVX2, four with NEON.
///
/// Fast kernels keep activations as `(row, C / 16, column, 16)`, channels beyond the last being
/// zeros, so that every transform is arithmetic on whole lanes and every load is aligned.
public typealias Lane = SIMD16<Float>

/// Channels in a ``Lane``.
public let laneWidth = 16

extension SIMD16<Float> {
    /// self + a · b: rounded once where the processor can, which is fast; rounded twice where it
    /// would take a call for each number (x86-64 without FMA).
    @inline(__always)
    func adding(product a: Lane, _ b: Lane) -> Lane {
        #if SEPARATE_PRODUCTS
            self + a * b
        #else
            addingProduct(a, b)
        #endif
    }
}

extension Float {
    /// As in lanes.
    @inline(__always)
    func adding(product a: Float, _ b: Float) -> Float {
        #if SEPARATE_PRODUCTS
            self + a * b
        #else
            addingProduct(a, b)
        #endif
    }
}

/// The larger of two, lane by lane; `b` where `a` is NaN, as the processor's instruction does it.
@inline(__always)
func largest(_ a: Lane, _ b: Lane) -> Lane { b.replacing(with: a, where: a .> b) }

@inline(__always)
func smallest(_ a: Lane, _ b: Lane) -> Lane { b.replacing(with: a, where: a .< b) }

/// The number of lanes that hold `channels` channels.
public func lanes(_ channels: Int) -> Int { (channels + laneWidth - 1) / laneWidth }

@inline(__always)
func loadLane(_ source: UnsafePointer<Float>) -> Lane {
    UnsafeRawPointer(source).assumingMemoryBound(to: Lane.self).pointee
}

@inline(__always)
func storeLane(_ value: Lane, _ target: UnsafeMutablePointer<Float>) {
    UnsafeMutableRawPointer(target).assumingMemoryBound(to: Lane.self).pointee = value
}

/// Calls `body` with a workspace of some lanes on the stack.
@inline(__always)
func withScratch(lanes: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(of: Lane.self, capacity: lanes) { buffer in
        guard let base = buffer.baseAddress else { return }
        body(UnsafeMutableRawPointer(base).assumingMemoryBound(to: Float.self))
    }
}
