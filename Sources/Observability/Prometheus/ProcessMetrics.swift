import Glibc

/// What Linux says about this process, under the names that Prometheus' own clients use.
enum ProcessMetrics {
    static func render(into text: inout PrometheusText) {
        if let resident = Self.residentBytes() {
            text.family("process_resident_memory_bytes", .gauge, help: "Resident memory in bytes.")
            text.sample("process_resident_memory_bytes", "", resident)
        }
        text.family("process_cpu_seconds_total", .counter, help: "User and system CPU time in seconds.")
        text.sample("process_cpu_seconds_total", "", Self.cpuSeconds())
        if let open = Self.openDescriptors() {
            text.family("process_open_fds", .gauge, help: "Open file descriptors.")
            text.sample("process_open_fds", "", open)
        }
    }

    /// The second field of `/proc/self/statm`, in pages.
    private static func residentBytes() -> Int64? {
        guard let file = fopen("/proc/self/statm", "re") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = Int64(fields[1]) else { return nil }
        return pages * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func cpuSeconds() -> Double {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// The entries of `/proc/self/fd`, less the one that reading it opens.
    private static func openDescriptors() -> Int64? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count: Int64 = 0
        while let entry = readdir(directory) {
            if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
        }
        return count - 1
    }
}
