extension Duration {
    var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }

    /// To the nearest.
    var milliseconds: Int64 { Int64((seconds * 1e3).rounded()) }
}
