internal import Glibc

/// A run of numbers with one owner, aligned for SIMD, freed with its last reference.
///
/// Threads may write disjoint parts of one buffer at the same time; keeping them disjoint is the
/// caller's part of the bargain, and what `@unchecked Sendable` stands for.
public final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    public let count: Int
    @usableFromInline let base: UnsafeMutablePointer<Element>

    /// A buffer of `count` elements that are to be written before they are read.
    public init(uninitialized count: Int) {
        self.count = count
        base = allocateAligned(byteCount: max(1, count) * MemoryLayout<Element>.stride)
            .bindMemory(to: Element.self, capacity: count)
    }

    /// A buffer of `count` elements, all `value`.
    ///
    /// Inlinable, since the generic code fills a buffer through one witness call an element.
    @inlinable
    public convenience init(repeating value: Element, count: Int) {
        self.init(uninitialized: count)
        base.initialize(repeating: value, count: count)
    }

    /// A copy of `elements`.
    public convenience init(_ elements: [Element]) {
        self.init(uninitialized: elements.count)
        elements.withUnsafeBufferPointer { source in
            guard let start = source.baseAddress else { return }
            base.initialize(from: start, count: source.count)
        }
    }

    deinit { base.deallocate() }

    /// All elements, or those of `range`, to read.
    @_lifetime(borrow self)
    public func span(_ range: Range<Int>? = nil) -> Span<Element> {
        let range = checked(range)
        let span = Span(
            _unsafeStart: UnsafePointer(base + range.lowerBound), count: range.count)
        return _overrideLifetime(span, borrowing: self)
    }

    /// All elements, or those of `range`, to write.
    @_lifetime(borrow self)
    public func mutableSpan(_ range: Range<Int>? = nil) -> MutableSpan<Element> {
        let range = checked(range)
        let span = MutableSpan(_unsafeStart: base + range.lowerBound, count: range.count)
        return _overrideLifetime(span, borrowing: self)
    }

    /// The memory of all elements, or those of `range`, for C calls that go on after they return;
    /// valid as long as the buffer is.
    public func mutableBytes(_ range: Range<Int>? = nil) -> UnsafeMutableRawBufferPointer {
        let range = checked(range)
        return UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// A copy of the elements.
    @inlinable
    public var array: [Element] { Array(UnsafeBufferPointer(start: base, count: count)) }

    /// Preconditions vanish in `-Ounchecked`; a range that leaves the buffer must not.
    private func checked(_ range: Range<Int>?) -> Range<Int> {
        guard let range else { return 0..<count }
        if range.lowerBound < 0 || range.upperBound > count {
            fatalError("range \(range) leaves a buffer of \(count) elements")
        }
        return range
    }
}

/// Memory aligned for SIMD. Large runs ask for large pages: weights that stream through the cache
/// wait for page tables otherwise (4 % of the time of the largest layer).
func allocateAligned(byteCount: Int) -> UnsafeMutableRawPointer {
    let large = 2 << 20
    guard byteCount >= 2 * large else {
        return UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: large)
    // Only a hint; what is not a whole page keeps small ones.
    _ = madvise(memory, byteCount / large * large, MADV_HUGEPAGE)
    return memory
}
