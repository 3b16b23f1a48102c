import CCurl
import Glibc
import Scenario

// libcurl's callbacks: they run on the loop's thread, within `curl_multi_socket_action` or a handle's addition or removal.
// Each is given a pointer into the slab of connections, or the transport itself, which both outlive the handles.
extension CurlTransport {
    static func connection(of easy: UnsafeMutableRawPointer) -> UnsafeMutablePointer<CurlConnection>? {
        var context: UnsafeMutablePointer<CChar>?
        curl_get_pointer(easy, CURLINFO_PRIVATE, &context)
        return context.map { UnsafeMutableRawPointer($0).assumingMemoryBound(to: CurlConnection.self) }
    }

    static let socketChanged: curl_socket_callback = { easy, descriptor, what, context, _ in
        guard let context, let easy else { return 0 }
        let transport = Unmanaged<CurlTransport>.fromOpaque(context).takeUnretainedValue()
        var interest: UInt32 = 0
        if what == CURL_POLL_IN || what == CURL_POLL_INOUT { interest |= Poller.readable }
        if what == CURL_POLL_OUT || what == CURL_POLL_INOUT { interest |= Poller.writable }
        transport.interestChanged(descriptor, interest)
        // Only reading is wanted once the whole request is with the kernel.
        if what == CURL_POLL_IN, let connection = connection(of: easy),
            connection.pointee.exchange.sendingAt != 0, connection.pointee.exchange.sentAt == 0
        {
            connection.pointee.exchange.sentAt = monotonicNow()
        }
        return 0
    }

    static let timerChanged: curl_multi_timer_callback = { _, milliseconds, context in
        guard let context else { return 0 }
        Unmanaged<CurlTransport>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds: milliseconds)
        return 0
    }

    static let closeSocket: curl_close_socket_function = { context, descriptor in
        if let context {
            Unmanaged<CurlTransport>.fromOpaque(context).takeUnretainedValue().closed(descriptor)
        }
        return Glibc.close(descriptor)
    }

    /// Stamps the moment before the first byte, and stops libcurl's silent repetition of a request whose connection was closed
    /// without a reply, but for methods that change nothing: the judge must know of every request that may have acted.
    static let aboutToSend: curl_before_request_function = { context, _, _, _, _ in
        guard let context else { return CURL_PREREQFUNC_OK }
        let connection = context.assumingMemoryBound(to: CurlConnection.self)
        connection.pointee.attempts += 1
        let isSafe = connection.pointee.exchange.method == .get || connection.pointee.exchange.method == .head
        guard connection.pointee.attempts == 1 || isSafe else { return CURL_PREREQFUNC_ABORT }
        connection.pointee.exchange.sendingAt = monotonicNow()
        connection.pointee.exchange.sentAt = 0
        return CURL_PREREQFUNC_OK
    }

    static let headerArrived: curl_data_function = { data, size, count, context in
        let length = size * count
        guard let context, let data else { return length }
        let connection = context.assumingMemoryBound(to: CurlConnection.self)
        if connection.pointee.exchange.firstByteAt == 0 { connection.pointee.exchange.firstByteAt = monotonicNow() }
        connection.pointee.exchange.bytesReceived += UInt64(length)
        let bytes = UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self)
        if length >= 12, bytes[0] == UInt8(ascii: "H"), bytes[4] == UInt8(ascii: "/") {
            // The last status line counts: a 100 or 103 may come before it.
            connection.pointee.exchange.replyHead.clear()
            connection.pointee.exchange.status = statusCode(bytes, length)
        }
        connection.pointee.hasWholeHead = length <= 2
        guard connection.pointee.exchange.replyHead.count + length <= ReplyParser.headLimit else {
            connection.pointee.ownError = .headTooLarge
            return 0
        }
        connection.pointee.exchange.replyHead.append(bytes, length)
        return length
    }

    static let bodyArrived: curl_data_function = { data, size, count, context in
        let length = size * count
        guard let context, let data else { return length }
        let connection = context.assumingMemoryBound(to: CurlConnection.self)
        connection.pointee.exchange.bytesReceived += UInt64(length)
        let bytes = UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self)
        let piece = UnsafeBufferPointer(start: bytes, count: length)
        guard Exchange.takeBody(piece, of: CurlTransport.exchange(connection)) else {
            connection.pointee.ownError = .bodyTooLarge
            return 0
        }
        return length
    }

    /// The code after the first space of `HTTP/1.1 201 Created`.
    private static func statusCode(_ line: UnsafePointer<UInt8>, _ length: Int) -> Int32 {
        var index = 5
        while index < length, line[index] != UInt8(ascii: " ") { index += 1 }
        index += 1
        var code: Int32 = 0
        while index < length, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(line[index]), code < 1_000 {
            code = code * 10 + Int32(line[index] - UInt8(ascii: "0"))
            index += 1
        }
        return code
    }
}
