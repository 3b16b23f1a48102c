import CRDKafka
import Glibc

/// A thread of our own for librdkafka's blocking calls, which must never hold one of the cooperative pool.
enum KafkaThread {
    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Starts a detached thread.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes, shown by `top -H`.
    ///   - run: its work.
    /// - Throws: ``KafkaError/Kind/configuration`` when the system has no more threads.
    static func start(name: String, _ run: @escaping @Sendable () -> Void) throws(KafkaError) {
        let body = Unmanaged.passRetained(
            Body {
                crdkafka_name_thread(name)
                run()
            }
        )
        var thread = pthread_t()
        let failure = pthread_create(
            &thread,
            nil,
            { opaque in
                if let opaque { Unmanaged<Body>.fromOpaque(opaque).takeRetainedValue().run() }
                return nil
            },
            body.toOpaque()
        )
        guard failure == 0 else {
            body.release()
            throw KafkaError(
                kind: .configuration,
                outcome: .notExecuted,
                message: "cannot start thread \(name): \(String(cString: strerror(failure)))"
            )
        }
        pthread_detach(thread)
    }
}
