import Foundation

/// One record of a TensorBoard event file: the scalars of one step, or the file's version.
///
/// The protocol buffer is TensorFlow's `Event` (`core/util/event.proto`): wall time (1, double), step
/// (2, varint), version (3, text) and summary (5), which repeats a value (1) of tag (1, text) and
/// number (2, float).
package struct ScalarEvent: Equatable, Sendable {
    package var time: Double
    package var step: Int
    package var version: String?
    package var values: [Value]

    package struct Value: Equatable, Sendable {
        package var tag: String
        package var number: Float

        package init(tag: String, number: Float) {
            self.tag = tag
            self.number = number
        }
    }

    package init(time: Double, step: Int, version: String? = nil, values: [Value] = []) {
        self.time = time
        self.step = step
        self.version = version
        self.values = values
    }

    /// What a file must begin with.
    package static func header(time: Double) -> ScalarEvent {
        ScalarEvent(time: time, step: 0, version: "brain.Event:2")
    }

    package var data: [UInt8] {
        var data = Self.key(1, .fixed64) + Self.fixed(time.bitPattern)
        if step != 0 { data += Self.key(2, .varint) + Self.varint(UInt64(step)) }
        if let version { data += Self.field(3, Array(version.utf8)) }
        if !values.isEmpty {
            data += Self.field(
                5,
                values.flatMap { value in
                    Self.field(
                        1,
                        Self.field(1, Array(value.tag.utf8)) + Self.key(2, .fixed32)
                            + Self.fixed(value.number.bitPattern))
                })
        }
        return data
    }

    private enum Wire: UInt64 {
        case varint = 0
        case fixed64 = 1
        case bytes = 2
        case fixed32 = 5
    }

    private static func key(_ number: UInt64, _ wire: Wire) -> [UInt8] {
        varint(number << 3 | wire.rawValue)
    }

    private static func field(_ number: UInt64, _ content: [UInt8]) -> [UInt8] {
        key(number, .bytes) + varint(UInt64(content.count)) + content
    }

    private static func fixed(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }

    private static func varint(_ number: UInt64) -> [UInt8] {
        var (rest, bytes) = (number, [UInt8]())
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}

extension ScalarEvent {
    /// Reads a record; nil if it is none of this form.
    package init?(data: ArraySlice<UInt8>) {
        self.init(time: 0, step: 0)
        var fields = Fields(data)
        while let (number, value) = fields.next() {
            switch (number, value) {
            case (1, .number(let bits)): time = Double(bitPattern: bits)
            case (2, .number(let count)): step = Int(truncatingIfNeeded: count)
            case (3, .bytes(let text)): version = String(decoding: text, as: UTF8.self)
            case (5, .bytes(let summary)):
                var entries = Fields(summary)
                while case (1, .bytes(let entry))? = entries.next() {
                    var value = Value(tag: "", number: .nan)
                    var parts = Fields(entry)
                    while let part = parts.next() {
                        switch part {
                        case (1, .bytes(let text)):
                            value.tag = String(decoding: text, as: UTF8.self)
                        case (2, .number(let bits)):
                            value.number = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
                        default: break
                        }
                    }
                    values.append(value)
                }
            default: break
            }
        }
        guard fields.isWhole else { return nil }
    }

    /// The fields of a message, one after the other.
    private struct Fields {
        enum Content {
            case number(UInt64)
            case bytes(ArraySlice<UInt8>)
        }

        private var rest: ArraySlice<UInt8>
        /// Whether all that was read so far had a meaning.
        private(set) var isWhole = true

        init(_ data: ArraySlice<UInt8>) { rest = data }

        mutating func next() -> (number: UInt64, content: Content)? {
            guard !rest.isEmpty else { return nil }
            guard let key = varint(), let wire = Wire(rawValue: key & 7),
                let content = content(wire)
            else {
                isWhole = false
                return nil
            }
            return (key >> 3, content)
        }

        private mutating func content(_ wire: Wire) -> Content? {
            switch wire {
            case .varint: return varint().map(Content.number)
            case .fixed64: return take(8).map { .number(Self.fixed($0)) }
            case .fixed32: return take(4).map { .number(Self.fixed($0)) }
            case .bytes:
                guard let count = varint().flatMap(Int.init(exactly:)) else { return nil }
                return take(count).map(Content.bytes)
            }
        }

        private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
            guard count <= rest.count else { return nil }
            defer { rest = rest.dropFirst(count) }
            return rest.prefix(count)
        }

        private mutating func varint() -> UInt64? {
            var number: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst() else { return nil }
                number |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return number }
            }
            return nil
        }

        private static func fixed(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
    }
}
