import Scenario
import Statistics

/// What tells the series of requests apart: load, request, status, error and phase, and the values of own tags that vary.
struct RequestSeriesKey: Hashable {
    let kind: UInt64
    let tagSet: Int
}

/// The series that a request of one kind (load, request, status, error, phase) is counted in: found once, then by place.
struct RequestSeries {
    let requests: CounterID
    let failed: RateID
    let duration: TrendID
    let blocked: TrendID
    let connecting: TrendID
    let handshaking: TrendID
    let sending: TrendID
    let waiting: TrendID
    let receiving: TrendID
    let responseTime: TrendID
    let lateness: TrendID
    let sent: CounterID
    let received: CounterID

    init(_ table: inout MetricTable, _ tags: Tags) {
        requests = table.counter(.httpReqs, tags)
        failed = table.rate(.httpReqFailed, tags)
        duration = table.trend(.httpReqDuration, tags)
        blocked = table.trend(.httpReqBlocked, tags)
        connecting = table.trend(.httpReqConnecting, tags)
        handshaking = table.trend(.httpReqTLSHandshaking, tags)
        sending = table.trend(.httpReqSending, tags)
        waiting = table.trend(.httpReqWaiting, tags)
        receiving = table.trend(.httpReqReceiving, tags)
        responseTime = table.trend(.httpReqResponseTime, tags)
        lateness = table.trend(.httpReqLateness, tags)
        sent = table.counter(.dataSent, tags)
        received = table.counter(.dataReceived, tags)
    }
}
