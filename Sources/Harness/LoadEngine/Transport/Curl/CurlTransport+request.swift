import CCurl
import Scenario

extension CurlTransport {
    func setMethod(_ easy: UnsafeMutableRawPointer, _ connection: UnsafeMutablePointer<CurlConnection>) {
        let method = connection.pointee.exchange.method
        curl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil)
        // Resets what a request with a body or HEAD has left behind.
        curl_set_long(easy, CURLOPT_HTTPGET, 1)
        if connection.pointee.exchange.hasBody || method == .post {
            curl_set_long(easy, CURLOPT_POST, 1)
            let body = connection.pointee.exchange.body
            // Not a null pointer, which would make libcurl ask a read callback.
            let start = UnsafeMutableRawPointer(body.base ?? connection.pointee.exchange.url.base)
            curl_set_pointer(easy, CURLOPT_POSTFIELDS, start)
            curl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            if method != .post { curl_set_string(easy, CURLOPT_CUSTOMREQUEST, method.rawValue) }
        } else if method == .head {
            curl_set_long(easy, CURLOPT_NOBODY, 1)
        } else if method != .get {
            curl_set_string(easy, CURLOPT_CUSTOMREQUEST, method.rawValue)
        }
    }

    /// The header lines as libcurl's list, without copying them: nodes that point into the exchange's own bytes.
    func headerList(_ connection: UnsafeMutablePointer<CurlConnection>) -> UnsafeMutablePointer<curl_slist>? {
        let count = connection.pointee.exchange.headerCount
        guard count > 0, let base = connection.pointee.exchange.headers.base else { return nil }
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
