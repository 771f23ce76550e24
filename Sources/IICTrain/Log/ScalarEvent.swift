import IICInfer

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
        var event = ProtobufWriter()
        event.write(time, field: 1)
        if step != 0 { event.write(step, field: 2) }
        if let version { event.write(version, field: 3) }
        if !values.isEmpty {
            event.write(field: 5) { summary in
                for value in values {
                    summary.write(field: 1) { entry in
                        entry.write(value.tag, field: 1)
                        entry.write(value.number, field: 2)
                    }
                }
            }
        }
        return event.bytes
    }
}

extension ScalarEvent {
    /// Reads a record; nil if it is none of this form.
    package init?(data: ArraySlice<UInt8>) {
        self.init(time: 0, step: 0)
        var event = ProtobufReader(data)
        while let (field, content) = event.next() {
            switch (field, content) {
            case (1, .number(let bits)): time = Double(bitPattern: bits)
            case (2, .number(let count)): step = Int(truncatingIfNeeded: count)
            case (3, .bytes(let text)): version = String(decoding: text, as: UTF8.self)
            case (5, .bytes(let summary)):
                var entries = ProtobufReader(summary)
                while case (1, .bytes(let entry))? = entries.next() {
                    values.append(Value(data: entry))
                }
            default: break
            }
        }
        guard event.isWhole else { return nil }
    }
}

extension ScalarEvent.Value {
    fileprivate init(data: ArraySlice<UInt8>) {
        self.init(tag: "", number: .nan)
        var parts = ProtobufReader(data)
        while let part = parts.next() {
            switch part {
            case (1, .bytes(let text)): tag = String(decoding: text, as: UTF8.self)
            case (2, .number(let bits)):
                number = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
            default: break
            }
        }
    }
}
