import Foundation

/// Where traces go: the base URL of an OTLP/HTTP collector, as `OTEL_EXPORTER_OTLP_ENDPOINT` has it.
package struct OTLPEndpoint: Sendable, Equatable {
    /// The name of the variable.
    package static let variable = "OTEL_EXPORTER_OTLP_ENDPOINT"

    /// `<base>/v1/traces`, as <https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp> says.
    package let tracesURL: String

    /// Reads a base URL.
    ///
    /// - Returns: nil unless it is `http://` or `https://` with a host, without user, query and fragment.
    package init?(_ text: String) {
        guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = url.host, !host.isEmpty,
            url.user == nil, url.query == nil, url.fragment == nil
        else { return nil }
        tracesURL = String(text.reversed().drop { $0 == "/" }.reversed()) + "/v1/traces"
    }
}
