internal import Synchronization

/// A pool of buffers that are used again: memory fresh from the system is cleared first, page by page, which
/// took a sixth of a step.
public final class BufferPool<Element: BitwiseCopyable & Sendable>: Sendable {
    private let free = Mutex<[Int: [Buffer<Element>]]>([:])

    public init() {}

    /// A buffer of `count` elements, whatever they are.
    public func borrow(_ count: Int) -> Buffer<Element> {
        free.withLock { $0[count]?.popLast() } ?? Buffer(uninitialized: count)
    }

    /// A buffer of `count` elements or more: for sizes that change from step to step. If all are too
    /// small, the largest makes way for the new one.
    public func borrow(atLeast count: Int) -> Buffer<Element> {
        free.withLock { free in
            let sizes = free.filter { !$0.value.isEmpty }.keys
            if let size = sizes.filter({ $0 >= count }).min() ?? sizes.max(),
                let buffer = free[size]?.popLast(), buffer.count >= count
            {
                return buffer
            }
            return nil
        } ?? Buffer(uninitialized: count)
    }

    public func `return`(_ buffers: [Buffer<Element>]) {
        free.withLock { free in
            for buffer in buffers { free[buffer.count, default: []].append(buffer) }
        }
    }
}
