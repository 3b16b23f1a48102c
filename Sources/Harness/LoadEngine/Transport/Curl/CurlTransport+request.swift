import CCurl
import Scenario

extension CurlTransport {
    func setMethod(_ easy: UnsafeMutableRawPointer, _ connection: UnsafeMutablePointer<CurlConnection>) {
        let method = connection.pointee.exchange.method
        curl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil)
        // Resets what a request with a body or HEAD has left behind.
        curl_set_long(easy, CURLOPT_HTTPGET, 1)
        let most = connection.pointee.exchange.isStream ? 0 : curl_off_t(Exchange.bodyMaximum)
        curl_set_offset(easy, CURLOPT_MAXFILESIZE_LARGE, most)
        let layout = connection.pointee.exchange.layout
        if layout.hasBody || method.carriesBody {
            curl_set_long(easy, CURLOPT_POST, 1)
            let request = connection.pointee.exchange.request
            // Never a null pointer, which would make libcurl ask a read callback.
            curl_set_pointer(easy, CURLOPT_POSTFIELDS, request.base.map { $0 + layout.bodyStart })
            curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.count - layout.bodyStart))
            if method != .post { curl_set_string(easy, CURLOPT_CUSTOMREQUEST, method.rawValue) }
        } else if method == .head {
            curl_set_long(easy, CURLOPT_NOBODY, 1)
        } else if method != .get {
            curl_set_string(easy, CURLOPT_CUSTOMREQUEST, method.rawValue)
        }
    }

    /// Where the rendered request goes, as libcurl wants it.
    func setURL(_ easy: UnsafeMutableRawPointer, _ connection: UnsafeMutablePointer<CurlConnection>) {
        let exchange = connection.pointee.exchange
        connection.pointee.url.clear()
        connection.pointee.url.append(origins.origins[exchange.origin].prefix)
        let target = exchange.request.bytes[exchange.layout.targetStart..<exchange.layout.pathEnd]
        connection.pointee.url.append(UnsafeBufferPointer(rebasing: target))
        connection.pointee.url.append(0)
        connection.pointee.url.bytes.withMemoryRebound(to: CChar.self) { url in
            _ = curl_set_string(easy, CURLOPT_URL, url.baseAddress)
        }
    }

    /// Copies the rendered header lines; libcurl drops one without a value unless it ends with a semicolon.
    ///
    /// - Returns: how many there are.
    private func copyHeaders(_ connection: UnsafeMutablePointer<CurlConnection>) -> Int {
        let exchange = connection.pointee.exchange
        connection.pointee.headers.clear()
        var count = 0
        var start = exchange.layout.headersStart
        let bytes = exchange.request.bytes
        while start < exchange.layout.headersEnd {
            var end = start
            while bytes[end] != 0x0D { end += 1 }
            let isEmpty = bytes[end - 1] == 0x20 && bytes[end - 2] == UInt8(ascii: ":")
            let line = bytes[start..<(isEmpty ? end - 2 : end)]
            connection.pointee.headers.append(UnsafeBufferPointer(rebasing: line))
            if isEmpty { connection.pointee.headers.append(UInt8(ascii: ";")) }
            connection.pointee.headers.append(0)
            count += 1
            start = end + 2
        }
        // libcurl would say that a POST without a body is a form.
        if exchange.method == .post, !exchange.layout.hasBody {
            connection.pointee.headers.append(Array("Content-Type:\0".utf8))
            count += 1
        }
        return count
    }

    /// The header lines as libcurl's list.
    func headerList(_ connection: UnsafeMutablePointer<CurlConnection>) -> UnsafeMutablePointer<curl_slist>? {
        let count = copyHeaders(connection)
        guard count > 0, let base = connection.pointee.headers.base else { return nil }
        if connection.pointee.headerCapacity < count {
            connection.pointee.headerNodes?.deallocate()
            connection.pointee.headerNodes = .allocate(capacity: count + 4)
            connection.pointee.headerCapacity = count + 4
        }
        guard let nodes = connection.pointee.headerNodes else { return nil }
        var line = UnsafeMutableRawPointer(base).assumingMemoryBound(to: CChar.self)
        for index in 0..<count {
            let next = index + 1 < count ? nodes + (index + 1) : nil
            (nodes + index).initialize(to: curl_slist(data: line, next: next))
            while line.pointee != 0 { line += 1 }
            line += 1
        }
        return nodes
    }
}
