import Metrics
import Observability
import Testing

@Suite("Prometheus registry")
struct PrometheusRegistryTests {
    private let registry = PrometheusRegistry()

    private func lines(_ prefix: String) -> [String] {
        self.registry.render().split(separator: "\n").map(String.init).filter { $0.hasPrefix(prefix) }
    }

    @Test("counters end in _total once, and names are made legal")
    func counters() {
        Counter(label: "http.requests", dimensions: [("method", "GET")], factory: self.registry).increment(by: 3)
        Counter(label: "seats_total", factory: self.registry).increment()
        Counter(label: "9 lives", factory: self.registry).increment()
        #expect(self.lines("http_requests") == [#"http_requests_total{method="GET"} 3"#])
        #expect(self.lines("seats") == ["seats_total 1"])
        #expect(self.lines("_9_lives") == ["_9_lives_total 1"])
        #expect(self.lines("# TYPE http_requests_total") == ["# TYPE http_requests_total counter"])
    }

    @Test("the same name and labels are the same series, in whatever order the labels come")
    func identity() {
        let one = self.registry.makeCounter(label: "c", dimensions: [("a", "1"), ("b", "2")])
        let two = self.registry.makeCounter(label: "c", dimensions: [("b", "2"), ("a", "1")])
        #expect(one === two)
        one.increment(by: 1)
        two.increment(by: 1)
        #expect(self.lines("c_total") == [#"c_total{a="1",b="2"} 2"#])
    }

    @Test("label values and help are escaped, so that no value can forge a line")
    func escaping() {
        self.registry.describe("c_total", "what \\ it\nis")
        Counter(label: "c", dimensions: [("v", "a\"b\\c\nd")], factory: self.registry).increment()
        #expect(self.lines("c_total") == [#"c_total{v="a\"b\\c\nd"} 1"#])
        #expect(self.lines("# HELP c_total") == [#"# HELP c_total what \\ it\nis"#])
    }

    @Test("a label called le, or one beginning with two underscores, is renamed")
    func reservedLabels() {
        Counter(label: "c", dimensions: [("le", "1"), ("__name__", "x"), ("a:b", "2")], factory: self.registry)
            .increment()
        #expect(self.lines("c_total") == [#"c_total{a_b="2",exported_le="1",exported_name__="x"} 1"#])
    }

