import Glibc
import Logging

/// Writes each log event as one line of JSON with one `write(2)`.
///
/// Members: `ts` (ISO-8601 UTC, milliseconds), `level`, `logger`, `msg`, `trace_id` and `span_id` (of ``TraceContext/current``, when there
/// is one), `error` (`type`, `message`), `metadata`. A value longer than ``maximumValueBytes`` is cut, and says so.
package struct JSONLogHandler: LogHandler {
    /// The longest message, error or metadata value that is written whole, in bytes.
    package static let maximumValueBytes = 8192

    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel: Logger.Level
    private let label: String
    private let descriptor: Int32

    /// Writes to a file descriptor, standard error unless said otherwise: standard output belongs to what a command prints.
    package init(label: String, level: Logger.Level, descriptor: Int32 = STDERR_FILENO) {
        self.label = label
        self.logLevel = level
        self.descriptor = descriptor
    }

    /// Makes every logger of this process write JSON lines.
    ///
    /// Call once, before the first logger is made.
    package static func bootstrap(level: Logger.Level, descriptor: Int32 = STDERR_FILENO) {
        LoggingSystem.bootstrap { JSONLogHandler(label: $0, level: level, descriptor: descriptor) }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { self.metadata[key] }
        set { self.metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = JSONLine()
        line.member("ts", LogTime.now())
        line.member("level", event.level.rawValue)
        line.member("logger", self.label)
        line.member("msg", event.message.description)
        if let trace = TraceContext.current {
            line.member("trace_id", trace.traceID)
            line.member("span_id", trace.spanID)
        }
        if let error = event.error {
            line.open("error")
            line.member("type", "\(type(of: error))")
            line.member("message", "\(error)")
            line.close()
        }
        // The order of precedence that swift-log asks for: handler, provider, call site.
        var merged = self.metadata
        if let provided = self.metadataProvider?.get() { merged.merge(provided) { _, later in later } }
        if let given = event.metadata { merged.merge(given) { _, later in later } }
        if !merged.isEmpty { line.member("metadata", .dictionary(merged)) }
        self.write(line.finish())
    }

    /// Nothing can be done about a log that cannot be written: the line is lost, the service goes on.
    private func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = Glibc.write(
                    self.descriptor,
                    UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                    rest.count
                )
                if written > 0 {
                    rest = rest.dropFirst(written)
                } else if written == -1, errno == EINTR {
                    continue
                } else {
                    return
                }
            }
        }
    }
}
