import Metrics
import Observability
import Testing

@Suite("Observed gauges")
struct ObservedGaugeTests {
    @Test("a gauge is asked when it is rendered, each owner's latest reader, under one heading")
    func observed() {
        let registry = PrometheusRegistry()
        @Sendable func samples(_ value: Double, _ topic: String) -> [GaugeSample] {
            [GaugeSample(value, labels: [("topic", topic)])]
        }
        registry.observe("lag", owner: "one", help: "How far.") { samples(1, "a") }
        registry.observe("lag", owner: "two", help: "How far.") { samples(2, "b") }
        registry.observe("lag", owner: "one", help: "How far.") { samples(3, "a") }
        let text = "# HELP lag How far.\n# TYPE lag gauge\nlag{topic=\"a\"} 3\nlag{topic=\"b\"} 2\n"
        #expect(registry.render().hasPrefix(text))
    }

    @Test("a name that is a counter's is not rendered twice")
    func taken() {
        let registry = PrometheusRegistry()
        Counter(label: "c_total", factory: registry).increment()
        registry.observe("c_total", help: "Mistaken.") { [GaugeSample(7)] }
        #expect(registry.render().hasPrefix("# TYPE c_total counter\nc_total 1\n# "))
    }
}
