import Scenario

// Requests as bytes: what is the same for all requests of a step is copied, and only what varies is rendered.
extension EngineThread {
    /// Writes the request into the user's exchange and gives it to the transport to prepare.
    func render(_ user: Int, _ plan: RequestPlan) {
        let pointer = users[user]
        let exchange = transport.exchange(pointer.pointee.connection)
        // A stream's request differs after a break.
        if plan.isConstant, !plan.isStream, pointer.pointee.plan === plan {
            pointer.pointee.tagSet = 0
            return
        }
        var context = UserContext(pointer, exchange, shared)
        pointer.pointee.plan = plan
        pointer.pointee.tagSet = tagSet(plan.variableTags, &context)
        exchange.pointee.method = plan.step.method
        exchange.pointee.keepsBody = plan.keepsBody
        exchange.pointee.isStream = plan.isStream
        var bytes = scratch
        scratch = []
        bytes.removeAll(keepingCapacity: true)
        var layout = RequestLayout()
        exchange.pointee.origin = renderTarget(plan, &context, into: &bytes, &layout)
        layout.headersStart = bytes.count
        bytes.append(contentsOf: plan.constantHeaders)
        if plan.sendsToken { bytes.append(contentsOf: pointer.pointee.identity) }
        for header in plan.variableHeaders { render(header, &context, into: &bytes, &layout) }
        if let missedAfter = pointer.pointee.stream?.parser.lastEventID, !missedAfter.isEmpty {
            RequestPlan.appendLine("Last-Event-ID", missedAfter, to: &bytes)
        }
        layout.headersEnd = bytes.count
        renderBody(plan, &context, into: &bytes, &layout)
        exchange.pointee.request.clear()
        exchange.pointee.request.append(bytes)
        exchange.pointee.layout = layout
        scratch = bytes
        pointer.pointee.isRecorded = ContractRoute.isRecorded(path(exchange))
        if plan.isStream { attachStream(user, plan) }
        transport.prepare(pointer.pointee.connection)
    }

    /// Writes an unmeasured `GET` of this path of the gateway, without a token.
    func renderWarming(_ user: Int, _ path: [UInt8]) {
        let connection = users[user].pointee.connection
        let exchange = transport.exchange(connection)
        // The bytes of the user's own request are gone.
        users[user].pointee.plan = nil
        var layout = RequestLayout()
        var bytes = Array("GET ".utf8)
        layout.targetStart = bytes.count
        bytes.append(contentsOf: gatewayPath)
        layout.pathStart = bytes.count
        bytes.append(contentsOf: path)
        layout.pathEnd = bytes.count
        endRequestLine(origins.origins[OriginTable.gateway], isHostGiven: false, into: &bytes)
        layout.headersStart = bytes.count
        bytes.append(contentsOf: "Accept: */*\r\n".utf8)
        layout.headersEnd = bytes.count
        bytes.append(contentsOf: "\r\n".utf8)
        layout.bodyStart = bytes.count
        exchange.pointee.request.clear()
        exchange.pointee.request.append(bytes)
        exchange.pointee.layout = layout
        exchange.pointee.origin = OriginTable.gateway
        exchange.pointee.method = .get
        exchange.pointee.keepsBody = false
        exchange.pointee.isStream = false
        transport.prepare(connection)
    }

    /// The request line and `Host`.
    ///
    /// - Returns: the place of the origin.
    private func renderTarget(
        _ plan: RequestPlan,
        _ context: inout UserContext,
        into bytes: inout [UInt8],
        _ layout: inout RequestLayout
    ) -> Int {
        bytes.append(contentsOf: plan.method)
        let start = bytes.count
        layout.targetStart = start
        if plan.isRelative { bytes.append(contentsOf: gatewayPath) }
        layout.pathStart = bytes.count
        plan.step.url.render(into: &bytes, &context)
        var origin = OriginTable.gateway
        if !plan.isRelative { origin = takeOrigin(from: start, in: &bytes, &layout) }
        Self.clean(&bytes, from: layout.pathStart)
        layout.pathEnd = bytes.count
        endRequestLine(origins.origins[origin], isHostGiven: plan.hasHost, into: &bytes)
        return origin
    }

