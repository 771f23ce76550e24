/// Named tensors and a string map: the content of a `.safetensors` file.
///
/// Source: the format's description at https://github.com/huggingface/safetensors.
public struct SafeTensors: Hashable, Sendable {
    /// The number types that we read and write.
    public enum NumberType: String, Sendable, CaseIterable {
        case float64 = "F64"
        case float32 = "F32"
        case int64 = "I64"
        case int32 = "I32"
        case uint8 = "U8"

        /// Bytes of one number.
        public var size: Int {
            switch self {
            case .float64, .int64: 8
            case .float32, .int32: 4
            case .uint8: 1
            }
        }
    }

    /// The file's `__metadata__`.
    public var metadata: [String: String]
    public var tensors: [String: Tensor]

    public init(metadata: [String: String] = [:], tensors: [String: Tensor] = [:]) {
        self.metadata = metadata
        self.tensors = tensors
    }

    /// One tensor: a shape and its numbers, row-major and little-endian as in the file.
    public struct Tensor: Hashable, Sendable {
        public let type: NumberType
        /// Empty for a single number.
        public let shape: [Int]
        /// The numbers as they lie in the file.
        public let data: [UInt8]

        /// - Precondition: `data` has exactly the bytes that type and shape ask for.
        init(type: NumberType, shape: [Int], data: [UInt8]) {
            precondition(shape.reduce(type.size, *) == data.count, "\(shape) \(data.count)")
            self.type = type
            self.shape = shape
            self.data = data
        }

        /// A tensor of `shape`; a vector if that is nil. The count must be that of the shape.
        public init(_ values: [Float], shape: [Int]? = nil) {
            self.init(type: .float32, shape: shape ?? [values.count], data: Self.data(of: values))
        }

        public init(_ values: [Double], shape: [Int]? = nil) {
            self.init(type: .float64, shape: shape ?? [values.count], data: Self.data(of: values))
        }

        public init(_ values: [Int64], shape: [Int]? = nil) {
            self.init(type: .int64, shape: shape ?? [values.count], data: Self.data(of: values))
        }

        public init(_ values: [UInt8], shape: [Int]? = nil) {
            self.init(type: .uint8, shape: shape ?? [values.count], data: values)
        }

        /// How many numbers there are.
        public var count: Int { data.count / type.size }

        /// The numbers in single precision, whatever their type; rounded where that needs it.
        public var floats: [Float] {
            switch type {
            case .float32: values(of: Float.self)
            case .float64: values(of: Double.self).map(Float.init)
            case .int64: values(of: Int64.self).map(Float.init)
            case .int32: values(of: Int32.self).map(Float.init)
            case .uint8: data.map(Float.init)
            }
        }

        /// The numbers in double precision, whatever their type.
        public var doubles: [Double] {
            switch type {
            case .float32: values(of: Float.self).map(Double.init)
            case .float64: values(of: Double.self)
            case .int64: values(of: Int64.self).map(Double.init)
            case .int32: values(of: Int32.self).map(Double.init)
            case .uint8: data.map(Double.init)
            }
        }

        /// The numbers of an integer tensor; an error for a float one.
        public var integers: [Int] {
            get throws(SafeTensorsError) {
                switch type {
                case .int64: values(of: Int64.self).map(Int.init)
                case .int32: values(of: Int32.self).map(Int.init)
                case .uint8: data.map(Int.init)
                case .float32, .float64:
                    throw SafeTensorsError("a tensor of \(type.rawValue) holds no integers")
                }
            }
        }

        /// The numbers of a `U8` tensor; an error for any other.
        public var bytes: [UInt8] {
            get throws(SafeTensorsError) {
                guard type == .uint8 else {
                    throw SafeTensorsError("a tensor of \(type.rawValue) holds no bytes")
                }
                return data
            }
        }

        private static func data<Number: BitwiseCopyable>(of values: [Number]) -> [UInt8] {
            unsafe values.withUnsafeBytes { unsafe Array($0) }
        }

        private func values<Number: BitwiseCopyable>(of type: Number.Type) -> [Number] {
            let count = data.count / MemoryLayout<Number>.stride
            return unsafe Array(unsafeUninitializedCapacity: count) { target, initialised in
                unsafe UnsafeMutableRawBufferPointer(target).copyBytes(from: data)
                initialised = count
            }
        }
    }
}
