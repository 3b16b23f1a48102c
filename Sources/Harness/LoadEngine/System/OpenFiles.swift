import Glibc

/// How many descriptors this process may have.
enum OpenFiles {
    /// The hard limit, at most 2²⁰: descriptors are below it.
    static var limit: Int {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(min(limit.rlim_max, 1 << 20))
    }
}
