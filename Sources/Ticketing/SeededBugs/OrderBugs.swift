import Contract
import MySQLClient
import Order
import ServiceKit
import Synchronization

/// Orders and sagas that are wrong in one place.
enum OrderBugs {
    /// The order is settled in one transaction, and its message put into the outbox in another.
    ///
    /// A process may die in between. One in five does.
    static let announceLater: OrderAnnouncement = { connection, event, traceparent in
        _ = try connection.execute("COMMIT")
        let number = settled.withLock { count in
            count += 1
            return count
        }
        if number % 5 == 2 { throw ProcessDied() }
        _ = try connection.execute("START TRANSACTION")
        try OrderVariations.none.announce(connection, event, traceparent)
    }
    private static let settled = Mutex(0)

    /// Another body is answered as the first one was.
    static let anyBody: RequestComparison = { _, _ in true }

    /// Who does not answer is asked to pay again, not whether he has paid.
    static let payAgain: SagaDecision = { _, action in
        guard case .pause(let pause, then: .ask) = action else { return action }
        return .pause(pause, then: .authorize)
    }

    /// A payment that takes long has failed.
    static let timeoutMeansFailed: SagaDecision = { event, action in
        event == .payment(.unknown) ? .settle(.cancelled, reason: SagaReason.declined) : action
    }

    /// What became of a payment that takes long, nobody asks.
    static let leaveUnknown: SagaDecision = { event, action in event == .payment(.unknown) ? .leave : action }
}

/// What ends a saga where the process would have died.
private struct ProcessDied: Error {}
