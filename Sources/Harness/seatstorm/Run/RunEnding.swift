import LoadEngine
import Reporting

/// How a run ended: its code, and what there is to read of it if it got as far as that.
struct RunEnding: Sendable {
    var code: Reporting.ExitCode
    var summary: Summary?
    var load: LoadResult?
}
