import CLinux
import Glibc

/// How many files a process may have open.
enum FileLimit {
    /// What the system allows, 65,536 at most.
    static var highest: UInt { min(UInt(limits.rlim_max), 65_536) }

    /// Raises this process' limit, and with it that of every process it starts, to ``highest``.
    static func raise() {
        var limit = limits
        limit.rlim_cur = rlim_t(highest)
        _ = setrlimit(resource, &limit)
    }

    /// The constant's type differs from the function's when both this module and CLinux saw the header.
    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }

    private static var limits: rlimit {
        var limit = rlimit()
        _ = getrlimit(resource, &limit)
        return limit
    }
}
