/// After the last fault the suite is as it was before the load: no connection, lock, transaction, rule or stopped process is left behind.
package struct CleanRecovery: Invariant {
    package let id = "clean-recovery"
    package let sentence = "no connection, lock, rule or process is left behind"

    package init() {}

    /// About faults: a run without any leaves nothing of them.
    package func isAsked(of evidence: Evidence) -> Bool { !evidence.faults.isEmpty && evidence.recovery != nil }

    package func judge(_ evidence: Evidence) -> InvariantResult {
        guard let recovery = evidence.recovery?.content else {
            return InvariantResult(id: id, witnesses: 0, reasons: [evidence.recovery?.gap].compactMap(\.self))
        }
        let remains = recovery.after.remains(since: recovery.before)
        return InvariantResult(
            id: id,
            witnesses: evidence.faults.count,
            violations: remains.map { Violation(event: "", seat: "", message: $0) },
            counts: [
                "Redis connections": recovery.after.redisConnections,
                "MySQL sessions": recovery.after.mysqlConnections,
            ]
        )
    }
}
