import Logging
import Metrics
import Synchronization

/// A metrics backend that renders the Prometheus text format, version 0.0.4.
///
/// Names are made legal, counters end in `_total`, timers are histograms in seconds. The same name and labels give the same
/// handler, whose updates are atomic operations without a lock. A name asked for with two types, or more than
/// ``maximumSeries`` label sets of one name, get a handler that does nothing, counted in `metrics_refused_total`: metrics never end a process.
package final class PrometheusRegistry: MetricsFactory {
    /// The most label sets of one name.
    package static let maximumSeries = 1000
    /// The most names.
    package static let maximumFamilies = 1000
    /// Upper bounds of timers, in seconds, unless ``init(buckets:logger:)`` says otherwise.
    package static let timerBuckets: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5, 10, 30,
    ]
    /// Upper bounds of recorders, in whatever they record.
    package static let recorderBuckets: [Double] = [
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000, 100_000, 1_000_000,
    ]

    private struct State {
        var families: [String: PrometheusFamily] = [:]
        var help: [String: String] = [:]
        var observed: [String: ObservedGauge] = [:]
        /// By family's name; names beyond ``maximumFamilies`` share one entry.
        var refused: [String: Int64] = [:]
    }
    private let buckets: [String: [Double]]
    private let logger: Logger
    private let state = Mutex(State())

    /// Makes an empty registry.
    ///
    /// - Parameters:
    ///   - buckets: upper bounds, ascending, of single timers and recorders, by the name they are rendered with.
    ///   - logger: hears of the first refusal of each name.
    package init(buckets: [String: [Double]] = [:], logger: Logger = Logger(label: "metrics")) {
        self.buckets = buckets.mapValues { Array(Set($0.filter(\.isFinite))).sorted() }
        self.logger = logger
    }

    /// Makes a registry the backend of every metric of this process.
    ///
    /// Call once.
    package static func bootstrap(buckets: [String: [Double]] = [:]) -> PrometheusRegistry {
        let registry = PrometheusRegistry(buckets: buckets)
        MetricsSystem.bootstrap(registry)
        return registry
    }

    /// Sets the `# HELP` text of a metric, by the name it is rendered with.
    package func describe(_ name: String, _ help: String) {
        self.state.withLock { $0.help[name] = help }
    }

    /// Asks `read` for the values of a gauge whenever the metrics are rendered.
    ///
    /// - Parameters:
    ///   - name: As it is rendered; a name that is known as something else is not rendered twice.
    ///   - owner: Who is asked; asking again for the same owner replaces its reader.
    ///   - help: The `# HELP` text.
    ///   - read: Must not block, and must not use this registry.
    package func observe(
        _ name: String,
        owner: String = "",
        help: String,
        _ read: @escaping @Sendable () -> [GaugeSample]
    ) {
        self.state.withLock { state in
            state.observed[name, default: ObservedGauge(help: help, readers: [:])].readers[owner] = read
        }
    }

    /// The content type of ``render()``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Every metric, and what the system says about this process.
    package func render() -> String {
        let (families, help, refused, observed) = self.state.withLock {
            ($0.families, $0.help, $0.refused, $0.observed)
        }
        var text = PrometheusText()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text.family(name, family.kind, help: help[name])
            for series in family.series.values.sorted(by: { $0.labels < $1.labels }) {
                series.handler.render(name, series.labels, into: &text)
            }
        }
        for (name, gauge) in observed.sorted(by: { $0.key < $1.key }) where families[name] == nil {
            gauge.render(name, into: &text)
        }
        if !refused.isEmpty {
            text.family("metrics_refused_total", .counter, help: "Metrics that were asked for and not kept, by name.")
            for (name, count) in refused.sorted(by: { $0.key < $1.key }) {
                text.sample("metrics_refused_total", PrometheusLabels([("metric", name)]).text, Double(count))
            }
        }
        ProcessMetrics.render(into: &text)
        return text.text
    }

    /// The handler of a series, made if it is new; `nil` when it is refused.
    func handler<H: PrometheusSeries>(
        _ name: String,
        _ kind: PrometheusKind,
        _ dimensions: [(String, String)],
        make: () -> H
    ) -> H? {
        let labels = PrometheusLabels(dimensions).text
        let answer: (handler: H?, isFirstRefusal: Bool) = self.state.withLock { state in
            if let known = state.families[name] {
                if known.kind == kind {
                    if let handler = known.series[labels]?.handler as? H { return (handler, false) }
                    if known.series[labels] == nil, known.series.count < Self.maximumSeries {
                        let handler = make()
                        state.families[name]?.series[labels] = .init(labels: labels, handler: handler)
                        return (handler, false)
                    }
                }
            } else if state.families.count < Self.maximumFamilies {
                let handler = make()
                state.families[name] = PrometheusFamily(
                    kind: kind,
                    series: [labels: .init(labels: labels, handler: handler)]
                )
                return (handler, false)
            }
            let entry = state.families[name] == nil ? "other" : name
            state.refused[entry, default: 0] += 1
            return (nil, state.refused[entry] == 1)
        }
        if answer.isFirstRefusal {
            self.logger.warning(
                "metric refused: its name is known with another type, or it has too many label sets, or there are too many names",
                metadata: ["metric": "\(name)", "kind": "\(kind.rawValue)", "labels": "\(labels)"]
            )
        }
        return answer.handler
    }

    /// Forgets a series; its owner said that it will not be updated again.
    func remove(_ handler: AnyObject) {
        self.state.withLock { state in
            for (name, family) in state.families {
                for (labels, series) in family.series where series.handler === handler {
                    state.families[name]?.series[labels] = nil
                }
            }
        }
    }

    func bounds(_ name: String, else standard: [Double]) -> [Double] {
        self.buckets[name] ?? standard
    }
}
