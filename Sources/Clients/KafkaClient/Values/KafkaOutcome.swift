/// Whether a call that failed had its effect.
package enum KafkaOutcome: Sendable, Equatable {
    /// Certainly not: nothing left this process, or nothing was stored. Doing it again does it once.
    case notExecuted
    /// It may have been, or may yet be: the message may be in the log. Doing it again may do it twice.
    case unknown
    /// The broker said no. Doing it again, unchanged, will fail again.
    case refused
}
