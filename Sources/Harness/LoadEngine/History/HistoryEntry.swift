/// A request to a route of the contract, as its client saw it.
///
/// Points into the exchange's buffers: valid while the entry is rendered.
struct HistoryEntry {
    var user: [UInt8]
    /// nil outside storms.
    var wave: Int32?
    var request: [UInt8]
    var method: StaticString
    var path: UnsafeBufferPointer<UInt8>
    var body: UnsafeBufferPointer<UInt8>?
    /// The `Idempotency-Key` sent.
    var key: UnsafeBufferPointer<UInt8>?
    var invoke: UInt64
    var returned: UInt64
    var status: Int32
    var error: TransportError?
    /// The reply's body, where the status was 2xx.
    var reply: UnsafeBufferPointer<UInt8>?
    /// The reply's `Trace-Id`.
    var trace: UnsafeBufferPointer<UInt8>?
    var phase: Phase
    /// The names of the active faults, as a JSON array.
    var faults: [UInt8]

    func render(number: Int, into out: inout [UInt8]) {
        out.append(contentsOf: "{\"i\":".utf8)
        JSONBytes.append(UInt64(number), to: &out)
        field(",\"user\":", &out)
        user.withUnsafeBufferPointer { JSONBytes.appendString($0, to: &out) }
        field(",\"wave\":", &out)
        if let wave { JSONBytes.append(UInt64(wave), to: &out) } else { field("null", &out) }
        field(",\"request\":", &out)
        request.withUnsafeBufferPointer { JSONBytes.appendString($0, to: &out) }
        field(",\"method\":\"", &out)
        field(method, &out)
        field("\",\"path\":", &out)
        JSONBytes.appendString(path, to: &out)
        field(",\"body\":", &out)
        optional(body, &out)
        field(",\"key\":", &out)
        optional(key, &out)
        field(",\"invoke\":", &out)
        JSONBytes.append(invoke, to: &out)
        field(",\"return\":", &out)
        JSONBytes.append(returned, to: &out)
        field(",\"status\":", &out)
        JSONBytes.append(UInt64(max(0, status)), to: &out)
        field(",\"error\":", &out)
        if let error { out.append(contentsOf: "\"\(error.name)\"".utf8) } else { field("null", &out) }
        field(",\"reply\":", &out)
        optional(reply, &out)
        field(",\"trace\":", &out)
        optional(trace, &out)
        field(",\"phase\":\"", &out)
        field(phase.name, &out)
        field("\",\"faults\":", &out)
        out.append(contentsOf: faults)
        field("}\n", &out)
    }

    private func field(_ text: StaticString, _ out: inout [UInt8]) {
        out.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private func optional(_ text: UnsafeBufferPointer<UInt8>?, _ out: inout [UInt8]) {
        guard let text else {
            field("null", &out)
            return
        }
        JSONBytes.appendString(text, to: &out)
    }
}
