import IICInfer

extension FileName {
    /// The path of `name` in the folder that this is the path of; the empty path is where paths begin.
    func appending(_ name: FileName) -> FileName {
        bytes.isEmpty ? name : FileName(bytes: bytes + [UInt8(ascii: "/")] + name.bytes)
    }
}
