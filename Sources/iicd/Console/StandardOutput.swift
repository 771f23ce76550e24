import IICInfer

/// Prints a result as it may be shown: in this module the place of Swift's own `print`, so that no
/// line can forget that a file's name may hold anything.
func print(_ text: String) { Swift.print(text.shown) }
