import Observability

/// What spans of MySQL transactions say.
package enum MySQLSpan {
    /// In the words of OpenTelemetry's conventions for databases.
    package static let attributes = [SpanAttribute("db.system.name", "mysql")]
}
