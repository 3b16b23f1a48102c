import Contract
import Foundation
import Metrics
import NIOCore
import NIOHTTP1
import Observability

/// Refuses requests that come too slowly (408), whose head is too large (431), or that are not HTTP (400), and ends their connections.
///
/// It stands between decoder and service. Most requests arrive in one read, and cost it one look at the clock; only one that is still
/// incomplete after a read has a timer. An answer that takes its time, a stream above all, is none of its concern.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: ConnectionLimits
    /// When the request that is being read began; nothing between requests.
    private var firstByte: NIODeadline?
    /// The head of the request that is being read, once it is complete.
    private var head: HTTPRequestHead?
    /// Requests whose head has been read and whose answer has not ended.
    private var unanswered = 0
    private var isAnswering = false
    private var timer: Scheduled<Void>?
    /// What is refused as soon as the requests before it are answered.
    private var due: ServiceError?
    private var hasRefused = false

    init(limits: ConnectionLimits) { self.limits = limits }

    /// Bytes have come that the decoder has not seen yet.
    func bytesArrive() {
        if firstByte == nil { firstByte = .now() }
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasRefused else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            unanswered += 1
        case .body: break
        case .end:
            head = nil
            firstByte = nil
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if let firstByte, timer == nil { watch(firstByte, context) }
        context.fireChannelReadComplete()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !hasRefused else { return }
        switch error as? HTTPParserError {
        case .headerOverflow?:
            let limit = "\(ConnectionLimits.headBytes) bytes or \(ConnectionLimits.headFields) fields"
            refuse(ServiceError(.headersTooLarge, "the head of the request has more than \(limit)"), context)
        case _?: refuse(ServiceError(.malformedRequest, "this is not an HTTP/1.1 request"), context)
        case nil: context.fireErrorCaught(error)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if hasRefused, event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    private func watch(_ began: NIODeadline, _ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: began + limits.requestRead) { [self] in
            timer = nil
            guard let firstByte, !hasRefused else { return }
            guard firstByte + limits.requestRead <= .now() else { return watch(firstByte, context) }
            refuse(ServiceError(.requestTimeout, "the request did not arrive whole in time"), context)
        }
    }

    // MARK: Answers

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // The service does not know that its request has been refused; nobody waits for what it says.
        guard !hasRefused else {
            promise?.succeed()
            return
        }
        let part = unwrapOutboundIn(data)
        context.write(data, promise: promise)
        switch part {
        case .head(let head): isAnswering = head.status.code >= 200
        case .body: break
        case .end:
            isAnswering = false
            unanswered -= 1
            if let due, unanswered <= requestsBeingRead {
                context.flush()
                refuse(due, context)
            }
        }
    }

    private var requestsBeingRead: Int { head == nil ? 0 : 1 }

    private func refuse(_ error: ServiceError, _ context: ChannelHandlerContext) {
        guard unanswered <= requestsBeingRead else {
            due = error
            return
        }
        hasRefused = true
        Counter(label: "http_requests_refused_total", dimensions: [("code", error.code.rawValue)]).increment()
        // What has an answer already, or half of one, cannot have another.
        guard unanswered == requestsBeingRead, !isAnswering, context.channel.isActive else {
            context.close(promise: nil)
            return
        }
        answer(error, context)
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: ConnectionLimits.linger) {
            context.close(promise: nil)
        }
    }

    private func answer(_ error: ServiceError, _ context: ChannelHandlerContext) {
        let trace = TraceContext.extract { [head] name in head?.headers.first(name: name) }
        let body = ErrorBody(code: error.code, message: error.message, traceId: trace.traceID)
        // Three strings: it cannot fail.
        let bytes = (try? JSONCoding.encoder.encode(body)).map { ByteBuffer(bytes: $0) } ?? ByteBuffer()
        let headers: HTTPHeaders = [
            "Content-Type": "application/json; charset=utf-8", "Content-Length": String(bytes.readableBytes),
            Header.traceID: trace.traceID, "Connection": "close",
        ]
        let status = HTTPResponseStatus(statusCode: error.code.status)
        let responseHead = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        context.write(wrapOutboundOut(.head(responseHead)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(mode: .output, promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: written)
    }
}
