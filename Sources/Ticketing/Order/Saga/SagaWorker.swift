import Contract
import Logging
import Metrics
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Runs sagas: at once those that this process has accepted, and those that a sweep finds due and unclaimed.
///
/// Bounded twice: so many at once, so many waiting. What does not fit is found by a sweep, here or in another process.
package final class SagaWorker: Service {
    /// Sagas at once; each waits for payment most of its time.
    static let concurrency = 256
    /// Orders that may wait for their turn.
    static let queueLimit = 10_000

    private struct State {
        var waiting: [OrderRecord] = []
        var next = 0
        var running = 0
        var isStopping = false

        mutating func take() -> OrderRecord? {
            guard next < waiting.count else { return nil }
            defer {
                next += 1
                if next > 1024, next * 2 > waiting.count {
                    waiting.removeFirst(next)
                    next = 0
                }
            }
            return waiting[next]
        }

        var count: Int { waiting.count - next }
    }

    private let state = Mutex(State())
    private let arrivals = Wakeup()
    private let sweeps = Wakeup()
    private let store: OrderStore
    private let payment: PaymentClient
    private let decide: SagaDecision?
    private let metrics: SagaMetrics
    private let logger: Logger
    private let committed: @Sendable () -> Void

    /// Makes a worker.
    ///
    /// - Parameters:
    ///   - store: Where orders are claimed and settled.
    ///   - payment: Who is asked for money.
    ///   - decide: Changes what a saga decides, in a build with a seeded bug.
    ///   - logger: For what belongs to no request.
    ///   - committed: Called after each commit that added an outbox row; wakes the relay.
    package init(
        store: OrderStore,
        payment: PaymentClient,
        decide: SagaDecision? = nil,
        logger: Logger,
        committed: @escaping @Sendable () -> Void
    ) {
        self.store = store
        self.payment = payment
        self.decide = decide
        self.logger = logger
        self.committed = committed
        metrics = SagaMetrics()
    }

    /// Takes an order that this process has just accepted and claimed.
    package func take(_ order: OrderRecord) {
        let fits = state.withLock { state in
            guard state.count < Self.queueLimit, !state.isStopping else { return false }
            state.waiting.append(order)
            return true
        }
        guard fits else { return metrics.overflowed.increment() }
        arrivals.signal()
    }

    /// Sweeps at once: an order has become due that this process has no claim on.
    package func sweepNow() { sweeps.signal() }

    /// An order has ended by a message.
    package func ended(_ status: OrderStatus, after seconds: Double) { metrics.ended(status, after: seconds) }

    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.sweep() }
                let runner = self.makeRunner()
                while !self.isStopping {
                    while let order = self.takeNext() {
                        group.addTask {
                            await runner.run(order)
                            self.finishOne()
                        }
                    }
                    await self.arrivals.sleep(for: .seconds(1))
                }
            }
        } onGracefulShutdown: {
            self.state.withLock { $0.isStopping = true }
            self.arrivals.signal()
            self.sweeps.signal()
        }
    }

    private var isStopping: Bool { state.withLock { $0.isStopping } || Task.isCancelled }

    private func makeRunner() -> SagaRunner {
        SagaRunner(
            store: store,
            payment: payment,
            decide: decide,
            metrics: metrics,
            logger: logger,
            committed: committed,
            isStopping: { [weak self] in self?.isStopping ?? true }
        )
    }

    private func takeNext() -> OrderRecord? {
        let (order, count) = state.withLock { state -> (OrderRecord?, Int) in
            guard state.running < Self.concurrency, !state.isStopping, let order = state.take() else {
                return (nil, state.count)
            }
            state.running += 1
            return (order, state.count)
        }
        metrics.queued.set(count)
        return order
    }

    private func finishOne() {
        state.withLock { $0.running -= 1 }
        arrivals.signal()
    }

    /// Finds what is due each second, or at once when told to: what a process that died has left, what was cancelled half-way,
    /// what has to be refunded.
    private func sweep() async {
        while !isStopping {
            let room = state.withLock { max(0, min(50, Self.queueLimit - $0.count)) }
            var found = 0
            do {
                for order in try await store.claimDue(limit: room) {
                    take(order)
                    found += 1
                }
            } catch {
                logger.warning("cannot look for due orders; trying again", metadata: ["error": "\(error)"])
            }
            // A full batch means that there is probably more.
            if found == 0 || found < room { await sweeps.sleep(for: .seconds(1)) }
        }
    }
}
