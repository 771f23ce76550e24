import Glibc

/// The finished rows of one scene, in a file that outlives the process.
///
/// It only grows: by windows of pixels as encoders made them, each after its place and before the
/// hash of both. So a kill at any instant, or a power failure, costs what is not there wholly, and
/// nothing has to wait for the disk. When the file is read again, the first window that is not what
/// its hash says is cut off, with all that lies behind it.
///
/// Whatever fails here only means that rows are computed again: no error is thrown. One thread at a
/// time.
final class PartialFile {
    /// Nil where nothing is kept.
    let store: PartialRows?
    private let start = ContinuousClock.now
    /// Nil where nothing is kept (any more).
    private var path: String?
    private var header: [UInt8] = []
    private var whole = PixelWindow(x: 0, y: 0, width: 0, height: 0)
    /// Of each encoder.
    private var pixelBytes: [Int] = []
    /// Nil until there is a file.
    private var descriptor: Int32?
    private var length = 0

    /// - Parameter store: nil to keep nothing.
    init(in store: PartialRows?) { self.store = store }

    deinit { if let descriptor { close(descriptor) } }

    /// Bytes that the rows of a scene take at most, those that are there left out.
    func bytesToCome(_ key: String, pixels: Int, pixelBytes: Int) -> Int {
        let (bytes, overflow) = pixels.multipliedReportingOverflow(by: pixelBytes)
        let old = store.flatMap { try? FileStamp($0.path(of: key)) }?.size ?? 0
        return overflow ? .max : max(0, bytes - old)
    }

    /// Keeps the rows of a scene from now on, and opens those that another process left.
    ///
    /// - Parameter pixelBytes: of each encoder.
    func begin(_ key: String, width: Int, height: Int, pixelBytes: [Int]) {
        guard let store else { return }
        path = store.path(of: key)
        header = Array("iicd rows 1 \(key)\n".utf8)
        whole = PixelWindow(x: 0, y: 0, width: width, height: height)
        self.pixelBytes = pixelBytes
        open(making: false)
    }

    /// Opens the file, unless another process works on it.
    private func open(making isNew: Bool) {
        guard let path else { return }
        let descriptor = PathCalls.open(
            path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | (isNew ? O_CREAT : 0), mode: 0o666)
        guard descriptor >= 0 else {
            if isNew || errno != ENOENT { self.path = nil }
            return
        }
        var status = stat()
        // One without a name was removed by a process that has just finished it.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, unsafe fstat(descriptor, &status) == 0,
            status.st_mode & S_IFMT == S_IFREG, status.st_nlink > 0
        else {
            close(descriptor)
            self.path = nil
            return
        }
        self.descriptor = descriptor
        length = Int(status.st_size)
        if isNew || read(header.count, at: 0) != header { cut(to: 0) }
    }

    /// Hands on the rows that are there, as a segmenter would.
    ///
    /// - Returns: where they lie.
    /// - Throws: what `write` throws, or ``Interrupted``.
    func restore(
        write: (_ encoder: Int, _ pixels: Span<UInt8>, _ window: PixelWindow) throws -> Void,
        isCancelled: () -> Bool
    ) throws -> FinishedArea {
        var area = FinishedArea()
        guard length > 0 else { return area }
        let kept = pixelBytes.count { $0 > 0 }
        // A kill may come between two encoders of one window.
        var waiting: [PixelWindow: [Int: [UInt8]]] = [:]
        var place = header.count
        while let entry = entry(at: place), !area.overlaps(entry.window) {
            if isCancelled() { throw Interrupted() }
            place = entry.end
            waiting[entry.window, default: [:]][entry.encoder] = entry.pixels
            guard let pixels = waiting[entry.window], pixels.count == kept else { continue }
            waiting[entry.window] = nil
            for encoder in pixelBytes.indices {
                let bytes = pixels[encoder, default: []]
                try write(encoder, bytes.span, entry.window)
            }
            area.add(entry.window)
        }
        cut(to: place)
        return area
    }

    /// Keeps a window of an encoder's pixels, once the scene has taken some time.
    func keep(_ pixels: Span<UInt8>, encoder: Int, window: PixelWindow) {
        guard path != nil, let store, !pixels.isEmpty, pixels.count <= PartialEntry.mostBytes else {
            return
        }
        if descriptor == nil {
            guard ContinuousClock.now - start >= store.delay else { return }
            open(making: true)
        }
        guard descriptor != nil else { return }
        if length == 0 { append(header.span) }
        append(PartialEntry.bytes(of: pixels, encoder: encoder, window: window).span)
    }

    /// Removes the file; nothing is kept any more.
    func remove() {
        if let descriptor, let path {
            PathCalls.unlink(path)
            close(descriptor)
        }
        descriptor = nil
        path = nil
        length = 0
    }

    /// The entry that begins there; nil if there is no whole one.
    private func entry(at offset: Int) -> PartialEntry? {
        PartialEntry.read(at: offset, in: whole, pixelBytes: pixelBytes) { read($0, at: $1) }
    }

    private func read(_ count: Int, at offset: Int) -> [UInt8]? {
        guard let descriptor, offset + count <= length else { return nil }
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = unsafe bytes.withUnsafeMutableBytes {
                unsafe pread(
                    descriptor, $0.baseAddress?.advanced(by: done), count - done, offset + done)
            }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else { return nil }
            done += got
        }
        return bytes
    }

    /// Adds bytes; where that fails, as on a full disk, the file goes, since outputs come first.
    private func append(_ bytes: Span<UInt8>) {
        guard let descriptor else { return }
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe pwrite(
                    descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done,
                    length + done)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return remove() }
            done += count
        }
        length += done
    }

    private func cut(to count: Int) {
        guard let descriptor, count != length else { return }
        if ftruncate(descriptor, count) == 0 { length = count } else { remove() }
    }
}
