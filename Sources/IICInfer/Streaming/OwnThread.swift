import Foundation

/// Runs `body` on a thread of its own: it may compute or wait for a disk for as long as it likes,
/// without holding up the few threads that tasks share.
package func onOwnThread<Value: Sendable>(
    _ name: String, _ body: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result { try body() }) }
        thread.name = name
        thread.stackSize = 8 << 20
        thread.start()
    }
}
