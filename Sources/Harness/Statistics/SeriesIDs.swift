/// The place of a trend series in its table; valid only for the table that gave it.
package struct TrendID: Hashable, Sendable {
    let index: Int
}

/// The place of a counter series in its table; valid only for the table that gave it.
package struct CounterID: Hashable, Sendable {
    let index: Int
}

/// The place of a rate series in its table; valid only for the table that gave it.
package struct RateID: Hashable, Sendable {
    let index: Int
}

/// The place of a gauge series in its table; valid only for the table that gave it.
package struct GaugeID: Hashable, Sendable {
    let index: Int
}
