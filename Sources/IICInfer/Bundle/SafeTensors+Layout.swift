extension SafeTensors {
    /// What a file's header says, checked against the file's size and against itself.
    struct Layout {
        /// Headers longer than this are refused: half a million steps of history have 30 MB.
        static let longestHeader = 64 << 20

        let metadata: [String: String]
        /// In the order of their places.
        let entries: [Entry]
        /// Where the data begin in the file.
        let dataStart: Int
        /// How many bytes follow from there.
        let dataSize: Int

        /// - Parameter read: gives the bytes of a range that lies within `size`.
        init(
            size: Int, read: (Range<Int>) throws(SafeTensorsError) -> [UInt8]
        ) throws(SafeTensorsError) {
            guard size >= 8 else {
                throw SafeTensorsError("it has \(size) bytes and is no .safetensors file")
            }
            let length = try read(0..<8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(size - 8), length <= UInt64(Self.longestHeader) else {
                throw SafeTensorsError(
                    "its header claims \(length) bytes and the file has \(size); "
                        + "it is damaged, or no .safetensors file")
            }
            dataStart = 8 + Int(length)
            dataSize = size - dataStart
            let text = try read(8..<dataStart)
            let header: JSONValue
            do throws(JSONError) {
                header = try JSONValue(parsing: text)
            } catch {
                throw SafeTensorsError("its header is damaged: \(error)")
            }
            guard case .object(var members) = header else {
                throw SafeTensorsError("its header is not a JSON object")
            }
            metadata = try Self.metadata(members.removeValue(forKey: "__metadata__"))
            var entries: [Entry] = []
            for (name, value) in members { entries.append(try Entry(name: name, value)) }
            entries.sort {
                ($0.range.lowerBound, $0.range.upperBound, $0.name)
                    < ($1.range.lowerBound, $1.range.upperBound, $1.name)
            }
            self.entries = entries
            try Self.check(entries, dataSize: dataSize)
        }

        private static func metadata(
            _ value: JSONValue?
        ) throws(SafeTensorsError) -> [String: String] {
            guard let value else { return [:] }
            guard case .object(let members) = value else {
                throw SafeTensorsError("its __metadata__ is not a JSON object")
            }
            var metadata: [String: String] = [:]
            for (key, value) in members {
                guard case .string(let text) = value else {
                    throw SafeTensorsError("its __metadata__ has a “\(key)” that is not a string")
                }
                metadata[key] = text
            }
            return metadata
        }

        /// Tensors lie one after the other from 0 to the end: neither overlaps nor gaps, in which
        /// anything could hide.
        private static func check(
            _ entries: [Entry], dataSize: Int
        ) throws(SafeTensorsError) {
            var end = 0
            for entry in entries {
                guard entry.range.upperBound <= dataSize else {
                    throw SafeTensorsError(
                        "the tensor “\(entry.name)” ends at byte \(entry.range.upperBound) of the "
                            + "data and there are \(dataSize); the file is cut short or damaged")
                }
                guard entry.range.lowerBound == end else {
                    let what = entry.range.lowerBound < end ? "overlaps another" : "leaves a gap"
                    throw SafeTensorsError(
                        "the tensor “\(entry.name)” \(what); the file is damaged")
                }
                end = entry.range.upperBound
            }
            guard end == dataSize else {
                throw SafeTensorsError(
                    "\(dataSize - end) bytes follow its last tensor; the file is damaged")
            }
        }

    }

    /// What a header says of one tensor, checked by itself.
    struct Entry {
        let name: String
        let type: NumberType
        let shape: [Int]
        let range: Range<Int>

        init(name: String, _ value: JSONValue) throws(SafeTensorsError) {
            func failure(_ what: String) -> SafeTensorsError {
                SafeTensorsError("the tensor “\(name.prefix(80))” \(what)")
            }
            guard case .object(let members) = value, let type = members["dtype"]?.string,
                let shape = members["shape"]?.array, let offsets = members["data_offsets"]?.array,
                members.count == 3
            else { throw failure("needs dtype, shape and data_offsets, and nothing else") }
            guard let type = NumberType(rawValue: type) else {
                let known = NumberType.allCases.map(\.rawValue).joined(separator: ", ")
                throw failure("has the type \(type.prefix(20)); we read \(known): convert it")
            }
            guard shape.count <= 16 else { throw failure("has \(shape.count) dimensions") }
            var size = type.size
            var sides: [Int] = []
            for side in shape {
                guard let side = side.integer, side >= 0 else {
                    throw failure("has a shape that is not made of counts")
                }
                let (product, overflow) = size.multipliedReportingOverflow(by: side)
                guard !overflow else { throw failure("has a shape too large to be true") }
                size = product
                sides.append(side)
            }
            guard offsets.count == 2, let start = offsets[0].integer, let end = offsets[1].integer,
                start >= 0, end >= start
            else { throw failure("has data_offsets that are not two rising places") }
            guard end - start == size else {
                throw failure("needs \(size) bytes for its shape and has \(end - start)")
            }
            self.name = name
            self.type = type
            self.shape = sides
            range = start..<end
        }
    }
}
