import NIOCore
import NIOHTTP1

/// Answers `POST /v1/traces` as <https://opentelemetry.io/docs/specs/otlp/#otlphttp> says, for JSON.
final class SpanRequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// The largest body that is kept, in bytes; the services send at most 512 spans at once.
    static let limit = 4 << 20

    private let spool: SpanSpool
    private var head: HTTPRequestHead?
    private var body = ByteBuffer()
    private var isTooLarge = false

    init(spool: SpanSpool) { self.spool = spool }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body.clear()
            isTooLarge = false
        case .body(var part):
            if body.readableBytes + part.readableBytes > Self.limit { isTooLarge = true }
            if !isTooLarge { body.writeBuffer(&part) }
        case .end:
            answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        let status = take()
        if status != .ok { spool.refuse() }
        let text = ByteBuffer(string: "{}")
        var headers = HTTPHeaders([("Content-Type", "application/json")])
        headers.add(name: "Content-Length", value: "\(text.readableBytes)")
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(text))), promise: nil)
        let sent = context.writeAndFlush(wrapOutboundOut(.end(nil)))
        guard head?.isKeepAlive != true else { return }
        let channel = context.channel
        sent.whenComplete { _ in channel.close(promise: nil) }
    }

    private func take() -> HTTPResponseStatus {
        guard let head, head.method == .POST, head.uri == "/v1/traces" else { return .notFound }
        guard head.headers.first(name: "Content-Type")?.hasPrefix("application/json") == true,
            !head.headers.contains(name: "Content-Encoding")
        else { return .unsupportedMediaType }
        guard !isTooLarge else { return .payloadTooLarge }
        spool.append(body)
        return .ok
    }
}
