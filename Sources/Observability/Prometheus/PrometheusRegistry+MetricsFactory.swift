import Metrics

extension PrometheusRegistry {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.handler(PrometheusName.counter(label), .counter, dimensions) { PrometheusCounter() }
            ?? NOOPMetricsHandler.instance
    }

    package func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.handler(PrometheusName.counter(label), .counter, dimensions) { PrometheusFloatingPointCounter() }
            ?? NOOPMetricsHandler.instance
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.handler(PrometheusName.legal(label), .gauge, dimensions) { PrometheusGauge() }
            ?? NOOPMetricsHandler.instance
    }

    package func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        let name = PrometheusName.legal(label)
        guard aggregate else {
            return self.handler(name, .gauge, dimensions) { PrometheusGauge() } ?? NOOPMetricsHandler.instance
        }
        return self.handler(name, .histogram, dimensions) {
            PrometheusHistogram(bounds: self.bounds(name, else: Self.recorderBuckets))
        } ?? NOOPMetricsHandler.instance
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let name = PrometheusName.timer(label)
        return self.handler(name, .histogram, dimensions) {
            PrometheusHistogram(bounds: self.bounds(name, else: Self.timerBuckets))
        } ?? NOOPMetricsHandler.instance
    }

    package func destroyCounter(_ handler: any CounterHandler) { self.remove(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { self.remove(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { self.remove(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { self.remove(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { self.remove(handler) }
}