    @Test("timers are histograms in seconds with cumulative buckets, a sum and a count")
    func timers() {
        let registry = PrometheusRegistry(buckets: ["t_seconds": [0.1, 0.5, 1]])
        let timer = Timer(label: "t", dimensions: [("route", "/x")], factory: registry)
        timer.recordNanoseconds(Int64(50_000_000))
        timer.recordNanoseconds(Int64(100_000_000))
        timer.recordNanoseconds(Int64(700_000_000))
        timer.recordNanoseconds(Int64(9_000_000_000))
        let lines = registry.render().split(separator: "\n").map(String.init).filter { $0.contains("t_seconds") }
        #expect(
            lines.filter { !$0.hasPrefix("#") && !$0.contains("_sum") } == [
                #"t_seconds_bucket{route="/x",le="0.1"} 2"#,
                #"t_seconds_bucket{route="/x",le="0.5"} 2"#,
                #"t_seconds_bucket{route="/x",le="1"} 3"#,
                #"t_seconds_bucket{route="/x",le="+Inf"} 4"#,
                #"t_seconds_count{route="/x"} 4"#,
            ]
        )
        let sum = lines.first { $0.contains("_sum") }?.split(separator: " ").last.flatMap { Double($0) } ?? 0
        #expect(abs(sum - 9.85) < 1e-9)
        #expect(lines.contains("# TYPE t_seconds histogram"))
    }

    @Test("gauges hold the last value; meters go up and down")
    func gauges() {
        Gauge(label: "g", factory: self.registry).record(2.5)
        let meter = Meter(label: "m", factory: self.registry)
        meter.set(5)
        meter.increment(by: 2.0)
        meter.decrement(by: 4.0)
        #expect(self.lines("g ") == ["g 2.5"])
        #expect(self.lines("m ") == ["m 3"])
        #expect(self.lines("# TYPE g ") == ["# TYPE g gauge"])
    }

    @Test("numbers that are not finite are written as Prometheus reads them, and do not spoil sums")
    func notFinite() {
        Gauge(label: "up", factory: self.registry).record(Double.infinity)
        Gauge(label: "down", factory: self.registry).record(-Double.infinity)
        Gauge(label: "not", factory: self.registry).record(Double.nan)
        let recorder = Recorder(label: "r", factory: self.registry)
        recorder.record(Double.nan)
        recorder.record(3.0)
        #expect(self.lines("up ") == ["up +Inf"])
        #expect(self.lines("down ") == ["down -Inf"])
        #expect(self.lines("not ") == ["not NaN"])
        #expect(self.lines("r_sum") == ["r_sum 3"])
        #expect(self.lines("r_count") == ["r_count 1"])
    }

    @Test("a name used with another type is refused, counted, and harms nothing")
    func mismatch() {
        Meter(label: "jobs_total", factory: self.registry).set(7)
        Counter(label: "jobs", factory: self.registry).increment()
        #expect(self.lines("jobs_total") == ["jobs_total 7"])
        #expect(self.lines("metrics_refused_total") == [#"metrics_refused_total{metric="jobs_total"} 1"#])
    }

    @Test("whole and floating-point counters of one name do not crash each other")
    func counterFlavours() {
        Counter(label: "c", factory: self.registry).increment()
        FloatingPointCounter(label: "c", factory: self.registry).increment(by: 0.5)
        #expect(self.lines("c_total") == ["c_total 1"])
        #expect(self.lines("metrics_refused_total") == [#"metrics_refused_total{metric="c_total"} 1"#])
    }

    @Test("label sets beyond the limit are refused and counted; the known ones go on")
    func cardinality() {
        for user in 0..<(PrometheusRegistry.maximumSeries + 25) {
            Counter(label: "c", dimensions: [("user", "\(user)")], factory: self.registry).increment()
        }
        Counter(label: "c", dimensions: [("user", "0")], factory: self.registry).increment()
        #expect(self.lines("c_total").count == PrometheusRegistry.maximumSeries)
        #expect(self.lines(#"c_total{user="0"}"#) == [#"c_total{user="0"} 2"#])
        #expect(self.lines("metrics_refused_total") == [#"metrics_refused_total{metric="c_total"} 25"#])
    }

    @Test("a destroyed series is gone")
    func destroy() {
        let counter = Counter(label: "c", dimensions: [("a", "1")], factory: self.registry)
        counter.increment()
        counter.destroy()
        #expect(self.lines("c_total") == [])
    }

    @Test("increments from many tasks are all counted")
    func concurrency() async {
        let registry = self.registry
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let counter = Counter(label: "c", factory: registry)
                    let timer = Timer(label: "t", factory: registry)
                    let floating = FloatingPointCounter(label: "f", factory: registry)
                    for _ in 0..<5000 {
                        counter.increment()
                        timer.recordNanoseconds(Int64(1_000_000_000))
                        floating.increment(by: 0.5)
                    }
                }
            }
        }
        #expect(self.lines("c_total") == ["c_total 40000"])
        #expect(self.lines("t_seconds_count") == ["t_seconds_count 40000"])
        #expect(self.lines("t_seconds_sum") == ["t_seconds_sum 40000"])
        #expect(self.lines("f_total") == ["f_total 20000"])
    }

    @Test("the process tells its memory, CPU time and open files")
    func process() throws {
        for name in ["process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"] {
            let value = try #require(self.lines("\(name) ").first?.split(separator: " ").last.flatMap { Double($0) })
            #expect(value > 0)
        }
    }
}