    private func endRequestLine(_ origin: Origin, isHostGiven: Bool, into bytes: inout [UInt8]) {
        bytes.append(contentsOf: " HTTP/1.1\r\n".utf8)
        guard !isHostGiven else { return }
        bytes.append(contentsOf: "Host: ".utf8)
        bytes.append(contentsOf: origin.authority)
        bytes.append(contentsOf: "\r\n".utf8)
    }

    /// Cuts `http://host` off the URL that starts there.
    ///
    /// What is neither a path nor a URL with an origin goes to the gateway as it is.
    private func takeOrigin(from start: Int, in bytes: inout [UInt8], _ layout: inout RequestLayout) -> Int {
        let url = bytes[start...]
        guard url.first != UInt8(ascii: "/"), let scheme = url.firstIndex(of: UInt8(ascii: ":")),
            scheme + 3 <= url.endIndex
        else {
            bytes.insert(contentsOf: gatewayPath, at: start)
            layout.pathStart = start + gatewayPath.count
            return OriginTable.gateway
        }
        let ends = [UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#")]
        let end = url[(scheme + 3)...].firstIndex { ends.contains($0) } ?? url.endIndex
        guard let place = origins.place(url[..<end]) else { return OriginTable.gateway }
        bytes.removeSubrange(start..<end)
        if bytes.count == start || bytes[start] != UInt8(ascii: "/") { bytes.insert(UInt8(ascii: "/"), at: start) }
        let isGateway = place == OriginTable.gateway && bytes[start...].starts(with: gatewayPath)
        layout.pathStart = start + (isGateway ? gatewayPath.count : 0)
        return place
    }

    /// A fragment is not sent, and what would end the request line is escaped.
    private static func clean(_ bytes: inout [UInt8], from start: Int) {
        if let fragment = bytes[start...].firstIndex(of: UInt8(ascii: "#")) { bytes.removeSubrange(fragment...) }
        guard bytes[start...].contains(where: { $0 <= 0x20 || $0 == 0x7F }) else { return }
        let digits = Array("0123456789ABCDEF".utf8)
        let escaped = bytes[start...].flatMap { byte -> [UInt8] in
            guard byte <= 0x20 || byte == 0x7F else { return [byte] }
            return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        bytes.replaceSubrange(start..., with: escaped)
    }

    /// CR, LF and NUL would end the line early: they are dropped.
    private func render(
        _ header: VariableHeader,
        _ context: inout UserContext,
        into bytes: inout [UInt8],
        _ layout: inout RequestLayout
    ) {
        bytes.append(contentsOf: header.start)
        let start = bytes.count
        header.template.render(into: &bytes, &context)
        if bytes[start...].contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D }) {
            let kept = bytes[start...].filter { $0 != 0 && $0 != 0x0A && $0 != 0x0D }
            bytes.replaceSubrange(start..., with: kept)
        }
        if header.isIdempotencyKey { layout.key = start..<bytes.count }
        bytes.append(contentsOf: "\r\n".utf8)
    }

    private func renderBody(
        _ plan: RequestPlan,
        _ context: inout UserContext,
        into bytes: inout [UInt8],
        _ layout: inout RequestLayout
    ) {
        layout.hasBody = plan.step.body != nil
        bodyScratch.removeAll(keepingCapacity: true)
        plan.step.body?.template.render(into: &bodyScratch, &context)
        if layout.hasBody || plan.step.method.carriesBody {
            bytes.append(contentsOf: "Content-Length: ".utf8)
            JSONBytes.append(UInt64(bodyScratch.count), to: &bytes)
            bytes.append(contentsOf: "\r\n".utf8)
        }
        bytes.append(contentsOf: "\r\n".utf8)
        layout.bodyStart = bytes.count
        bytes.append(contentsOf: bodyScratch)
    }

    /// The path of the request in the exchange, without the gateway's own.
    func path(_ exchange: UnsafeMutablePointer<Exchange>) -> UnsafeBufferPointer<UInt8> {
        let layout = exchange.pointee.layout
        return UnsafeBufferPointer(rebasing: exchange.pointee.request.bytes[layout.pathStart..<layout.pathEnd])
    }
}

extension RequestMethod {
    /// Whether its requests say how long their body is even when they have none.
    var carriesBody: Bool { self == .post || self == .put || self == .patch }
}
