internal import CProcessor

/// The processor features that the kernels were compiled for.
public enum InstructionSet {
    /// Such as "x86-64-v3"; "default" for the compiler's own choice.
    public static var name: String {
        let name = String(cString: iicd_instruction_set())
        return name.isEmpty ? "default" : name
    }
}
