#if MPI
    import CMPI
    import Foundation
    import IICInfer
    import Synchronization

    /// The one thread that calls MPI.
    ///
    /// Open MPI moves messages only while it is called, and waits at full speed. So this thread asks
    /// it again and again: without a pause when somebody has just begun to wait, else with pauses that
    /// leave the processor to arithmetic.
    ///
    /// `condition` guards everything but `pending`, which is the thread's own.
    final class MessageMover: @unchecked Sendable {
        enum Order {
            case send(RankMessage, to: Int, tag: Int)
            case receive(RankMessage, from: Int?, tag: Int)
            case broadcast(RankMessage, from: Int)
            case finish
            case abort(Int32)
        }

        private(set) var rank = 0
        private(set) var count = 1
        private(set) var host = ""
        private let condition = NSCondition()
        private var orders: [(order: Order, transfer: Transfer)] = []
        private var pending: [Pending] = []
        /// When somebody last began to wait.
        private var waited: ContinuousClock.Instant?

        @safe private struct Pending {
            var request: iicd_mpi_request
            let message: RankMessage
            let transfer: Transfer
        }

        init() throws {
            let started = Transfer()
            let thread = Thread { [self] in
                let isStarted = start()
                started.complete(source: isStarted ? 1 : 0)
                if isStarted { run() }
            }
            thread.name = "iicd.mpi"
            thread.stackSize = 8 << 20
            thread.start()
            guard started.wait() == 1 else { throw MPIError() }
        }

        func begin(_ order: Order) -> Transfer {
            let transfer = Transfer(willWait: { [weak self] in self?.hurry() })
            condition.lock()
            orders.append((order, transfer))
            condition.signal()
            condition.unlock()
            return transfer
        }

        func finish() { begin(.finish).wait() }

        func abort(_ code: Int32) -> Never {
            begin(.abort(code)).wait()
            exit(code)
        }

        private func hurry() {
            condition.lock()
            waited = .now
            condition.signal()
            condition.unlock()
        }

        // What follows runs on the thread.

        private func start() -> Bool {
            guard iicd_mpi_init() == 0 else { return false }
            rank = Int(iicd_mpi_rank())
            count = Int(iicd_mpi_count())
            var name = [CChar](repeating: 0, count: iicd_mpi_host_room())
            unsafe name.withUnsafeMutableBufferPointer { unsafe iicd_mpi_host($0.baseAddress) }
            host = String(
                decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            return true
        }

        private func run() {
            var isOpen = true
            while isOpen {
                for (order, transfer) in nextOrders() where !start(order, transfer) {
                    // What nobody waits for any more: MPI may not be asked after its end.
                    pending = []
                    isOpen = false
                }
                testPending()
            }
        }

        /// What is to be begun; waits for it, for a moment only if messages are on their way.
        private func nextOrders() -> [(order: Order, transfer: Transfer)] {
            condition.lock()
            defer { condition.unlock() }
            while orders.isEmpty {
                if pending.isEmpty {
                    condition.wait()
                } else if let pause = pause {
                    _ = condition.wait(until: Date(timeIntervalSinceNow: pause))
                    break
                } else {
                    sched_yield()
                    break
                }
            }
            defer { orders = [] }
            return orders
        }

        /// Seconds until MPI is asked again; nil for at once.
        private var pause: Double? {
            guard let waited else { return 5e-4 }
            let time = ContinuousClock.now - waited
            return time < .milliseconds(1) ? nil : time < .milliseconds(50) ? 5e-5 : 5e-4
        }

        /// Returns false for the last order.
        private func start(_ order: Order, _ transfer: Transfer) -> Bool {
            var request = unsafe iicd_mpi_request()
            let code: Int32
            let sent: RankMessage
            switch order {
            case .send(let message, let rank, let tag):
                code = unsafe iicd_mpi_send(
                    message.bytes.baseAddress, message.bytes.count, Int32(rank), Int32(tag),
                    &request)
                sent = message
            case .receive(let message, let rank, let tag):
                code = unsafe iicd_mpi_receive(
                    message.bytes.baseAddress, message.bytes.count, Int32(rank ?? -1), Int32(tag),
                    &request)
                sent = message
            case .broadcast(let message, let rank):
                code = unsafe iicd_mpi_broadcast(
                    message.bytes.baseAddress, message.bytes.count, Int32(rank), &request)
                sent = message
            case .finish:
                iicd_mpi_finish()
                transfer.complete(source: rank)
                return false
            case .abort(let code):
                iicd_mpi_abort(code)
                transfer.complete(source: rank)
                return false
            }
            precondition(code == 0, "a message of \(unsafe sent.bytes.count) bytes cannot be sent")
            unsafe pending.append(Pending(request: request, message: sent, transfer: transfer))
            return true
        }

        private func testPending() {
            var rest: [Pending] = []
            for index in pending.indices {
                var source: Int32 = 0
                if unsafe iicd_mpi_test(&pending[index].request, &source) != 0 {
                    pending[index].transfer.complete(source: Int(source))
                } else {
                    rest.append(pending[index])
                }
            }
            pending = rest
            if pending.isEmpty { forgetWait() }
        }

        private func forgetWait() {
            condition.lock()
            waited = nil
            condition.unlock()
        }
    }
#endif
